"""When the demo's events are, and where each board stands from when to when.

Days are rules ("the second Saturday of this month", "Tuesday in the week of the session"), read on
the day the demo is loaded, so that it always shows the last month, this one and two more.
"""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Final
from zoneinfo import ZoneInfo

from campaign_app.core import wall_clock
from campaign_app.demo.content import BoardPlan, Content, EventPlan, SessionPlan

SETTING_UP: Final = timedelta(minutes=45)
PACKING_UP: Final = timedelta(minutes=30)
#: A code is pointed at the next event so long before it.
AHEAD: Final = timedelta(days=3)
#: A session's week that began so long ago is not shown any more.
LONG_AGO: Final = timedelta(days=50)
#: How long a board has stood where it stands whatever the calendar says.
STOOD_FOR: Final = timedelta(hours=2)
WEEKDAYS: Final = tuple(name.lower() for name in calendar.day_name)


@dataclass(frozen=True, slots=True)
class Dated:
    """An event with its times: as the clock at the place shows them, and as moments."""

    plan: EventPlan
    starts_local: str
    ends_local: str
    starts_at: datetime
    ends_at: datetime

    def at(self, time: str) -> str | None:
        """Put a time of day on the event's day."""
        return f"{self.starts_local[:11]}{time}" if time else None


@dataclass(frozen=True, slots=True)
class Stand:
    """A board at a place, for an event or without one; it still stands where `ends` is None."""

    board: BoardPlan
    place: str
    event: Dated | None
    begins: datetime
    ends: datetime | None


def dated(content: Content, now: datetime) -> list[Dated]:
    """Put the events on this month's and last month's days, in order."""
    found = [_dated(plan, content.places[plan.place].zone, now) for plan in content.events]
    return sorted(found, key=lambda event: event.starts_at)


def _dated(plan: EventPlan, zone: str, now: datetime) -> Dated:
    day = day_of(plan, now.astimezone(ZoneInfo(zone)).date())
    starts, ends = (f"{day.isoformat()}T{time}" for time in (plan.starts, plan.ends))
    moments = [wall_clock.read(local, zone).moment for local in (starts, ends)]
    return Dated(plan, starts, ends, *moments)


def day_of(plan: EventPlan, today: date) -> date:
    """Read a rule on a day."""
    if plan.session is not None:
        return monday_of(plan.session, today) + timedelta(days=WEEKDAYS.index(plan.weekday))
    months = today.year * 12 + today.month - 1 + plan.month
    return _nth(months // 12, months % 12 + 1, (plan.weekday, plan.nth))


def monday_of(session: SessionPlan, today: date) -> date:
    """Choose the week of a session: the next that is not over, or the nearest.

    One that was over long ago happened before the demo's story begins.
    """
    years = (today.year - 1, today.year, today.year + 1)
    mondays = [
        _nth(year, month, ("monday", nth)) for year in years for month, nth in session.mondays
    ]
    if session.choose == "nearest":
        near = [day for day in mondays if today - day < LONG_AGO]
        return min(near, key=lambda day: abs(day - today))
    return min(day for day in mondays if day + timedelta(days=5) > today)


def _nth(year: int, month: int, which: tuple[str, int]) -> date:
    weekday, nth = which
    days = [
        day
        for day in calendar.Calendar().itermonthdates(year, month)
        if day.month == month and WEEKDAYS[day.weekday()] == weekday
    ]
    return days[nth - 1 if nth > 0 else nth]


def stands(content: Content, events: Sequence[Dated], now: datetime) -> list[Stand]:
    """Say where every board stood and stands, board by board, in order."""
    fixed = {row.board: row.place for row in content.standing}
    found: list[Stand] = []
    for board in content.boards.values():
        own = [event for event in events if board.slug in event.plan.boards]
        found += _of_board(board, own, now=now, fixed=fixed)
    return found


def _of_board(
    board: BoardPlan, own: Sequence[Dated], *, now: datetime, fixed: Mapping[str, str]
) -> Iterator[Stand]:
    """A board stands at its events; then where it stands today, or ready for its next event."""
    place = fixed.get(board.slug)
    past = [event for event in own if event.starts_at - SETTING_UP <= now]
    ends: datetime | None = None
    for event, following in zip_longest(past, past[1:]):
        ends = _end(event, following, now)
        if ends is None and place not in (None, event.plan.place):
            ends = now
        yield Stand(board, event.plan.place, event, event.starts_at - SETTING_UP, ends)
        if ends is None:
            return
    coming = own[len(past) :]
    if place is not None:
        yield _fixed(board, place, coming, (ends, now))
    elif coming:
        yield _ready(board, coming[0], (ends, now))


def _end(event: Dated, following: Dated | None, now: datetime) -> datetime | None:
    """Boards are packed up after an event, and in any case before the next one."""
    ends = event.ends_at + PACKING_UP
    if following is not None:
        return min(ends, following.starts_at - SETTING_UP)
    return ends if ends <= now else None


def _ready(board: BoardPlan, event: Dated, since: tuple[datetime | None, datetime]) -> Stand:
    """Point a board at its next event: some days ahead, if it is free by then."""
    ended, now = since
    begins = event.starts_at - AHEAD
    begins = max(ended, begins) if ended else begins
    return Stand(board, event.plan.place, event, min(begins, now), None)


def _fixed(
    board: BoardPlan, place: str, coming: Sequence[Dated], since: tuple[datetime | None, datetime]
) -> Stand:
    ended, now = since
    event = next((event for event in coming if event.plan.place == place), None)
    begins = max(ended, now - STOOD_FOR) if ended else now - STOOD_FOR
    return Stand(board, place, event, begins, None)
