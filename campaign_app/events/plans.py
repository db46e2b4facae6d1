"""What organisers ask about a month: every date of every place, drafts too, and by which rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.i18n import pick
from campaign_app.events.models import (
    DRAFT,
    WAITING,
    Campaign,
    Event,
    EventChange,
    Location,
    Series,
)
from campaign_app.events.showing import Month

#: After every local time of a month.
LAST: Final = "-99"


@dataclass(frozen=True, slots=True)
class Dot:
    """One event on the sheet of a month."""

    event: Event
    #: The week of the month in which it stands, the first being 1.
    week: int
    #: What its series is called, if it is one of many.
    series: Series | None


@dataclass(frozen=True, slots=True)
class Row:
    """A place, with all that is there in a month."""

    place: Location
    dots: Sequence[Dot]


def month(wanted: Month, first_weekday: int) -> list[Row]:
    """List a month by place: country, city, name; within a place by time. Two questions in all."""
    text = wanted.text
    within = Event.starts_local.between(text, text + LAST)
    found = session.scalars(select(Event).where(within).order_by(Event.starts_at, Event.id)).all()
    rules = series_of(found)
    weeks = {day: n for n, week in enumerate(wanted.weeks(first_weekday), 1) for day in week}
    by_place: dict[int, list[Dot]] = {}
    for event in found:
        week = weeks[date.fromisoformat(event.starts_local[:10])]
        dot = Dot(event, week, rules.get(event.series_id or 0))
        by_place.setdefault(event.location_id, []).append(dot)
    rows = [Row(dots[0].event.location, dots) for dots in by_place.values()]
    return sorted(rows, key=lambda row: _as_read(row.place))


def ready(wanted: Month) -> Sequence[int]:
    """List the drafts of a month that are still to come and whose permits are settled."""
    within = Event.starts_local.between(wanted.text, wanted.text + LAST)
    settled = Event.state == DRAFT, Event.permit_gate != WAITING, Event.starts_at > clock.now()
    found = select(Event.id).where(within, *settled)
    return session.scalars(found.order_by(Event.starts_at, Event.id)).all()


def _as_read(place: Location) -> tuple[str, str, str]:
    return place.country, pick(place.cities).casefold(), pick(place.names).casefold()


def series_of(events: Sequence[Event]) -> Mapping[int, Series]:
    """Find the series that some events belong to."""
    ids = {event.series_id for event in events if event.series_id is not None}
    found = session.scalars(select(Series).where(Series.id.in_(ids)))
    return {one.id: one for one in found}


def series(series_id: int) -> Series | None:
    """Find one series."""
    return session.get(Series, series_id)


def all_series() -> Sequence[Series]:
    """List the series, those that go on before those that ended, the newest first."""
    return session.scalars(select(Series).order_by(Series.ends_on != "", Series.id.desc())).all()


def counts(ids: Sequence[int]) -> Mapping[int, int]:
    """Count the events to come of several series."""
    coming = select(Event.series_id, func.count()).where(
        Event.series_id.in_(ids), Event.starts_at > clock.now()
    )
    grouped = session.execute(coming.group_by(Event.series_id))
    return {int(number): int(count) for number, count in grouped if number is not None}


def coming_of(series_id: int) -> Sequence[Event]:
    """List the events of a series that are not past, the next first."""
    of_it = select(Event).where(Event.series_id == series_id, Event.ends_at > clock.now())
    return session.scalars(of_it.order_by(Event.starts_at, Event.id)).all()


def history(event_id: int) -> Sequence[EventChange]:
    """List what happened to an event, the last first."""
    told = select(EventChange).where(EventChange.event_id == event_id)
    return session.scalars(told.order_by(EventChange.sequence.desc())).all()


def campaign_of(event: Event) -> Campaign | None:
    """Find the cause that an event belongs to."""
    return session.get(Campaign, event.campaign_id) if event.campaign_id else None


def next_key(series_id: int) -> str | None:
    """Find the first date of a series that is still to come, by the name the rule gave it."""
    coming = select(func.min(Event.recurrence_key)).where(
        Event.series_id == series_id, Event.starts_at > clock.now()
    )
    return session.scalar(coming)


def running() -> Sequence[int]:
    """List the series that may still bring dates."""
    today = (clock.now() - timedelta(days=1)).date().isoformat()
    going = select(Series.id).where((Series.ends_on == "") | (Series.ends_on >= today))
    return session.scalars(going.order_by(Series.id)).all()
