"""Wall clocks: what a clock at a place shows, which moment that is, and whole hours.

What people plan is the local time; the moment follows from it and from the zone's rules.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from campaign_app.core import clock
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l

#: How a local time is kept and how browsers send it: "2026-11-14T14:00".
FORMAT: Final = "%Y-%m-%dT%H:%M"
#: What forms accept: some browsers add seconds.
FORMATS: Final = (FORMAT, f"{FORMAT}:%S")
YEARS: Final = range(1970, 2200)
SECONDS_AN_HOUR: Final = 3600
REGIONS: Final = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic",
    "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


class NotOnTheClock(DomainError):
    """The clock at the place never shows this time."""

    status = 400
    text = _l("This time does not exist there. Choose another one.")


@dataclass(frozen=True, slots=True)
class Reading:
    """A local time understood: its moment, and whether the clock shows it twice that day."""

    moment: datetime
    #: Summer time ends: the time comes twice, and `moment` is the first, or the second if asked.
    twice: bool


def read(local: str | datetime, zone: str, *, fold: int = 0) -> Reading:
    """Find the moment at which a clock of the zone shows a local time, of two the first (fold 0)."""
    shown = datetime.fromisoformat(local) if isinstance(local, str) else local
    shown = shown.replace(tzinfo=None, second=0, microsecond=0, fold=0)
    if shown.year not in YEARS:
        raise NotOnTheClock(_("Choose a year between 1970 and 2199."))
    there = shown.replace(tzinfo=ZoneInfo(zone), fold=fold)
    moment = there.astimezone(UTC)
    if moment.astimezone(there.tzinfo).replace(tzinfo=None) != shown:
        raise NotOnTheClock(_skipped(shown, zone))
    other = there.replace(fold=1 - fold)
    return Reading(moment, twice=there.utcoffset() != other.utcoffset())


def fold_of(local: str, zone: str, moment: datetime) -> int:
    """Tell which of the two moments is meant where the clock shows a time twice."""
    return int(read(local, zone).moment != moment)


def abbreviation(moment: datetime, zone: str) -> str:
    """Name the time that a zone keeps at a moment: CEST, CET."""
    return moment.astimezone(ZoneInfo(zone)).tzname() or ""


def _skipped(shown: datetime, zone: str) -> str:
    return _(
        "On this day the clocks in %(zone)s go forward and never show %(time)s. "
        "Choose a time before or after that.",
        zone=zone,
        time=f"{shown:%H:%M}",
    )


def show(moment: datetime, zone: str) -> str:
    """Write what the clock of a zone shows at a moment, as forms and rows keep it."""
    return moment.astimezone(ZoneInfo(zone)).strftime(FORMAT)


def today_in(zone: str) -> date:
    """Tell the date that the clocks of a zone show now."""
    return day_in(clock.now(), zone)


def day_in(moment: datetime, zone: str) -> date:
    """Tell the date that the clocks of a zone show at a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def hour_number(moment: datetime) -> int:
    """Count whole hours since 1970-01-01 UTC: how counts and corrections name an hour."""
    return int(moment.timestamp()) // SECONDS_AN_HOUR


def this_hour() -> int:
    """Tell the number of the hour that runs."""
    return hour_number(clock.now())


def start_of(hour: int) -> datetime:
    """Tell the moment at which a numbered hour begins."""
    return datetime.fromtimestamp(hour * SECONDS_AN_HOUR, UTC)


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """List the time zones named for a place, sorted, and UTC."""
    named = (name for name in available_timezones() if name.split("/")[0] in REGIONS)
    return (*sorted(named), "UTC")
