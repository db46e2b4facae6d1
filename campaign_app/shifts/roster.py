"""Who comes to which shift: asked, confirmed, declined, cancelled, handed on."""

from dataclasses import dataclass
from uuid import UUID

from campaign_app.audit.services import record
from campaign_app.core.db import session
from campaign_app.events.models import CANCELLED as CALLED_OFF
from campaign_app.shifts import seats, volunteers
from campaign_app.shifts.models import (
    ASKED,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    LIVE,
    SWAPPED,
    SignUp,
    Volunteer,
)
from campaign_app.shifts.seats import Changed, Full, NoSuchShift, TwoAtOnce, knows_us
from campaign_app.shifts.volunteers import Closed, How


@dataclass(frozen=True, slots=True)
class Welcome:
    """What became of a sign-up through an event's link."""

    volunteer: Volunteer
    how: How
    #: None if this mailbox cannot come then; only the mailbox is told.
    sign_up: SignUp | None


def sign_up(shift_id: int, closed: Closed) -> Welcome:
    """Let somebody with an event's link ask for a seat.

    What is answered to who typed a mailbox never tells whether we know it.
    """
    shift = seats.still_open(shift_id)
    volunteer, how = volunteers.settle(closed)
    known = seats.live_at(shift.id, volunteer.id)
    if how == How.AGAIN and known is not None:
        return Welcome(volunteer, how, known)
    if shift.taken >= shift.most:
        raise Full
    if known is not None or seats.busy(volunteer, shift):
        seats.tell_of_before(volunteer)
        return Welcome(volunteer, how, None)
    return Welcome(volunteer, how, seats.seat(shift, volunteer, ASKED))


def join(shift_id: int, volunteer_id: UUID) -> SignUp:
    """Let somebody with a link of their own ask for a seat."""
    volunteer = volunteers.held(volunteer_id)
    shift = seats.still_open(shift_id)
    known = seats.live_at(shift.id, volunteer.id)
    if known is not None:
        return known
    if seats.busy(volunteer, shift):
        raise TwoAtOnce
    return seats.seat(shift, volunteer, ASKED)


def add(shift_id: int, closed: Closed) -> SignUp:
    """Put somebody on a shift who told one of us that they come."""
    volunteer, _how = volunteers.settle(closed)
    shift = seats.found(shift_id)
    known = seats.live_at(shift.id, volunteer.id)
    if known is not None:
        return known
    if seats.busy(volunteer, shift):
        raise TwoAtOnce
    return seats.seat(shift, volunteer, CONFIRMED)


def confirm(number: UUID, *, by: str = "") -> SignUp:
    """Say yes to somebody who asked."""
    one = seats.held(number)
    if one.state == CONFIRMED:
        return one
    if seats.busy(one.volunteer, one.shift, beside=one, only=(CONFIRMED,)):
        raise TwoAtOnce
    seats.move(one, ASKED, state=CONFIRMED)
    seats.note("shift.confirmed", one, by=by)
    seats.tell(one)
    return one


def decline(number: UUID, *, by: str = "") -> SignUp:
    """Say no; the seat is free again."""
    one = seats.held(number)
    if one.state == DECLINED:
        return one
    seats.move(one, *LIVE, state=DECLINED, offered=False)
    seats.free(one.shift_id)
    seats.note("shift.declined", one, by=by)
    seats.tell(one)
    return one


def cancel(number: UUID, volunteer_id: UUID) -> SignUp:
    """Let a volunteer take their own sign-up back."""
    one = seats.own(number, volunteer_id)
    if one.state == CANCELLED:
        return one
    seats.before_its_end(one)
    seats.move(one, *LIVE, state=CANCELLED, offered=False, told_state=CANCELLED)
    seats.free(one.shift_id)
    seats.note("shift.cancelled", one)
    return one


def offer(number: UUID, volunteer_id: UUID, *, offered: bool) -> SignUp:
    """Let a volunteer offer their seat to the others, or keep it after all."""
    one = seats.own(number, volunteer_id)
    seats.before_its_end(one)
    seats.move(one, CONFIRMED, offered=offered)
    return one


def take(number: UUID, volunteer_id: UUID) -> SignUp:
    """Take a seat that somebody offers; of two who do, one gets it."""
    given = session.get(SignUp, number)
    if given is None or not knows_us(volunteer_id):
        raise NoSuchShift
    for person in sorted({given.volunteer_id, volunteer_id}):
        volunteers.held(person)
    taker = session.get_one(Volunteer, volunteer_id)
    given = seats.fresh(number)
    seats.before_its_end(given)
    off = given.shift.event.state == CALLED_OFF
    if off or given.volunteer_id == volunteer_id or not given.offered:
        raise Changed
    if seats.live_at(given.shift_id, taker.id) or seats.busy(taker, given.shift):
        raise TwoAtOnce
    seats.move(given, CONFIRMED, state=SWAPPED, offered=False)
    seats.tell(given)
    taken = seats.written(given.shift, taker, CONFIRMED)
    record("shift.swapped", f"event:{given.shift.event_id}", volunteer=seats.short(taker.id))
    return taken
