"""What we ask about campaigns, places and dates."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.i18n import pick
from campaign_app.events.models import Campaign, Event, Location

PAGE_SIZE: Final = 50
#: How long after an event its boards are still being sorted out.
LINGERS: Final = timedelta(days=60)


def campaigns() -> Sequence[Campaign]:
    """List the causes, by name in the current language."""
    found = session.scalars(select(Campaign)).all()
    return sorted(found, key=lambda campaign: pick(campaign.names).casefold())


def campaign(campaign_id: int) -> Campaign | None:
    """Find one cause."""
    return session.get(Campaign, campaign_id)


def locations() -> Sequence[Location]:
    """List the places, by country, city and name in the current language."""
    found = session.scalars(select(Location)).all()
    return sorted(found, key=_as_read)


def _as_read(place: Location) -> tuple[str, str, str]:
    return place.country, pick(place.cities).casefold(), pick(place.names).casefold()


def location(location_id: int) -> Location | None:
    """Find one place."""
    return session.get(Location, location_id)


def event(event_id: int) -> Event | None:
    """Find one event with its place."""
    return session.get(Event, event_id)


def events_by_id(ids: Collection[int]) -> Mapping[int, Event]:
    """Find several events at once."""
    found = session.scalars(select(Event).where(Event.id.in_(ids)))
    return {one.id: one for one in found}


def upcoming() -> Sequence[Event]:
    """List what runs or comes, the next first."""
    running = select(Event).where(Event.ends_at > clock.now())
    return session.scalars(running.order_by(Event.starts_at, Event.id)).all()


def past(*, page: int = 1) -> Sequence[Event]:
    """List what is over, the last first, one page (of 50) at a time."""
    over = select(Event).where(Event.ends_at <= clock.now())
    newest = over.order_by(Event.starts_at.desc(), Event.id.desc())
    return session.scalars(newest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()


def near() -> Sequence[Event]:
    """List events that a board may be for: coming ones first, then those of the last weeks."""
    since = clock.now() - LINGERS
    ended = select(Event).where(Event.ends_at <= clock.now(), Event.ends_at > since)
    recent = session.scalars(ended.order_by(Event.starts_at.desc(), Event.id.desc()))
    return [*upcoming(), *recent]


def around(moment: datetime) -> Sequence[Event]:
    """List events near a moment in the past, for putting right where a board stood then."""
    then = Event.ends_at > moment - LINGERS, Event.starts_at < moment + LINGERS
    return session.scalars(select(Event).where(*then).order_by(Event.starts_at, Event.id)).all()


def events_at(location_id: int) -> Sequence[Event]:
    """List every event of one place, the last first."""
    here = select(Event).where(Event.location_id == location_id)
    return session.scalars(here.order_by(Event.starts_at.desc(), Event.id.desc())).all()
