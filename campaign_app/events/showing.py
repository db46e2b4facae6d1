"""What the public may ask about dates and places: never a draft, never a place without a date."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from sqlalchemy import ColumnElement, func, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.events.cities import City, cities, key_of
from campaign_app.events.models import CANCELLED, DRAFT, POSTPONED, Event, Location

#: What may be told: everything that is more than a plan.
TOLD: Final = Event.state != DRAFT
#: Past events that a place's page names.
REMEMBERED: Final = 24
YEARS: Final = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read "2026-12"."""
        year, dash, number = text.partition("-")
        digits = len(year) == 4 and len(number) == 2 and (year + number).isdecimal()
        if not dash or not digits or not text.isascii() or int(year) not in YEARS:
            return None
        return cls(int(year), int(number)) if 1 <= int(number) <= 12 else None

    @classmethod
    def of(cls, day: date) -> Self:
        """Give the month of a day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Give its first day."""
        return date(self.year, self.number, 1)

    @property
    def next(self) -> "Month":
        """Give the month after."""
        return Month.of(self.first + timedelta(days=31))

    @property
    def previous(self) -> "Month":
        """Give the month before."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def text(self) -> str:
        """Write it as addresses do."""
        return f"{self.year:04}-{self.number:02}"

    def weeks(self, first_weekday: int) -> list[list[date]]:
        """Lay its days out in whole weeks."""
        return calendar.Calendar(first_weekday).monthdatescalendar(self.year, self.number)


def by_letters(letters: str) -> Event | None:
    """Find an event by what its address says; a draft is none."""
    return session.scalar(select(Event).where(Event.letters == letters, TOLD))


def place(slug: str) -> Location | None:
    """Find a place that was ever told of."""
    known = select(Event.id).where(Event.location_id == Location.id, TOLD).exists()
    return session.scalar(select(Location).where(Location.slug == slug, known))


def places() -> Sequence[Location]:
    """List the places that were ever told of."""
    told = select(Event.location_id).where(TOLD)
    return session.scalars(select(Location).where(Location.id.in_(told))).all()


def coming_at(place_id: int) -> Sequence[Event]:
    """List what runs or comes at a place, the next first."""
    return _listed(Event.location_id == place_id, Event.ends_at > clock.now())


def past_at(place_id: int) -> Sequence[Event]:
    """List what was at a place, the last first."""
    over = select(Event).where(TOLD, Event.location_id == place_id, Event.ends_at <= clock.now())
    newest = over.order_by(Event.starts_at.desc(), Event.id.desc())
    return session.scalars(newest.limit(REMEMBERED)).all()


def coming(most: int | None = None) -> Sequence[Event]:
    """List what runs or comes anywhere, the next first, but what was cancelled or has no date."""
    found = select(Event).where(
        TOLD, Event.ends_at > clock.now(), Event.state.not_in((CANCELLED, POSTPONED))
    )
    return session.scalars(found.order_by(Event.starts_at, Event.id).limit(most)).all()


def told() -> Sequence[Event]:
    """List every event that has a page."""
    return _listed()


def _listed(*conditions: ColumnElement[bool]) -> Sequence[Event]:
    found = select(Event).where(TOLD, *conditions)
    return session.scalars(found.order_by(Event.starts_at, Event.id)).all()


@dataclass(frozen=True, slots=True)
class Calendar:
    """One month, everywhere or in one city."""

    month: Month
    city: City | None
    cities: Sequence[City]
    #: Day → what begins then, or runs on since last month.
    days: dict[date, list[Event]]
    #: Whether anything is before or after it.
    earlier: bool
    later: bool

    @property
    def events(self) -> list[Event]:
        """List all of it."""
        return [event for events in self.days.values() for event in events]


def month(wanted: Month, city: str = "") -> Calendar | None:
    """Read a month by the clocks of its places; None if there is no such city."""
    known = places()
    there = cities(known)
    chosen = next((one for one in there if one.key == city), None)
    if city and chosen is None:
        return None
    here = [Event.location_id.in_([one.id for one in known if key_of(one) == city])] if city else []
    first, after = wanted.first, wanted.next.first
    # Local times are written so that they sort as text.
    inside = Event.starts_local < after.isoformat(), Event.ends_local >= first.isoformat()
    days: dict[date, list[Event]] = {}
    for event in sorted(_listed(*here, *inside), key=lambda one: (one.starts_local, one.id)):
        begins = date.fromisoformat(event.starts_local[:10])
        days.setdefault(max(begins, first), []).append(event)
    earliest, latest = _span(here)
    return Calendar(
        month=wanted,
        city=chosen,
        cities=there,
        days=days,
        earlier=earliest < first.isoformat(),
        later=latest >= after.isoformat(),
    )


def _span(here: Sequence[ColumnElement[bool]]) -> tuple[str, str]:
    ends = select(func.min(Event.starts_local), func.max(Event.starts_local)).where(TOLD, *here)
    earliest, latest = session.execute(ends).one()
    return earliest or "9999", latest or "0000"
