"""What we ask about codes, placements and corrections."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from campaign_app.core.db import session
from campaign_app.core.ids import as_typed
from campaign_app.events.models import Location
from campaign_app.qr.models import BOARD, SHARED, Code, Correction, Placement, VisitCount
from campaign_app.qr.moves import Move, counted_at
from campaign_app.qr.target import Pointed

PAGE_SIZE: Final = 100
STANDING, RESTING, REVOKED = "standing", "resting", "revoked"
STATES: Final = (STANDING, RESTING, REVOKED)


# What a code stands for


def pointed(letters: str) -> Pointed | None:
    """Look a code up: its current placement, else the last one it had; None if unknown."""
    columns = select(
        Code.id, Code.revoked_at, Placement.id, Placement.target, Placement.target_id,
        Placement.language, Placement.board, Placement.ends_at,
        Location.country, Location.zone, Location.names, Placement.event_id,
    )  # fmt: skip
    found = session.execute(
        columns
        .select_from(Code)
        .join(Placement, Placement.code_id == Code.id)
        .join(Location, Location.id == Placement.location_id, isouter=True)
        .where(Code.letters == letters)
        .order_by(*NEWEST)
        .limit(1)
    ).first()
    return None if found is None else _pointed(letters, tuple(found))


def _pointed(letters: str, row: tuple[Any, ...]) -> Pointed:
    code, revoked, placement, target, target_id, language, board, ended, *where = row
    country, zone, names, event_id = where
    stands = ended is None
    return Pointed(
        code_id=code,
        letters=letters,
        placement_id=placement if stands else None,
        target=target,
        target_id=target_id,
        language=language,
        country=country,
        zone=zone,
        place=names or {},
        board=board if stands else "",
        revoked=revoked is not None,
        event_id=event_id if stands else None,
    )


#: The current placement before the ended ones, of these the last to end.
NEWEST: Final = (
    Placement.ends_at.is_not(None),
    Placement.ends_at.desc(),
    Placement.id.desc(),
)


def code(code_id: int) -> Code | None:
    """Find a board's code by its row; what stands behind a shared link is no board."""
    return None if is_shared(code_id) else session.get(Code, code_id)


def is_shared(code_id: int) -> bool:
    """Tell whether a code stands behind a shared link."""
    found = select(Placement.id).where(Placement.code_id == code_id, Placement.kind == SHARED)
    return session.scalar(found) is not None


def kind_of(code_id: int) -> str:
    """Tell what carries a code; a new one is a board's."""
    kind = select(Placement.kind).where(Placement.code_id == code_id).limit(1)
    return session.scalar(kind) or BOARD


def shared(target: str, target_id: int) -> Placement | None:
    """Find what counts for the link of a target that people share."""
    of_it = (Placement.target == target, Placement.target_id == target_id)
    return session.scalar(select(Placement).where(*of_it, Placement.kind == SHARED))


def standing(code_id: int) -> Placement | None:
    """Find what a code stands for now."""
    now = select(Placement).where(Placement.code_id == code_id, Placement.ends_at.is_(None))
    return session.scalar(now)


def newest(code_id: int) -> Placement | None:
    """Find what a code stands for now, else what it stood for last."""
    found = select(Placement).where(Placement.code_id == code_id)
    return session.scalar(found.order_by(*NEWEST).limit(1))


def placement(placement_id: int) -> Placement | None:
    """Find a placement by its row; what counts for a shared link is none."""
    found = session.get(Placement, placement_id)
    return found if found is not None and found.kind != SHARED else None


def history(code_id: int) -> Sequence[Placement]:
    """List all that a code ever stood for, the newest first."""
    found = select(Placement).where(Placement.code_id == code_id)
    return session.scalars(found.order_by(*NEWEST)).all()


def placements(target: str, target_id: int) -> Sequence[Placement]:
    """List the placements of one target, past ones too, with their event and place."""
    of_it = and_(Placement.target == target, Placement.target_id == target_id)
    return session.scalars(select(Placement).where(of_it).order_by(Placement.id)).all()


def targets_at(target: str, event_id: int) -> set[int]:
    """Name the targets of one kind that boards of an event lead or led to."""
    at_it = Placement.event_id == event_id, Placement.target == target
    return set(session.scalars(select(Placement.target_id).where(*at_it)))


# Corrections (how they are resolved: moves.py)


def resolution(target: str, target_id: int) -> list[Move]:
    """List the corrections of one target, oldest first.

    One look suffices: whatever was counted for (placement, hour) counts at the
    `to_placement_id` of the newest move that names that placement and covers that hour.
    """
    of_it = and_(Placement.target == target, Placement.target_id == target_id)
    return _moves(
        _moved().join(Placement, Placement.id == Correction.from_placement_id).where(of_it)
    )


def moves_of(code_id: int) -> list[Move]:
    """List the corrections of one code, oldest first."""
    here = Placement.code_id == code_id
    return _moves(
        _moved().join(Placement, Placement.id == Correction.from_placement_id).where(here)
    )


def _moved() -> Select[int, int, int, int, int]:
    return select(
        Correction.from_placement_id,
        Correction.to_placement_id,
        Correction.from_hour,
        Correction.to_hour,
        Correction.id,
    )


def _moves(query: Select[int, int, int, int, int]) -> list[Move]:
    return [Move(*row) for row in session.execute(query.order_by(Correction.id))]


def corrections(code_id: int) -> Sequence[Correction]:
    """List the corrections of a code, the newest first."""
    own = select(Correction).join(Placement, Placement.id == Correction.to_placement_id)
    newest_first = own.where(Placement.code_id == code_id).order_by(Correction.id.desc())
    return session.scalars(newest_first).all()


# Visits


def visits(target: str, target_id: int) -> Mapping[int, int]:
    """Tell how often the codes of a target were opened, by the placement it counts at."""
    of_it = and_(Placement.target == target, Placement.target_id == target_id)
    counted = select(VisitCount).join(Placement, Placement.id == VisitCount.placement_id)
    return _summed(counted.where(of_it), resolution(target, target_id))


def visits_of(code_id: int) -> Mapping[int, int]:
    """Tell how often a code was opened, by placement; 0 is "outside an event"."""
    own = select(VisitCount).where(VisitCount.code_id == code_id)
    return _summed(own, moves_of(code_id))


def _summed(counted: Select[VisitCount], moves: Sequence[Move]) -> Mapping[int, int]:
    """Add visits up by placement, hour by hour only where a correction may move them."""
    moved = {move.from_placement_id for move in moves}
    columns = counted.with_only_columns(VisitCount.placement_id, func.sum(VisitCount.visits))
    stayed = columns.where(VisitCount.placement_id.not_in(moved))
    total = Counter(dict(session.execute(stayed.group_by(VisitCount.placement_id)).all()))
    for row in session.scalars(counted.where(VisitCount.placement_id.in_(moved))):
        total[counted_at(moves, row.placement_id, row.hour)] += row.visits
    return total


# Lists for the console


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which codes to list; what is left empty does not narrow."""

    target: str = ""
    target_id: int = 0
    event_id: int = 0
    state: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code as the list shows it: what it stands for now, else stood for last."""

    code: Code
    placement: Placement
    visits: int

    @property
    def state(self) -> str:
        """Tell whether it stands, rests, or is revoked."""
        if self.code.revoked_at:
            return REVOKED
        return RESTING if self.placement.ends_at else STANDING


def codes(filters: Filters) -> Sequence[CodeLine]:
    """List codes, the newest first, one page (of 100) at a time."""
    opened = (
        select(VisitCount.code_id, func.sum(VisitCount.visits).label("visits"))
        .group_by(VisitCount.code_id)
        .subquery()
    )
    query = (
        select(Placement, func.coalesce(opened.c.visits, 0))
        .join(Code, Code.id == Placement.code_id)
        .join(opened, opened.c.code_id == Code.id, isouter=True)
        .where(Placement.id == _newest_placement(), *_narrowed(filters))
        .order_by(Code.id.desc())
        .limit(PAGE_SIZE)
        .offset((filters.page - 1) * PAGE_SIZE)
    )
    rows = session.execute(query)
    return [CodeLine(found.code, found, visits) for found, visits in rows]


def _newest_placement() -> Any:
    """Find the row of a code's current placement, else of its last."""
    other = aliased(Placement)
    return (
        select(other.id)
        .where(other.code_id == Code.id)
        .order_by(other.ends_at.is_not(None), other.ends_at.desc(), other.id.desc())
        .limit(1)
        .correlate(Code)
        .scalar_subquery()
    )


def _narrowed(filters: Filters) -> list[Any]:
    wanted: list[Any] = [Placement.kind == BOARD]
    if filters.target:
        wanted += [Placement.target == filters.target, Placement.target_id == filters.target_id]
    if filters.event_id:
        wanted.append(Placement.event_id == filters.event_id)
    if filters.text:
        wanted.append(_mentions(filters.text))
    return wanted + _in_state(filters.state)


def _mentions(text: str) -> Any:
    """Match the letters of a code as people type them, or what stands on the board."""
    on_board = Placement.board.icontains(text, autoescape=True)
    letters = as_typed(text)
    return or_(Code.letters.startswith(letters, autoescape=True), on_board) if letters else on_board


def _in_state(state: str) -> list[Any]:
    if state == REVOKED:
        return [Code.revoked_at.is_not(None)]
    if state == STANDING:
        return [Code.revoked_at.is_(None), Placement.ends_at.is_(None)]
    if state == RESTING:
        return [Code.revoked_at.is_(None), Placement.ends_at.is_not(None)]
    return []


def standing_at_event(event_id: int) -> Sequence[Placement]:
    """List what stands at an event now, by board, to print it; tablets and paper are no boards."""
    now = select(Placement).where(
        Placement.event_id == event_id, Placement.ends_at.is_(None), Placement.kind == BOARD
    )
    return session.scalars(now.order_by(Placement.board, Placement.id)).all()


def targets_in_use() -> Sequence[tuple[str, int]]:
    """List everything that codes lead or led to."""
    columns = (Placement.target, Placement.target_id)
    of_boards = select(*columns).where(Placement.kind == BOARD)
    used = session.execute(of_boards.distinct().order_by(*columns))
    return [(kind, number) for kind, number in used]


def events_in_use() -> Sequence[int]:
    """List the events that codes stand or stood at, the last first."""
    used = select(Placement.event_id).where(Placement.event_id.is_not(None)).distinct()
    return [number for number in session.scalars(used) if number is not None]
