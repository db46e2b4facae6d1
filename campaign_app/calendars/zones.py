"""The rules of a time zone as a calendar carries them, for the years that its dates are in.

Written here and not by the library: that one dates the beginning of summer time by the clock after
the change, and RFC 5545 (3.6.5) wants the clock before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

#: What needs no rules: its times are written with a Z.
UTC_ZONES: Final = frozenset({"UTC", "Etc/UTC"})
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clocks of a zone are at for a while: how far from UTC, summer time, its name."""

    offset: timedelta
    summer: bool
    name: str


@lru_cache(maxsize=256)
def rules(zone: str, first_year: int, last_year: int) -> bytes:
    """Write a VTIMEZONE for whole years.

    Short, because it names only the changes of these years; right, because they are read from the
    zone itself and not guessed from a pattern.
    """
    there = ZoneInfo(zone)
    begins = datetime(first_year, 1, 1, tzinfo=UTC) - DAY
    first = _clock(begins, there)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}", *_part(begins, first, first)]
    for moment, before, after in _changes(there, begins, datetime(last_year + 1, 1, 2, tzinfo=UTC)):
        lines += _part(moment, before, after)
    return "".join(f"{line}\r\n" for line in [*lines, "END:VTIMEZONE"]).encode()


def _clock(moment: datetime, zone: ZoneInfo) -> Clock:
    there = moment.astimezone(zone)
    return Clock(there.utcoffset() or timedelta(), bool(there.dst()), there.tzname() or "")


def _changes(
    zone: ZoneInfo, begins: datetime, ends: datetime
) -> Iterator[tuple[datetime, Clock, Clock]]:
    """Find each moment at which the clocks change: the day first, then the second in it."""
    day = begins
    while day < ends:
        before, after = _clock(day, zone), _clock(day + DAY, zone)
        if before != after:
            yield _moment(zone, day, before), before, after
        day += DAY


def _moment(zone: ZoneInfo, day: datetime, before: Clock) -> datetime:
    early, late = day, day + DAY
    while late - early > SECOND:
        middle = (early + (late - early) / 2).replace(microsecond=0)
        early, late = (middle, late) if _clock(middle, zone) == before else (early, middle)
    return late


def _part(moment: datetime, before: Clock, after: Clock) -> list[str]:
    """Write from when a clock holds, told by the clock that held until then."""
    kind = "DAYLIGHT" if after.summer else "STANDARD"
    shown = (moment + before.offset).strftime("%Y%m%dT%H%M%S")
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{shown}",
        f"TZOFFSETFROM:{_offset(before.offset)}",
        f"TZOFFSETTO:{_offset(after.offset)}",
        f"TZNAME:{after.name}",
        f"END:{kind}",
    ]


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, odd = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}" + (f"{odd:02}" if odd else "")
