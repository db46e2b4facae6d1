"""How many signed at an event, board by board: the numbers that the lead looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from campaign_app.core.db import session
from campaign_app.core.i18n import current_language, number
from campaign_app.events.models import Event
from campaign_app.petitions import queries as petitions
from campaign_app.petitions.tables import Row
from campaign_app.petitions.tally_sheet import sum_of
from campaign_app.qr.models import BOARD, Placement


@dataclass(frozen=True, slots=True)
class Board:
    """A board at the event, what it asks to sign, and how many did, wherever it stood there."""

    #: Where it stands at the event, else where it stood last.
    placement: Placement
    petition: str
    row: Row

    @property
    def name(self) -> str:
        """Name its numbers on the page."""
        return f"b{self.placement.code_id}-{self.placement.target_id}"

    @property
    def is_board(self) -> bool:
        """Tell whether it can be moved by hand: a tablet's code is carried by no board."""
        return self.placement.kind == BOARD

    @property
    def stands(self) -> bool:
        """Tell whether it stands at this event now."""
        return self.placement.ends_at is None


def boards(event: Event) -> Sequence[Board]:
    """List the boards of an event: those that stand, and those at which somebody signed."""
    stood: dict[tuple[int, int], list[Placement]] = {}
    for one in placements(event):
        stood.setdefault((one.code_id, one.target_id), []).append(one)
    counted = _counted({petition_id for _code, petition_id in stood})
    found = [_board(each, counted) for each in stood.values()]
    return [board for board in found if board.stands or board.row.by_evidence]


def _counted(petition_ids: set[int]) -> Mapping[int, tuple[str, Mapping[str, Row]]]:
    found = {}
    for petition_id in sorted(petition_ids):
        petition = petitions.get(petition_id)
        rows = {row.key: row for row in petitions.table(petition, "placement")}
        found[petition_id] = (petitions.title(petition, current_language()), rows)
    return found


def placements(event: Event) -> Sequence[Placement]:
    """List where boards stood for an event, and stand."""
    query = select(Placement).where(
        Placement.event_id == event.id, Placement.target == petitions.TARGET
    )
    return session.scalars(query.order_by(Placement.board, Placement.id)).all()


def _board(
    stood: Sequence[Placement], counted: Mapping[int, tuple[str, Mapping[str, Row]]]
) -> Board:
    now = max(stood, key=lambda one: (one.ends_at is None, one.id))
    title, rows = counted[now.target_id]
    return Board(now, title, sum_of(rows[str(one.id)] for one in stood if str(one.id) in rows))


def total(found: Sequence[Board]) -> Row:
    """Add the boards up."""
    return sum_of(board.row for board in found)


def numbers(found: Sequence[Board]) -> dict[str, str]:
    """Write every number that changes by itself, under the name the page has for it."""
    written = _named("all", total(found))
    for board in found:
        written |= _named(board.name, board.row)
    return written


def _named(name: str, row: Row) -> dict[str, str]:
    return {f"{name}-counted": number(row.counted), f"{name}-awaiting": number(row.awaiting)}
