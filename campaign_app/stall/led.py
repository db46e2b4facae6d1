"""What a lead does to the event: move it, begin late, stop, put it off, take that back.

The boards go along: what stands at the event stands at its new place from then on, so that
signatures count where they were given.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from campaign_app.core import clock, wall_clock
from campaign_app.core.db import session
from campaign_app.events import changing
from campaign_app.events import queries as events
from campaign_app.events.changing import Elsewhere, Said
from campaign_app.events.models import (
    CONFIRMED,
    DONE,
    MOVED,
    POSTPONED,
    Event,
    EventChange,
    Location,
)
from campaign_app.qr import services as codes
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import Placement

#: How much later a stall may begin, in minutes, as the page offers it.
LATER: Final = (15, 30, 60, 90)


def move_to(event_id: int, location_id: int, said: Said) -> Event:
    """Put the stall and all its boards at another place."""
    event = changing.move(event_id, Elsewhere(location_id=location_id), said)
    here = select(Placement).where(Placement.event_id == event_id, Placement.ends_at.is_(None))
    for placement in session.scalars(here.order_by(Placement.id)).all():
        codes.re_point(placement.code_id, replace(StandsFor.of(placement), location_id=location_id))
    return event


def begin_later(event_id: int, minutes: int, said: Said) -> Event:
    """Begin some minutes later than it says now."""
    event = session.get_one(Event, event_id)
    later = wall_clock.show(event.starts_at + timedelta(minutes=minutes), event.zone)
    return changing.late(event.id, later, said)


def places_to_go(event: Event) -> Sequence[Location]:
    """List where the stall can go: exits of the same station first, then the same city."""
    here = event.location
    near = [
        place
        for place in events.locations()
        if place.id != here.id and place.country == here.country and place.kind != "online"
    ]
    near = [place for place in near if place.cities == here.cities]
    return sorted(near, key=lambda place: not _same_station(place, here))


def _same_station(one: Location, other: Location) -> bool:
    return bool(one.stations) and one.stations == other.stations


def may_change(event: Event) -> bool:
    """Tell whether moving, stopping and the like make sense now."""
    return event.state in {CONFIRMED, MOVED}


#: What a deed of the lead is called in the event's history.
STEPS: Final = {
    "move": "moved",
    "late": "late",
    "stop": "stopped",
    "postpone": "postponed",
    "resume": "resumed",
}


def foresee(deed: str, event: Event, *, place: int | None, minutes: int) -> EventChange:
    """Write down what a deed would change, without doing it, so that its words can be read before."""
    before = {name: getattr(event, name) for name in changing.KEPT}
    after = before | _after(deed, event, place=place, minutes=minutes)
    return EventChange(
        event_id=event.id, kind=STEPS[deed], before=before, after=after, reason="", words={}
    )


def _after(deed: str, event: Event, *, place: int | None, minutes: int) -> dict[str, Any]:
    if deed == "move":
        return {"location_id": place, "state": MOVED}
    if deed == "late":
        later = event.starts_at + timedelta(minutes=minutes)
        return {"starts_local": wall_clock.show(later, event.zone)}
    if deed == "stop":
        return {"ends_local": wall_clock.show(clock.now(), event.zone), "state": DONE}
    return {"state": POSTPONED if deed == "postpone" else CONFIRMED}
