"""iCalendar (RFC 5545, 7986): what calendars on phones and laptops read.

One VEVENT for each date and no rule: engines do not agree on what a rule means when the clocks
change. No METHOD: that is for mail between people. DTSTAMP is the last change, never the moment of
asking, so that an unchanged feed has unchanged bytes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration, vText, vUri

from campaign_app.calendars import zones
from campaign_app.core import clock

PRODID: Final = "-//Lantern//Calendar//EN"
#: How often a calendar may ask again; an unchanged feed costs it one small answer.
REFRESH: Final = timedelta(hours=1)
PERIOD: Final = "PT1H"
END: Final = b"END:VCALENDAR\r\n"
#: Whose time is not taken by it: a date that does not take place as told.
FREE: Final = frozenset({"CANCELLED", "TENTATIVE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One date as a calendar shows it, in one language."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    status: str
    summary: str
    description: str
    location: str
    url: str
    category: str
    geo: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What a calendar says of itself."""

    name: str
    description: str
    url: str
    #: Where it is fetched from; empty for one date to take along.
    source: str = ""


def calendar(cover: Cover, entries: Sequence[Entry], zone: str) -> bytes:
    """Write a whole calendar; `zone` is the one to explain where there is no date yet."""
    opening = _opening(cover, entries)
    body = b"".join(map(_written, entries))
    return opening.removesuffix(END) + _zones(entries, zone) + body + END


def _opening(cover: Cover, entries: Sequence[Entry]) -> bytes:
    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", vText(cover.name))
    made.add("x-wr-calname", vText(cover.name))
    made.add("description", cover.description)
    made.add("x-wr-caldesc", vText(cover.description))
    made.add("url", cover.url)
    if cover.source:
        made.add("source", vUri(cover.source), parameters={"VALUE": "URI"})
        made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", vText(PERIOD))
    if entries:
        made.add("last-modified", max(_second(entry.changed_at) for entry in entries))
    return bytes(made.to_ical())


def _zones(entries: Sequence[Entry], otherwise: str) -> bytes:
    """Explain every zone in use; a calendar holds at least one part, even if it has no date."""
    years: dict[str, set[int]] = {}
    for entry in entries:
        if _named(entry.zone):
            years.setdefault(entry.zone, set()).update(_years(entry))
    if not entries:
        year = clock.now().year
        return zones.rules(otherwise, year, year)
    return b"".join(zones.rules(zone, min(own), max(own)) for zone, own in sorted(years.items()))


def _years(entry: Entry) -> Collection[int]:
    zone = ZoneInfo(entry.zone)
    return entry.starts_at.astimezone(zone).year, entry.ends_at.astimezone(zone).year


def _named(zone: str) -> bool:
    return zone not in zones.UTC_ZONES


@lru_cache(maxsize=16_384)
def _written(entry: Entry) -> bytes:
    """Write one date. The entry is all it says, so what was written once is never out of date."""
    made = Event()
    starts, ends = _times(entry)
    made.add("uid", entry.uid)
    made.add("sequence", entry.sequence)
    made.add("dtstamp", _second(entry.changed_at))
    made.add("last-modified", _second(entry.changed_at))
    made.add("dtstart", starts)
    made.add("dtend", ends)
    made.add("status", entry.status)
    made.add("transp", "TRANSPARENT" if entry.status in FREE else "OPAQUE")
    made.add("class", "PUBLIC")
    _describe(made, entry)
    return bytes(made.to_ical())


def forget() -> None:
    """Forget what was written, as a process that has just begun."""
    _written.cache_clear()


def _describe(made: Event, entry: Entry) -> None:
    made.add("summary", entry.summary)
    made.add("description", entry.description)
    made.add("location", entry.location)
    made.add("url", entry.url)
    made.add("categories", [entry.category])
    if entry.geo is not None:
        made.add("geo", entry.geo)


def _times(entry: Entry) -> tuple[datetime, datetime]:
    """Give both times by the clock of the place; an hour that comes twice can only be told in UTC.

    Then both are: engines that subtract one from the other would be an hour out.
    """
    if not _named(entry.zone):
        return entry.starts_at.astimezone(UTC), entry.ends_at.astimezone(UTC)
    zone = ZoneInfo(entry.zone)
    starts, ends = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if starts.fold or ends.fold:
        return starts.astimezone(UTC), ends.astimezone(UTC)
    return starts, ends


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
