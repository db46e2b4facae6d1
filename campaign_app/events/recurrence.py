"""Dates by a rule: "the second Saturday", "every two weeks", "day 31".

The rule runs on the clock of the place, without a zone; each date gets its moment afterwards, so
that 14:00 stays 14:00 when clocks change. A date that falls into the hour that clocks skip has no
moment, and says so; of an hour that comes twice the first is meant.
"""

import calendar
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Final

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from campaign_app.core import wall_clock

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: How often: every so many weeks, or which weekday of a month (-1 the last), or a day of the month.
WEEKS: Final = ("w1", "w2", "w3", "w4")
NTHS: Final = ("1", "2", "3", "4", "5", "-1")
DAY: Final = "day"
OFTEN: Final = (*WEEKS, *NTHS, DAY)
#: How far ahead a series is written out.
HORIZON: Final = relativedelta(months=6)
#: How many dates people see before they save.
SHOWN: Final = 12
#: A rule that gives fewer dates than that in so long has come to its end.
FARTHEST: Final = relativedelta(years=12)


class NoRule(ValueError):
    """This is no rule that we know."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How often, and on which weekday (`SA`) or day of the month (`31`)."""

    often: str
    on: str

    def __post_init__(self) -> None:
        """Refuse what makes no sense together."""
        in_month = self.on.isdecimal() and 1 <= int(self.on) <= 31
        fits = in_month if self.often == DAY else self.on in WEEKDAYS
        if self.often not in OFTEN or not fits:
            raise NoRule

    @property
    def text(self) -> str:
        """Write it as RFC 5545 does, without its beginning."""
        if self.often == DAY:
            return f"FREQ=MONTHLY;BYMONTHDAY={self.on}"
        if self.often in WEEKS:
            every = self.often[1:]
            return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={self.on}".replace("INTERVAL=1;", "")
        return f"FREQ=MONTHLY;BYDAY={self.often}{self.on}"

    @classmethod
    def read(cls, text: str) -> "Rule":
        """Understand what `text` wrote."""
        parts = dict(part.split("=", 1) for part in text.split(";"))
        if parts.get("FREQ") == "WEEKLY":
            return cls(f"w{parts.get('INTERVAL', '1')}", parts.get("BYDAY", ""))
        if "BYMONTHDAY" in parts:
            return cls(DAY, parts["BYMONTHDAY"])
        return cls(parts.get("BYDAY", "")[:-2], parts.get("BYDAY", "")[-2:])

    @property
    def by_month(self) -> bool:
        """Tell a rule that counts in months from one that counts in weeks."""
        return self.often not in WEEKS

    def period(self, key: str) -> str:
        """Name the month or the week that a date stands for; no rule gives two in one."""
        day = date.fromisoformat(key[:10])
        year, week, _weekday = day.isocalendar()
        return key[:7] if self.by_month else f"{year}w{week}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """A rule with its beginning, its length and its end, on the clock of a zone."""

    rule: Rule
    #: No date comes before it; its time is the time of all.
    starts_local: str
    minutes: int
    zone: str
    #: The last day; empty while it goes on.
    ends_on: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a rule; its key is what the clock at the place was to show."""

    key: str
    #: None: the clocks skip this time on that day.
    starts_at: datetime | None
    #: The clocks show this time twice; the first is meant.
    twice: bool = False

    @property
    def day(self) -> date:
        """Give its day by the calendar of the place."""
        return date.fromisoformat(self.key[:10])


def expand(plan: Recurring, since: datetime, until: datetime) -> list[Occurrence]:
    """List the dates from one local time up to another, both included."""
    return [_occurrence(at, plan.zone) for at in _times(plan, since, until)]


def upcoming(plan: Recurring, since: datetime, number: int = SHOWN) -> list[Occurrence]:
    """List the next dates from a local time on."""
    times = islice(_times(plan, since, since + FARTHEST), number)
    return [_occurrence(at, plan.zone) for at in times]


def _times(plan: Recurring, since: datetime, until: datetime) -> Iterator[datetime]:
    rule = rrulestr(plan.rule.text, dtstart=datetime.fromisoformat(plan.starts_local))
    last = min(until, _end(plan)) if plan.ends_on else until
    return takewhile(lambda at: at <= last, rule.xafter(since, inc=True))


def first(plan: Recurring) -> str | None:
    """Find the first date; None if the rule gives none before its end."""
    found = upcoming(plan, datetime.fromisoformat(plan.starts_local), 1)
    return found[0].key if found else None


def skipped_months(plan: Recurring, found: Sequence[Occurrence]) -> list[date]:
    """Name the months between the first and the last date that have none: no fifth Saturday."""
    if not plan.rule.by_month or not found:
        return []
    has = {(one.day.year, one.day.month) for one in found}
    month, last, missing = date.fromisoformat(plan.starts_local[:10]), found[-1].day, []
    month = month.replace(day=1)
    if (month.year, month.month) not in has and _gone(plan, month):
        month += relativedelta(months=1)  # its date came before the beginning
    while month <= last:
        if (month.year, month.month) not in has:
            missing.append(month)
        month += relativedelta(months=1)
    return missing


def period_begins(rule: Rule, key: str) -> date:
    """Tell the first day of the month or the week that a date of a rule stands for."""
    day = date.fromisoformat(key[:10])
    return day.replace(day=1) if rule.by_month else day - timedelta(days=day.weekday())


def without(found: Sequence[Occurrence], rests: Collection[str]) -> list[Occurrence]:
    """Leave out the days on which it rests, and the times that no clock shows."""
    return [one for one in found if one.key[:10] not in rests and one.starts_at is not None]


def ends_at(starts_at: datetime, minutes: int) -> datetime:
    """Tell when an event that begins then is over: so many minutes pass, whatever clocks do."""
    return starts_at + timedelta(minutes=minutes)


def horizon(now_local: datetime) -> datetime:
    """Tell how far ahead dates are written out."""
    return now_local + HORIZON


def _occurrence(at: datetime, zone: str) -> Occurrence:
    key = at.strftime(wall_clock.FORMAT)
    try:
        reading = wall_clock.read(at, zone)
    except wall_clock.NotOnTheClock:
        return Occurrence(key, None)
    return Occurrence(key, reading.moment, reading.twice)


def _end(plan: Recurring) -> datetime:
    return datetime.combine(date.fromisoformat(plan.ends_on), time.max)


def _gone(plan: Recurring, month: date) -> bool:
    """Tell whether the date of a rule's first month lies before the rule begins."""
    whole = Recurring(
        rule=plan.rule, starts_local=f"{month}{plan.starts_local[10:]}", minutes=1, zone=plan.zone
    )
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    begins = datetime.fromisoformat(whole.starts_local)
    return bool(expand(whole, begins, datetime.combine(last, time.max)))
