"""Today at a glance: the numbers that organisers look at during an event.

Page and live numbers come from the same function, so they can never say different things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from campaign_app.core import clock
from campaign_app.core.charts import Chart
from campaign_app.core.i18n import current_language, number
from campaign_app.dashboard import bars, queries
from campaign_app.events.models import Event
from campaign_app.petitions import queries as petitions
from campaign_app.petitions import tally
from campaign_app.petitions.models import Petition
from campaign_app.petitions.tables import Row
from campaign_app.petitions.tally import Count
from campaign_app.petitions.tally_ground import event_when
from campaign_app.petitions.tally_sheet import TOGETHER_NAMES, sum_of
from campaign_app.qr.models import Placement

QUARTER: Final = timedelta(minutes=15)
SECONDS_A_QUARTER: Final = 900


@dataclass(frozen=True, slots=True)
class Pace:
    """Signatures sent since a moment, confirmed or not."""

    since: datetime
    taken: int


@dataclass(frozen=True, slots=True)
class PetitionToday:
    """One open petition: all of it, this day, and the last minutes."""

    petition: Petition
    title: str
    count: Count
    hours: Sequence[Row]
    quarter: Pace
    hour: Pace

    @property
    def today(self) -> Row:
        """Add the hours of this day up."""
        return sum_of(self.hours)

    @property
    def chart(self) -> Chart:
        """Draw the hours of this day."""
        return bars.of_hours(self._together)

    @property
    def keys(self) -> bars.Keys:
        """Name the colours of the chart."""
        return bars.keys(self._together, TOGETHER_NAMES)

    @property
    def _together(self) -> Sequence[Row]:
        return [row.together() for row in self.hours]


@dataclass(frozen=True, slots=True)
class Board:
    """A board at an event, and how many signed at it."""

    placement: Placement
    petition: str
    row: Row


@dataclass(frozen=True, slots=True)
class EventToday:
    """An event with its boards."""

    event: Event
    running: bool
    boards: list[Board] = field(default_factory=list)

    @property
    def when(self) -> str:
        """Tell when it begins, on its own clock."""
        return event_when(self.event)

    @property
    def several(self) -> bool:
        """Tell whether its boards are for different petitions."""
        return len({board.placement.target_id for board in self.boards}) > 1

    @property
    def sum(self) -> Row:
        """Add its boards up."""
        return sum_of(board.row for board in self.boards)


def open_petitions() -> list[PetitionToday]:
    """Look at every petition that can be signed now."""
    return [_look_at(petition) for petition in queries.open_petitions()]


def _look_at(petition: Petition) -> PetitionToday:
    quarter, hour = _begun_before(QUARTER), _begun_before(4 * QUARTER)
    taken = petitions.pace(petition.id, hour)
    return PetitionToday(
        petition=petition,
        title=petitions.title(petition, current_language()),
        count=tally.total(petition.id),
        hours=petitions.today_hours(petition),
        quarter=Pace(quarter, _sum_since(taken, quarter)),
        hour=Pace(hour, _sum_since(taken, hour)),
    )


def _begun_before(ago: timedelta) -> datetime:
    """Find the quarter of an hour that ran then: pace is kept by quarters, not by moments."""
    then = (clock.now() - ago).replace(second=0, microsecond=0)
    return then - timedelta(minutes=then.minute % 15)


def _sum_since(taken: Mapping[int, int], since: datetime) -> int:
    first = int(since.timestamp()) // SECONDS_A_QUARTER
    return sum(n for quarter, n in taken.items() if quarter >= first)


def events() -> tuple[list[EventToday], list[EventToday]]:
    """Look at the boards of today's events, and of the next ones."""
    today, later = queries.events_of_today_and_next()
    placements = queries.boards_at([*today, *later])
    counted = _counted({placement.target_id for placement in placements})
    return (
        [_with_boards(event, placements, counted) for event in today],
        [_with_boards(event, placements, counted) for event in later],
    )


def _counted(petition_ids: set[int]) -> dict[int, tuple[str, dict[str, Row]]]:
    """Give each petition's title and rows by placement."""
    found = {}
    for petition_id in sorted(petition_ids):
        petition = petitions.get(petition_id)
        rows = {row.key: row for row in petitions.table(petition, "placement")}
        found[petition_id] = (petitions.title(petition, current_language()), rows)
    return found


def _with_boards(
    event: Event,
    placements: Sequence[Placement],
    counted: Mapping[int, tuple[str, Mapping[str, Row]]],
) -> EventToday:
    looked_at = EventToday(event, running=event.starts_at <= clock.now() < event.ends_at)
    for placement in placements:
        title, rows = counted[placement.target_id]
        row = rows.get(str(placement.id))
        if placement.event_id == event.id and (row or placement.ends_at is None):
            looked_at.boards.append(Board(placement, title, row or Row("")))
    return looked_at


def numbers(looked_at: Sequence[PetitionToday], shown: Sequence[EventToday]) -> dict[str, str]:
    """Write every number that changes by itself, under the name the page has for it."""
    written: dict[str, str] = {}
    for one in looked_at:
        written |= _of_petition(one)
    for event in shown:
        written |= _of_row(f"e{event.event.id}", event.sum)
        for board in event.boards:
            written |= _of_row(f"b{board.placement.id}", board.row)
    return written


def _of_petition(one: PetitionToday) -> dict[str, str]:
    name = f"p{one.petition.id}"
    return {
        f"{name}-counted": number(one.count.counted),
        f"{name}-awaiting": number(one.count.awaiting),
        f"{name}-today": number(one.today.counted),
        f"{name}-quarter": number(one.quarter.taken),
        f"{name}-hour": number(one.hour.taken),
    }


def _of_row(name: str, row: Row) -> dict[str, str]:
    return {f"{name}-counted": number(row.counted), f"{name}-awaiting": number(row.awaiting)}
