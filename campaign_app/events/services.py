"""Adding and changing causes, places and dates."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core import wall_clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import FALLBACK, _l
from campaign_app.core.ids import readable
from campaign_app.core.settings import settings
from campaign_app.events.facts import EventFacts, LocationFacts
from campaign_app.events.models import Campaign, Event, Location

SLUG_LENGTH: Final = 60
Named = TypeVar("Named", Campaign, Location)


class EndsBeforeStart(DomainError):
    """An event that is over before it begins."""

    status = 400
    text = _l("The end must come after the start.")


class NoSuchPlace(DomainError):
    """The place was never there."""

    status = 404
    text = _l("There is no such place.")


class NoSuchEvent(DomainError):
    """The event was never there."""

    status = 404
    text = _l("There is no such event.")


def add_campaign(names: Mapping[str, str], *, slug: str = "") -> Campaign:
    """Begin a cause."""
    campaign = _add_named(Campaign, slug or _slug(names), {"names": dict(names)})
    record("campaign.added", f"campaign:{campaign.id}", slug=campaign.slug)
    return campaign


def add_location(facts: LocationFacts, *, slug: str = "") -> Location:
    """Add a place where a stall can stand."""
    location = _add_named(Location, slug or _slug(facts.names), asdict(facts))
    record("location.added", f"location:{location.id}", slug=location.slug)
    return location


def change_location(location_id: int, facts: LocationFacts) -> Location:
    """Put a place right; its events keep their local times and follow its zone."""
    location = session.get(Location, location_id)
    if location is None:
        raise NoSuchPlace
    values = asdict(facts)
    for texts in ("names", "cities"):
        values[texts] = _keeping(getattr(location, texts), values[texts])
    changed = _set(location, values)
    if "zone" in changed:
        _follow(location)
    record("location.changed", f"location:{location.id}", fields=changed)
    return location


def _follow(location: Location) -> None:
    """The local time is what was planned; its moment is another one in another zone."""
    for event in session.scalars(select(Event).where(Event.location_id == location.id)):
        _set(event, _times(event.starts_local, event.ends_local, location.zone))


def add_event(facts: EventFacts) -> Event:
    """Put an event on the calendar of a place."""
    event = Event(**_event_values(facts))
    session.add(event)
    session.flush()
    record("event.added", f"event:{event.id}", location=event.location_id, at=event.starts_local)
    return event


def change_event(event_id: int, facts: EventFacts) -> Event:
    """Put an event right."""
    event = session.get(Event, event_id)
    if event is None:
        raise NoSuchEvent
    values = _event_values(facts)
    values["titles"] = _keeping(event.titles, values["titles"])
    changed = _set(event, values)
    session.flush()
    session.refresh(event)
    record("event.changed", f"event:{event.id}", fields=changed)
    return event


def _event_values(facts: EventFacts) -> dict[str, Any]:
    location = session.get(Location, facts.location_id)
    if location is None:
        raise NoSuchPlace
    return {
        "location_id": location.id,
        "campaign_id": facts.campaign_id,
        "kind": facts.kind,
        "titles": dict(facts.titles),
        **_times(facts.starts_local, facts.ends_local, location.zone),
    }


def _times(starts: str | datetime, ends: str | datetime, zone: str) -> dict[str, Any]:
    begin, end = wall_clock.read(starts, zone).moment, wall_clock.read(ends, zone).moment
    if end <= begin:
        raise EndsBeforeStart
    return {
        "starts_local": wall_clock.show(begin, zone),
        "ends_local": wall_clock.show(end, zone),
        "zone": zone,
        "starts_at": begin,
        "ends_at": end,
    }


def _keeping(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Keep texts in languages that the forms do not offer now."""
    offered = settings().languages
    return {**{code: text for code, text in old.items() if code not in offered}, **new}


def _set(row: Location | Event, values: Mapping[str, Any]) -> list[str]:
    """Set what differs, and name it."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _add_named(model: type[Named], slug: str, values: Mapping[str, Any]) -> Named:
    """Insert under the first free slug, even if two people add the same name at once."""
    wanted = slug
    while True:
        row = insert(model).values(slug=wanted, **values)
        free = row.on_conflict_do_nothing(index_elements=["slug"]).returning(model.id)
        added = session.scalar(free)
        if added is not None:
            return session.get_one(model, added)
        wanted = f"{slug}-{readable(4)}"


def _slug(names: Mapping[str, str]) -> str:
    """Write a name for addresses and files; one without Latin letters gets a random one."""
    name = names.get(FALLBACK) or next(iter(names.values()), "")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or readable(8)
