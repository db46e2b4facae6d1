"""When an event is and what a place offers, in the words of the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_timezone_name

from campaign_app.core import wall_clock
from campaign_app.core.i18n import Worded, _, _l, current_language, day, locale, time_of_day, worded
from campaign_app.events import notices
from campaign_app.events.models import Event, Location

#: What somebody asks before setting out, the most important first: field → question, yes, no.
ASKED: Final = (
    ("step_free", _l("Step-free access"), _l("Yes, without a step"), _l("No, there are steps")),
    ("shelter", _l("Shelter"), _l("Yes, out of rain and sun"), _l("No, under the open sky")),
    ("indoor", _l("Indoors"), _l("Yes, inside a building"), _l("No, outdoors")),
)
#: Where weeks begin on another day than Monday.
WEEKS: Final = {"ko": 6, "ja": 6}
#: What is told in words: field → heading.
TOLD: Final = (("lifts", _l("Nearest lift")), ("toilets", _l("Nearest toilet")))


@dataclass(frozen=True, slots=True)
class When:
    """When an event is, on the clocks of its place."""

    day: str
    weekday: str
    number: int
    month: str
    hours: str
    zone: str
    #: For machines.
    starts: str
    ends: str


def when(event: Event) -> When:
    """Say when an event is."""
    zone = ZoneInfo(event.zone)
    starts, ends = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    return When(
        day=capital(day(starts, "full")),
        weekday=format_date(starts, "EEE", locale=locale()),
        number=starts.day,
        month=format_date(starts, "MMM", locale=locale()),
        hours=_hours(starts, ends, event.zone),
        zone=zone_name(starts),
        starts=starts.isoformat(timespec="minutes"),
        ends=ends.isoformat(timespec="minutes"),
    )


def _hours(starts: datetime, ends: datetime, zone: str) -> str:
    begin, end = time_of_day(starts, zone), time_of_day(ends, zone)
    if starts.date() == ends.date():
        return f"{begin} – {end}"
    return _("%(begin)s until %(day)s, %(end)s", begin=begin, end=end, day=day(ends, "medium"))


def zone_name(moment: datetime) -> str:
    """Name the clock that a time is told by: "Korean Standard Time (UTC+9)"."""
    name = get_timezone_name(moment, width="long", locale=locale())
    offset = moment.utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "−" if offset < timedelta() else "+"
    shift = f"{sign}{hours}" + (f":{minutes:02}" if minutes else "")
    return f"{name} (UTC{shift})"


def news_of(events: Sequence[Event]) -> Mapping[int, str]:
    """Say what changed of several events, with as many questions as for one."""
    changes = notices.latest_of([event.id for event in events])
    told = [(event, changes[event.id]) for event in events if event.id in changes]
    return notices.notices(told, current_language()) if told else {}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know before setting out."""

    question: str
    #: Language and words of the answer.
    answer: Worded
    #: True and False are drawn as a mark beside the words.
    yes: bool | None


def facts_of(place: Location) -> list[Fact]:
    """Say what a place offers to whoever needs more than stairs; what nobody knows is not said."""
    if place.kind == "online":
        return []
    here = worded({})
    known = [
        Fact(str(question), Worded(here.language, str(yes if answer else no)), answer)
        for name, question, yes, no in ASKED
        if (answer := getattr(place, name)) is not None
    ]
    told = [
        Fact(str(heading), words, None)
        for name, heading in TOLD
        if (words := worded(getattr(place, name))).text
    ]
    return [*known[:1], *told, *known[1:]]


def first_weekday() -> int:
    """Tell with which day a week begins, Monday being 0."""
    return WEEKS.get(current_language(), 0)


def weekdays() -> list[tuple[str, str]]:
    """Name the days of a week in order: (short, whole)."""
    names = locale().days["stand-alone"]
    order = [(first_weekday() + number) % 7 for number in range(7)]
    return [(names["narrow"][one], names["wide"][one]) for one in order]


def month_name(first: date) -> str:
    """Name a month of a year."""
    return capital(format_skeleton("yMMMM", first, locale=locale()))


def capital(text: str) -> str:
    """Begin with a capital, as what stands by itself does: French months do not."""
    return text[:1].upper() + text[1:]


def on_the_clock(event: Event, local: str | None) -> str:
    """Write another time of the event's day, "" if it has none."""
    return time_of_day(wall_clock.read(local, event.zone).moment, event.zone) if local else ""
