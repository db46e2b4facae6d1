"""An independent recount: signatures themselves, grouped, against what the tally says.

It shares no code with the counters but the corrections it must apply, reports each difference and
repairs nothing: a difference is a bug that somebody must see.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, or_, select

from campaign_app.core.db import is_sqlite, session
from campaign_app.petitions import states
from campaign_app.petitions.models import Petition
from campaign_app.petitions.signing_models import Signature, TallyCounter, TallyDelta
from campaign_app.qr import queries as qr
from campaign_app.qr.moves import Move

#: What each table names its rows by; None is everything.
TABLES: Final[dict[str, tuple[str, ...]]] = {
    "total": (),
    "placement": ("placement_id",),
    "language": ("language",),
    "country": ("country",),
    "hour": ("placement_id", "hour"),
    "cell": ("placement_id", "hour", "language", "country"),
}
_DIMENSIONS: Final = ("placement_id", "hour", "language", "country", "evidence")


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that the tally and the signatures do not agree on."""

    petition_id: int
    table: str
    row: str
    tally: int
    recount: int


def check(petition_id: int | None = None) -> list[Difference]:
    """Recount every petition (or one) in one snapshot and list each difference."""
    begin_snapshot()
    try:
        wanted = select(Petition.id).order_by(Petition.id)
        if petition_id is not None:
            wanted = wanted.where(Petition.id == petition_id)
        return [found for number in session.scalars(wanted) for found in differences(number)]
    finally:
        session.rollback()


def begin_snapshot() -> None:
    """See one moment only; SQLite's read transaction does so by itself."""
    session.rollback()
    if not is_sqlite():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def differences(petition_id: int) -> list[Difference]:
    """List what differs for one petition, in the snapshot that the caller has begun."""
    signed = _signatures(petition_id)
    moves = qr.resolution("petition", petition_id)
    found: list[Difference] = []
    for table, kept in TABLES.items():
        said, recounted = _tally(petition_id, table, kept), _grouped(signed, kept)
        found += _compare(petition_id, table, said, recounted)
    if moves:
        told = _moved(_tally(petition_id, "hour", TABLES["hour"]), moves)
        found += _compare(
            petition_id, "corrected", told, _moved(_grouped(signed, TABLES["hour"]), moves)
        )
    return found


def _signatures(petition_id: int) -> Sequence[Any]:
    """Group what is in the signatures' own table: who counts, and who is awaited."""
    counts = Signature.state == states.CONFIRMED
    awaited = and_(Signature.state == states.AWAITING, Signature.leads.is_(True))
    columns = [getattr(Signature, name) for name in _DIMENSIONS]
    query = (
        select(*columns, func.count())
        .where(Signature.petition_id == petition_id, or_(counts, awaited))
        .group_by(*columns)
    )
    return session.execute(query).all()


def _grouped(rows: Sequence[Any], kept: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    grouped: Counter[tuple[Any, ...]] = Counter()
    for *values, n in rows:
        said = dict(zip(_DIMENSIONS, values, strict=True))
        said["placement_id"] = said["placement_id"] or 0
        grouped[(*(said[name] for name in kept), said["evidence"])] += n
    return grouped


def _tally(petition_id: int, grain: str, kept: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    """Read counters and pending deltas separately from tally.py, on purpose."""
    told: Counter[tuple[Any, ...]] = Counter()
    for table in (TallyCounter, TallyDelta):
        names = [getattr(table, name) for name in (*kept, "evidence", "n")]
        query = select(*names).where(table.petition_id == petition_id)
        if table is TallyCounter:
            query = query.where(TallyCounter.grain == grain)
        for *key, n in session.execute(query):
            told[tuple(key)] += n
    return told


def _moved(rows: Counter[tuple[Any, ...]], moves: Sequence[Move]) -> Counter[tuple[Any, ...]]:
    moved: Counter[tuple[Any, ...]] = Counter()
    for (placement, hour, evidence), n in rows.items():
        fitting = [
            move
            for move in moves
            if move.from_placement_id == placement and move.from_hour <= hour < move.to_hour
        ]
        newest = max(fitting, key=lambda move: move.order, default=None)
        moved[(newest.to_placement_id if newest else placement, evidence)] += n
    return moved


def _compare(
    petition_id: int, table: str, said: Counter[Any], recounted: Counter[Any]
) -> list[Difference]:
    keys = sorted(set(said) | set(recounted), key=repr)
    return [
        Difference(petition_id, table, " ".join(map(str, key)), said[key], recounted[key])
        for key in keys
        if said[key] != recounted[key]
    ]
