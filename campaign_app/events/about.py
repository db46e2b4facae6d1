"""What the page of an event says besides when and where: written by organisers, per language."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.settings import settings
from campaign_app.events import concerts
from campaign_app.events.changing import NoSuchEvent
from campaign_app.events.concerts import Set
from campaign_app.events.models import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What it is about, how to find it, who can take part and how; language → text."""

    summaries: Mapping[str, str]
    find_notes: Mapping[str, str]
    access_notes: Mapping[str, str]
    capacity: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concert:
    """What a concert says besides: access first, then times, then what the money is for."""

    access_notes: Mapping[str, str]
    causes: Mapping[str, str]
    doors_local: str | None
    curfew_local: str | None


def tell(event_id: int, said: About | Concert, sets: Sequence[Set] | None = None) -> Event:
    """Write it down; calendars that have the event already learn that it changed."""
    event = session.get(Event, event_id)
    if event is None:
        raise NoSuchEvent
    changed = [name for name, value in asdict(said).items() if _set(event, name, value)]
    if sets is not None and not concerts.is_line_up(event_id, sets):
        concerts.write_line_up(event_id, sets)
        changed.append("line_up")
    if changed:
        event.changed_at = clock.now()
        session.flush()
        record("event.changed", f"event:{event.id}", fields=changed)
    return event


def _set(event: Event, name: str, value: Any) -> bool:
    """Set what differs; texts in languages that the form does not offer stay."""
    before = getattr(event, name)
    if isinstance(value, Mapping):
        offered = settings().languages
        value = {code: text for code, text in before.items() if code not in offered} | dict(value)
    if before == value:
        return False
    setattr(event, name, value)
    return True
