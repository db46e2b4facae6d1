"""Exact at every read: counters that a roller keeps, plus the changes it has not folded in yet.

A signature's change of state writes a ±1 delta in its own transaction, so no counter is hot. One
statement adds counters and pending deltas, so a reader meets each signature exactly once. Counters
are kept at several grains, so that a question reads few rows however many have signed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Select,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    union_all,
)

from campaign_app.core import clock
from campaign_app.core.db import insert, session, table_of
from campaign_app.petitions import states
from campaign_app.petitions.signing_models import Pace, TallyChange, TallyCounter, TallyDelta

#: Grain → the columns it keeps; the other ones hold NOTHING.
GRAINS: Final[dict[str, tuple[str, ...]]] = {
    "total": (),
    "placement": ("placement_id",),
    "language": ("language",),
    "country": ("country",),
    "hour": ("placement_id", "hour"),
    "cell": ("placement_id", "hour", "language", "country"),
}
COLUMNS: Final = ("placement_id", "hour", "language", "country")
NOTHING: Final[dict[str, int | str]] = {
    "placement_id": 0,
    "hour": 0,
    "language": "",
    "country": "",
}
MOST_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Count:
    """How many, by how they are known, and when that last changed."""

    by_evidence: dict[str, int]
    changed_at: datetime

    @property
    def counted(self) -> int:
        """Add up what the public total contains."""
        return self.of(*states.COUNTED)

    def of(self, *classes: str) -> int:
        """Add up those that are known in one of these ways."""
        return sum(self.by_evidence.get(evidence, 0) for evidence in classes)

    @property
    def awaiting(self) -> int:
        """Tell how many mailboxes have not been proved yet."""
        return self.by_evidence.get(states.UNCONFIRMED, 0)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of signatures that share what their grain keeps."""

    placement_id: int
    hour: int
    language: str
    country: str
    evidence: str
    n: int


def _total_statement() -> Select[Any]:
    """Read evidence classes, and when they changed, in one snapshot."""
    petition: BindParameter[int] = bindparam("petition")
    kept = select(TallyCounter.evidence, TallyCounter.n).where(
        TallyCounter.petition_id == petition, TallyCounter.grain == "total"
    )
    pending = select(TallyDelta.evidence, TallyDelta.n).where(TallyDelta.petition_id == petition)
    both = union_all(kept, pending).subquery()
    changed = select(TallyChange.at).where(TallyChange.petition_id == petition).scalar_subquery()
    return select(both.c.evidence, func.sum(both.c.n), changed).group_by(both.c.evidence)


TOTAL: Final = _total_statement()


def total(petition_id: int) -> Count:
    """Count a petition's signatures exactly, as of this statement."""
    rows = session.execute(TOTAL, {"petition": petition_id}).all()
    changed = rows[0][2] if rows and rows[0][2] else clock.now()
    return Count({evidence: int(n) for evidence, n, _ in rows}, changed)


def cells(
    petition_id: int,
    grain: str,
    *,
    keep: Collection[str] = COLUMNS,
    by_hour: Collection[int] = (),
    **only: Collection[Any],
) -> list[Cell]:
    """Read a petition's cells at a grain, pending changes included, in one statement.

    `only` narrows a column to some values: `language=["ko"]`. Columns that are not in `keep` are
    added up; so are hours, if some placements are named whose hours alone must be told apart.
    """
    kept = {name for name in GRAINS[grain] if name in keep} | ({"hour"} if by_hour else set())
    of_it, at_grain = TallyCounter.petition_id == petition_id, TallyCounter.grain == grain
    counters = _columns(TallyCounter, kept, only=only, by_hour=by_hour).where(of_it)
    pending = _columns(TallyDelta, kept, only=only, by_hour=by_hour)
    if by_hour and grain == "placement":  # it has no hours: take those from the next grain
        hours, theirs = TallyCounter.grain == "hour", TallyCounter.placement_id.in_(by_hour)
        parts = [counters.where(at_grain, ~theirs), counters.where(hours, theirs)]
    else:
        parts = [counters.where(at_grain)]
    both = union_all(*parts, pending.where(TallyDelta.petition_id == petition_id)).subquery()
    keys = [both.c[name] for name in (*COLUMNS, "evidence")]
    query = select(*keys, func.sum(both.c.n)).group_by(*keys).having(func.sum(both.c.n) != 0)
    return [Cell(*row[:5], int(row[5])) for row in session.execute(query)]


def _columns(
    table: Any,
    kept: Collection[str],
    *,
    only: Mapping[str, Collection[Any]],
    by_hour: Collection[int],
) -> Select[Any]:
    own = {name: getattr(table, name) for name in kept}
    if by_hour:
        own["hour"] = case((table.placement_id.in_(by_hour), table.hour), else_=0).label("hour")
    chosen = [own.get(name, literal(NOTHING[name]).label(name)) for name in COLUMNS]
    narrowed = (getattr(table, name).in_(values) for name, values in only.items())
    return select(*chosen, table.evidence, table.n).where(*narrowed)


def roll(most: int = MOST_AT_ONCE) -> int:
    """Fold pending changes into the counters, in the caller's transaction; tell how many.

    Safe with competitors: each takes other rows (SKIP LOCKED), and counters are met in one order.
    """
    chosen = select(TallyDelta.id).limit(most).with_for_update(skip_locked=True)
    taken = session.execute(
        delete(TallyDelta)
        .where(TallyDelta.id.in_(chosen.scalar_subquery()))
        .returning(
            *(getattr(TallyDelta, name) for name in ("petition_id", *COLUMNS, "evidence", "n"))
        )
    ).all()
    if taken:
        add(taken)
        _note_change({row[0] for row in taken})
    return len(taken)


def add(rows: Iterable[Sequence[Any]]) -> None:
    """Add rows of (petition, placement, hour, language, country, evidence, n) at every grain."""
    alike: Counter[tuple[Any, ...]] = Counter()  # a stall's crowd differs in little
    for *cell, n in rows:
        alike[tuple(cell)] += n
    folded: Counter[tuple[Any, ...]] = Counter()
    for (petition_id, *dimensions, evidence), n in alike.items():
        said = dict(zip(COLUMNS, dimensions, strict=True))
        for grain, kept in GRAINS.items():
            at = (said[name] if name in kept else NOTHING[name] for name in COLUMNS)
            folded[(petition_id, grain, *at, evidence)] += n
    _write([(*key, n) for key, n in sorted(folded.items()) if n])


_COUNTER: Final = ("petition_id", "grain", *COLUMNS, "evidence", "n")


def _write(rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    statement = insert(table_of(TallyCounter))
    add_up = statement.on_conflict_do_update(
        index_elements=list(_COUNTER[:-1]),
        set_={"n": TallyCounter.n + statement.excluded.n},
    )
    values = [dict(zip(_COUNTER, row, strict=True)) for row in rows]
    session.connection().execute(add_up, values)


def _note_change(petitions: set[int]) -> None:
    statement = insert(TallyChange).values([
        {"petition_id": petition, "at": clock.now()} for petition in sorted(petitions)
    ])
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["petition_id"], set_={"at": statement.excluded.at}
        )
    )


def write_pace(taken: Mapping[tuple[int, int, int], int]) -> None:
    """Add signatures taken per (petition, placement, quarter)."""
    for (petition_id, placement_id, quarter), n in taken.items():
        statement = insert(Pace).values(
            petition_id=petition_id, placement_id=placement_id, quarter=quarter, taken=n
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["petition_id", "placement_id", "quarter"],
                set_={"taken": Pace.taken + n},
            )
        )
