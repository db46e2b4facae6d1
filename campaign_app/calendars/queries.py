"""Which dates a feed holds: the same few questions for any number of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.events.cities import key_of
from campaign_app.events.models import DRAFT, Act, Event, Location

#: For how long a date stays in feeds after it was; what was called off stays as long, so that
#: every calendar has heard of it.
KEPT: Final = timedelta(days=90)


def listed(places: Collection[int] | None = None) -> Sequence[Event]:
    """List what feeds tell, by time: coming dates and those of the last weeks, never a draft."""
    return session.scalars(
        select(Event).where(*_told(places)).order_by(Event.starts_at, Event.id)
    ).all()


def _told(places: Collection[int] | None) -> list[ColumnElement[Any]]:
    told: list[ColumnElement[Any]] = [Event.state != DRAFT, Event.ends_at > clock.now() - KEPT]
    return told if places is None else [*told, Event.location_id.in_(places)]


def by_letters(letters: str) -> Event | None:
    """Find one date by its address; a draft has none."""
    return session.scalar(select(Event).where(Event.letters == letters, Event.state != DRAFT))


def places_in(city: str) -> Sequence[Location]:
    """List the places of a city that the public has heard of; named as addresses name it."""
    known = session.scalars(select(Location).where(_heard_of()).order_by(Location.id))
    return [place for place in known if key_of(place) == city]


def place(slug: str) -> Location | None:
    """Find a place that the public has heard of."""
    return session.scalar(select(Location).where(Location.slug == slug, _heard_of()))


def _heard_of() -> ColumnElement[bool]:
    return select(Event.id).where(Event.location_id == Location.id, Event.state != DRAFT).exists()


def line_ups(events: Collection[Event]) -> Mapping[int, Sequence[Act]]:
    """List who plays, by the event's number; costs nothing where there is no concert."""
    concerts = [event.id for event in events if event.kind == "concert"]
    if not concerts:
        return {}
    acts = select(Act).where(Act.event_id.in_(concerts)).order_by(Act.event_id, Act.position)
    found = session.scalars(acts).all()
    return {number: list(own) for number, own in groupby(found, key=lambda act: act.event_id)}
