"""What happens to an event that people plan for: each deed is one step, told everywhere at once.

A step sets time, place or state, raises the sequence, keeps what was true before, and leaves the
job `events.changed` in the outbox, all in the caller's transaction. Page, calendar and the page
behind a code read the event itself; mail is what the job's takers write (see shifts.jobs).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core import clock, wall_clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events import concerts
from campaign_app.events.models import (
    CANCELLED,
    CONFIRMED,
    DONE,
    DRAFT,
    MOVED,
    POSTPONED,
    WAITING,
    Event,
    EventChange,
    Location,
)
from campaign_app.outbox.services import enqueue_job

#: The job that tells the rooms above; its payload is {"event": id, "sequence": n}.
CHANGED: Final = "events.changed"
#: What a series sets and one of its events may have otherwise: column → its name among these.
OVERRIDABLE: Final = {
    "starts_local": "times", "ends_local": "times", "location_id": "location_id",
    "titles": "titles", "kind": "kind", "campaign_id": "campaign_id",
}  # fmt: skip
#: What is kept of an event before and after a step.
KEPT: Final = ("state", "starts_local", "ends_local", "zone", "location_id")


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


class PermitsMissing(DomainError):
    """An event cannot be confirmed while nobody has said how its permits stand."""

    status = 409
    text = _l(
        "The permits of this event still wait. Record them as filed or granted, or say who decided "
        "that none is needed or that it goes ahead without."
    )


class NotNow(DomainError):
    """The event is in a state from which this does not lead."""

    status = 409
    text = _l("This cannot be done with the event as it stands now. Look at its page again.")


class NotLater(DomainError):
    """A beginning that is no later than the announced one."""

    status = 400
    text = _l("Choose a time after the one that is announced.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Why, in whose words, and by whom if it was not one of us who signs in."""

    #: One of kinds.OF_REASON, or "".
    reason: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    #: The lead's alias.
    alias: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another place, other times, or both; what is None stays."""

    location_id: int | None = None
    starts_local: str | datetime | None = None
    ends_local: str | datetime | None = None
    #: Which of two, where the clock there shows a time twice: 0 the first, 1 the second.
    starts_fold: int = 0
    ends_fold: int = 0


NOTHING_SAID: Final = Said()


def confirm(event_id: int, said: Said = NOTHING_SAID) -> Event:
    """Announce a draft, or say that a postponed or moved event takes place as it stands."""
    return _step(event_id, "confirmed", _confirmed, said)


def postpone(event_id: int, said: Said = NOTHING_SAID) -> Event:
    """Put it off; a new date may come later."""
    return _step(event_id, "postponed", _to(POSTPONED, CONFIRMED, MOVED), said)


def cancel(event_id: int, said: Said = NOTHING_SAID) -> Event:
    """Call it off."""
    return _step(event_id, "cancelled", _to(CANCELLED, CONFIRMED, MOVED, POSTPONED), said)


def resume(event_id: int, said: Said = NOTHING_SAID) -> Event:
    """Let it take place after all: as it was announced, or as it was moved."""
    return _step(event_id, "resumed", _resumed, said)


def finish(event_id: int, said: Said = NOTHING_SAID) -> Event:
    """Say that it took place and is over."""
    return _step(event_id, "done", _to(DONE, CONFIRMED, MOVED), said)


def stop(event_id: int, said: Said = NOTHING_SAID) -> Event:
    """End it now."""
    return _step(event_id, "stopped", _stopped, said)


def move(event_id: int, to: Elsewhere, said: Said = NOTHING_SAID) -> Event:
    """Put it at another place or time; a draft stays a draft, all others are told as moved."""
    return _step(event_id, "moved", lambda event: _moved(event, to), said)


def late(event_id: int, starts_local: str, said: Said = NOTHING_SAID) -> Event:
    """Begin later than announced, at the same place; the end stays."""

    def values(event: Event) -> Mapping[str, Any]:
        if event.state not in {CONFIRMED, MOVED}:
            raise NotNow
        begin = wall_clock.read(starts_local, event.zone).moment
        if begin < event.starts_at:
            raise NotLater
        return times(begin, event.ends_at, event.zone)

    return _step(event_id, "late", values, said)


def follow(event_id: int, zone: str) -> Event:
    """Keep the planned local time when the zone of the place was put right."""

    def values(event: Event) -> Mapping[str, Any]:
        begin, end = (wall_clock.read(at, zone) for at in (event.starts_local, event.ends_local))
        return times(begin.moment, end.moment, zone)

    return _step(event_id, "changed", values, NOTHING_SAID)


def _step(
    event_id: int, kind: str, set_: Callable[[Event], Mapping[str, Any]], said: Said
) -> Event:
    event = _locked(event_id)
    before = _told(event)
    values = set_(event)
    if all(getattr(event, name) == value for name, value in values.items()):
        return event
    _keep_what_was_announced(event, values)
    if kind in {"moved", "late"}:
        override(event, [name for name in values if getattr(event, name) != values[name]])
    for name, value in values.items():
        setattr(event, name, value)
    if kind != "late":
        concerts.follow(event, before["starts_local"])
    session.flush()
    session.refresh(event)
    _write_down(event, kind, before, said)
    return event


def override(event: Event, changed: Iterable[str]) -> None:
    """Note what one event of a series has for itself; a change of the series leaves it alone."""
    if event.series_id is not None:
        own = {OVERRIDABLE[name] for name in changed if name in OVERRIDABLE}
        event.overridden = sorted({*event.overridden, *own})


def _write_down(event: Event, kind: str, before: Mapping[str, Any], said: Said) -> None:
    event.sequence += 1
    event.changed_at = clock.now()
    session.add(
        EventChange(
            event_id=event.id,
            sequence=event.sequence,
            at=event.changed_at,
            kind=kind,
            before=dict(before),
            after=_told(event),
            reason=said.reason,
            words=dict(said.words),
            alias=said.alias,
        )
    )
    record(f"event.{kind}", f"event:{event.id}", by=said.alias, reason=said.reason)
    enqueue_job(CHANGED, {"event": event.id, "sequence": event.sequence})
    session.flush()


def _locked(event_id: int) -> Event:
    """Hold an event, so that two steps come one after the other."""
    held = select(Event).where(Event.id == event_id).with_for_update(of=Event)
    event = session.scalar(held.execution_options(populate_existing=True))
    if event is None:
        raise NoSuchEvent
    return event


def _told(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in KEPT}


def _to(state: str, *from_: str) -> Callable[[Event], Mapping[str, Any]]:
    def values(event: Event) -> Mapping[str, Any]:
        if event.state not in {*from_, state}:
            raise NotNow
        return {"state": state}

    return values


def _confirmed(event: Event) -> Mapping[str, Any]:
    if event.state not in {DRAFT, POSTPONED, MOVED, CONFIRMED}:
        raise NotNow
    if event.permit_gate == WAITING:
        raise PermitsMissing
    return {"state": CONFIRMED}


def _resumed(event: Event) -> Mapping[str, Any]:
    if event.state not in {CANCELLED, POSTPONED, DONE}:
        raise NotNow
    moved = event.previous_starts_at is not None or event.previous_location_id is not None
    return {"state": MOVED} if moved or event.permit_gate == WAITING else {"state": CONFIRMED}


def _stopped(event: Event) -> Mapping[str, Any]:
    now = clock.now().replace(second=0, microsecond=0)
    if event.state not in {CONFIRMED, MOVED} or now <= event.starts_at:
        raise NotNow
    if now >= event.ends_at:
        return {"state": DONE}
    return {"state": DONE, "ends_local": wall_clock.show(now, event.zone), "ends_at": now}


def _moved(event: Event, to: Elsewhere) -> Mapping[str, Any]:
    values = dict(_times(event, to))
    if event.state == DRAFT:
        return values
    if event.state not in {CONFIRMED, MOVED, POSTPONED}:
        raise NotNow
    same = all(getattr(event, name) == value for name, value in values.items())
    return values if same and event.state != POSTPONED else values | {"state": MOVED}


def _times(event: Event, to: Elsewhere) -> Mapping[str, Any]:
    """Read the new times on the clock of the new place; without a new end it lasts as long."""
    place = session.get(Location, to.location_id or event.location_id)
    if place is None:
        raise NoSuchPlace
    begin = _begin(event, to, place.zone)
    lasts: timedelta = event.ends_at - event.starts_at
    end = begin + lasts
    if to.ends_local:
        end = wall_clock.read(to.ends_local, place.zone, fold=to.ends_fold).moment
    return {"location_id": place.id, **times(begin, end, place.zone)}


def _begin(event: Event, to: Elsewhere, zone: str) -> datetime:
    if to.starts_local:
        return wall_clock.read(to.starts_local, zone, fold=to.starts_fold).moment
    return (
        event.starts_at if zone == event.zone else wall_clock.read(event.starts_local, zone).moment
    )


def times(begin: datetime, end: datetime, zone: str) -> dict[str, Any]:
    """Give the columns that say when an event is; it must end after it begins."""
    if end <= begin:
        raise EndsBeforeStart
    return {
        "starts_local": wall_clock.show(begin, zone),
        "ends_local": wall_clock.show(end, zone),
        "zone": zone,
        "starts_at": begin,
        "ends_at": end,
    }


def _keep_what_was_announced(event: Event, values: Mapping[str, Any]) -> None:
    """Keep the first time and place that the public was told."""
    if event.state == DRAFT:
        return
    if event.previous_starts_at is None and values.get("starts_at", event.starts_at) != (
        event.starts_at
    ):
        event.previous_starts_at = event.starts_at
    place = values.get("location_id", event.location_id)
    if event.previous_location_id is None and place != event.location_id:
        event.previous_location_id = event.location_id
