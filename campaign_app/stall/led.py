"""What a lead does to the event: move it, begin late, stop, put it off, take that back.

The boards go along: what stands at the event stands at its new place from then on, so that
signatures count where they were given.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from campaign_app.core import clock, wall_clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
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
from campaign_app.qr import queries as qr
from campaign_app.qr import services as codes
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import BOARD, Placement

#: What is said instead of a spot when a board is packed up.
AWAY: Final = "away"


class NoSuchBoard(DomainError):
    """The board does not belong to this stall, or was to go where nobody offered."""

    status = 404
    text = _l("There is no such board at this stall.")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one board can stand, and for which event it counts there."""

    place: Location
    event_id: int
    #: Named only where it is another one than the lead's.
    other: Event | None = None

    @property
    def key(self) -> str:
        """Name it in a form."""
        return f"{self.event_id}-{self.place.id}"


#: How much later a stall may begin, in minutes, as the page offers it.
LATER: Final = (15, 30, 60, 90)


def move_to(event_id: int, location_id: int, said: Said) -> Event:
    """Put the stall and the boards that stand there at another place."""
    left = session.get_one(Event, event_id).location_id
    event = changing.move(event_id, Elsewhere(location_id=location_id), said)
    take_along(event, left)
    return event


def take_along(event: Event, left: int, *, since: datetime | None = None) -> int:
    """Let the boards that still stand where the event was stand where it is; tell how many.

    `since` leaves out what was put there later, on purpose.
    """
    there = select(Placement).where(
        Placement.event_id == event.id, Placement.location_id == left, Placement.ends_at.is_(None)
    )
    if since is not None:
        there = there.where(Placement.starts_at <= since)
    found = session.scalars(there.order_by(Placement.id)).all() if left != event.location_id else []
    for placement in found:
        codes.re_point(
            placement.code_id, replace(StandsFor.of(placement), location_id=event.location_id)
        )
    return len(found)


def put_board(event_id: int, code_id: int, where: str) -> None:
    """Put one board of an event somewhere else, as offered by `spots`, or away."""
    board = qr.standing(code_id) or qr.newest(code_id)
    if board is None or board.event_id != event_id or board.kind != BOARD:
        raise NoSuchBoard
    if where == AWAY:
        codes.put_away(code_id)
        return
    spot = next((one for one in spots(session.get_one(Event, event_id)) if one.key == where), None)
    if spot is None:
        raise NoSuchBoard
    stands_for = replace(StandsFor.of(board), event_id=spot.event_id, location_id=spot.place.id)
    codes.re_point(code_id, stands_for)


def spots(event: Event) -> Sequence[Spot]:
    """List where one board can stand: with the stall, near it, or at another event of the day."""
    here = [Spot(event.location, event.id)]
    near = [Spot(place, event.id) for place in places_to_go(event)]
    others = [Spot(other.location, other.id, other) for other in _of_the_day(event)]
    return [*here, *near, *others]


def _of_the_day(event: Event) -> Sequence[Event]:
    """List what else is announced in the same city around the same time."""
    day = timedelta(hours=24)
    query = select(Event).where(
        Event.id != event.id,
        Event.state.in_((CONFIRMED, MOVED)),
        Event.starts_at < event.ends_at + day,
        Event.ends_at > event.starts_at - day,
        Event.ends_at > clock.now(),
    )
    found = session.scalars(query.order_by(Event.starts_at, Event.id))
    return [other for other in found if other.location.cities == event.location.cities]


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
