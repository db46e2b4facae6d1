"""What a plan comes to before anybody saves it: dates, days of rest, months without one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from campaign_app.core import clock
from campaign_app.core.i18n import current_language, pick
from campaign_app.events import public_holidays, recurrence, rhythm
from campaign_app.events.models import Location
from campaign_app.events.recurrence import Recurring
from campaign_app.events.words import month_name

#: How many months without a date are named.
MONTHS: Final = 8


@dataclass(frozen=True, slots=True)
class Date:
    """One of the next dates."""

    day: date
    #: Its public holiday, if it is one.
    holiday: str
    rests: bool
    #: Its hour is one that the clocks skip: there will be no event.
    skipped: bool
    #: Its hour comes twice: the first is meant.
    twice: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The next dates of one place."""

    number: int
    place: str
    rule: str
    zone: str
    dates: Sequence[Date]
    #: Months in which there is no such day.
    without: Sequence[str]
    why: str = ""


def of(number: int, place: Location, plan: Recurring, rests: Collection[str]) -> Preview:
    """Show the next dates of a plan in a place: those that are still to come."""
    now = clock.now().astimezone(ZoneInfo(plan.zone)).replace(tzinfo=None)
    found = recurrence.upcoming(plan, max(now, datetime.fromisoformat(plan.starts_local)))
    return Preview(
        number=number,
        place=pick(place.names),
        rule=rhythm.in_words(plan.rule),
        zone=plan.zone,
        dates=[
            Date(
                day=one.day,
                holiday=public_holidays.name(place.country, one.day, current_language()),
                rests=one.key[:10] in rests,
                skipped=one.starts_at is None,
                twice=one.twice,
            )
            for one in found
        ],
        without=[month_name(month) for month in recurrence.skipped_months(plan, found)][:MONTHS],
    )


def reasons(shown: Preview, why: str) -> Mapping[str, str] | None:
    """Say why each ticked day rests: as somebody wrote, or its holiday; None if nobody can tell."""
    told = {date.day.isoformat(): why or date.holiday for date in shown.dates if date.rests}
    return told if all(told.values()) else None
