"""Adding and changing causes, places and dates."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, TypeVar

from sqlalchemy import select, update

from campaign_app.audit.services import record
from campaign_app.core import clock, wall_clock
from campaign_app.core.db import insert, session
from campaign_app.core.i18n import FALLBACK
from campaign_app.core.ids import readable
from campaign_app.core.settings import settings
from campaign_app.events import changing, concerts
from campaign_app.events.changing import (
    Elsewhere,
    EndsBeforeStart,
    NoSuchEvent,
    NoSuchPlace,
    times,
)
from campaign_app.events.facts import EventFacts, LocationFacts
from campaign_app.events.models import Campaign, Event, Location, Series

__all__ = [
    "EndsBeforeStart",
    "NoSuchEvent",
    "NoSuchPlace",
    "add_campaign",
    "add_event",
    "add_location",
    "change_event",
    "change_location",
    "copy_event",
]

SLUG_LENGTH: Final = 60
#: What people plan of an event's time and place, and what follows from it.
PLANNED: Final = ("location_id", "starts_local", "ends_local", "starts_fold", "ends_fold")
#: What the page of an event says has forms of its own (see about): another form leaves it alone.
OF_ITS_PAGE: Final = frozenset({
    "summaries", "find_notes", "access_notes", "causes", "doors_local", "curfew_local", "capacity",
})  # fmt: skip
#: What an event says that another one at another place may say, too.
COPIED: Final = ("kind", "titles", "campaign_id", "summaries", "causes")
#: What calendars tell of a place.
IN_CALENDARS: Final = frozenset({
    "names", "cities", "stations", "exit_number", "addresses", "directions", "latitude", "longitude",
})  # fmt: skip
WHEN_AND_WHERE: Final = ("location_id", "starts_at", "ends_at")
Named = TypeVar("Named", Campaign, Location)


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
    for texts in [name for name, value in values.items() if isinstance(value, Mapping)]:
        values[texts] = _keeping(getattr(location, texts), values[texts])
    changed = _set(location, values)
    if "zone" in changed:
        _follow(location)
    if IN_CALENDARS.intersection(changed):
        _tell_calendars(location)
    record("location.changed", f"location:{location.id}", fields=changed)
    return location


def _tell_calendars(location: Location) -> None:
    """Where a coming event is reads otherwise now: calendars must know that it changed."""
    coming = update(Event).where(Event.location_id == location.id, Event.ends_at > clock.now())
    session.execute(coming.values(changed_at=clock.now()))


def _follow(location: Location) -> None:
    """The local time is what was planned; its moment is another one in another zone."""
    for number in session.scalars(select(Event.id).where(Event.location_id == location.id)):
        changing.follow(number, location.zone)
    here = update(Series).where(Series.location_id == location.id)
    session.execute(here.values(zone=location.zone))


def add_event(facts: EventFacts) -> Event:
    """Put an event on the calendar of a place."""
    event = Event(**_event_values(facts))
    session.add(event)
    session.flush()
    record("event.added", f"event:{event.id}", location=event.location_id, at=event.starts_local)
    return event


def copy_event(event_id: int, places: Sequence[int]) -> list[Event]:
    """Plan the same at other places, at the same hour on the clocks there; each begins as a draft."""
    event = session.get(Event, event_id)
    if event is None:
        raise NoSuchEvent
    told = {name: getattr(event, name) for name in COPIED}
    facts = EventFacts(
        location_id=0, starts_local=event.starts_local, ends_local=event.ends_local, **told
    )
    return [add_event(replace(facts, location_id=place)) for place in places]


def change_event(event_id: int, facts: EventFacts) -> Event:
    """Put an event right; another time or place of one that is announced is told as a move."""
    event = session.get(Event, event_id)
    if event is None:
        raise NoSuchEvent
    values = {name: it for name, it in _event_values(facts).items() if name not in OF_ITS_PAGE}
    for texts in [name for name, value in values.items() if isinstance(value, Mapping)]:
        values[texts] = _keeping(getattr(event, texts), values[texts])
    elsewhere = any(getattr(event, name) != values[name] for name in WHEN_AND_WHERE)
    if elsewhere and event.is_public:
        changing.move(event.id, Elsewhere(**{name: getattr(facts, name) for name in PLANNED}))
    before = event.starts_local
    changed = _set(event, values)
    if changed:
        event.changed_at = clock.now()
        concerts.follow(event, before)
    changing.override(event, changed)
    session.flush()
    session.refresh(event)
    record("event.changed", f"event:{event.id}", fields=changed)
    return event


def _event_values(facts: EventFacts) -> dict[str, Any]:
    location = session.get(Location, facts.location_id)
    if location is None:
        raise NoSuchPlace
    said = {name: value for name, value in asdict(facts).items() if name not in PLANNED}
    return {
        **said,
        "location_id": location.id,
        **_times(facts, location.zone),
    }


def _times(facts: EventFacts, zone: str) -> dict[str, Any]:
    begin = wall_clock.read(facts.starts_local, zone, fold=facts.starts_fold)
    end = wall_clock.read(facts.ends_local, zone, fold=facts.ends_fold)
    return times(begin.moment, end.moment, zone)


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
