"""On the day and afterwards: who came, for how long, and who leads."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.shifts import seats
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import CONFIRMED, LEAD, LIVE, MOST_MINUTES, Shift, SignUp
from campaign_app.shifts.seats import NoSuchShift


def mark(number: UUID, *, came: bool | None, by: str = "") -> SignUp:
    """Say whether somebody came; None takes it back."""
    one = seats.begun(number)
    seats.move(one, *LIVE, state=CONFIRMED, offered=False, came=came, minutes=None, said_by=by)
    seats.note("shift.came" if came else "shift.missed", one, by=by)
    return one


def confirm_hours(number: UUID, minutes: int | None = None, *, by: str = "") -> SignUp:
    """Say that somebody came and for how long; all of the shift if nobody says otherwise."""
    one = seats.begun(number)
    lasted = span(one.shift).minutes if minutes is None else minutes
    done = min(max(lasted, 0), MOST_MINUTES)
    seats.move(one, *LIVE, state=CONFIRMED, offered=False, came=True, minutes=done, said_by=by)
    seats.note("shift.hours_confirmed", one, by=by)
    return one


def hand_over(event_id: int, number: UUID, *, by: str = "") -> SignUp:
    """Make somebody else of the event its lead; the lead before takes their place.

    Without a lead, somebody's sign-up moves to the lead's shift if that has a seat.
    """
    one = seats.held(number)
    if one.shift.event_id != event_id or one.state != CONFIRMED:
        raise NoSuchShift
    if one.shift.role == LEAD:
        return one
    places = select(Shift).where(Shift.event_id == event_id, Shift.role == LEAD)
    shifts = session.scalars(places.order_by(Shift.id).with_for_update(of=Shift)).all()
    before = _lead(event_id)
    if before is None:
        return _to_the_lead(one, shifts, by)
    lead_shift, other = before.shift_id, one.shift_id
    seats.move(before, CONFIRMED, shift_id=other, offered=False)
    seats.move(one, CONFIRMED, shift_id=lead_shift, offered=False)
    seats.note("shift.handed_over", one, by=by)
    return one


def _lead(event_id: int) -> SignUp | None:
    """Find who leads now, or next."""
    leads = select(SignUp).join(Shift, Shift.id == SignUp.shift_id)
    leads = leads.where(Shift.event_id == event_id, Shift.role == LEAD, SignUp.state == CONFIRMED)
    fresh = session.scalars(leads.execution_options(populate_existing=True))
    found = sorted(fresh, key=lambda one: (span(one.shift), one.id))
    running = [one for one in found if span(one.shift).ends_at > clock.now()]
    return next(iter(running or found), None)


def _to_the_lead(one: SignUp, shifts: Sequence[Shift], by: str) -> SignUp:
    if not shifts:
        raise NoSuchShift
    old = one.shift_id
    seats.take_seat(shifts[0])
    seats.move(one, CONFIRMED, shift_id=shifts[0].id, offered=False)
    seats.free(old)
    seats.note("shift.handed_over", one, by=by)
    return one
