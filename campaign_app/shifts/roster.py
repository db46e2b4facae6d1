"""Who comes to which shift: asked, confirmed, cancelled, handed on, came.

A seat is taken by one conditional UPDATE of its shift, and the database refuses one too many. What
one person does happens one after the other: their row is held first, then the sign-up, then the
shift. Mail is a job written along with the deed (see telling.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select, update

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events.models import CANCELLED as CALLED_OFF
from campaign_app.events.models import DONE
from campaign_app.outbox.services import enqueue_job
from campaign_app.shifts import volunteers
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import (
    ASKED,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    LEAD,
    LIVE,
    MOST_MINUTES,
    SWAPPED,
    Shift,
    SignUp,
    Volunteer,
)
from campaign_app.shifts.volunteers import Closed, How

#: The job that writes to one volunteer; its payload is {"sign_up": id} or {"volunteer": id}.
TELL: Final = "shifts.tell"


class NoSuchShift(DomainError):
    """The shift or sign-up was never there, or belongs to somebody else."""

    status = 404
    text = _l("There is no such shift.")


class Full(DomainError):
    """Every seat is taken."""

    text = _l("This shift is full now. Choose another one.")


class NotOpen(DomainError):
    """Nobody can sign up for it any more."""

    text = _l("Nobody can sign up for this shift any more.")


class TwoAtOnce(DomainError):
    """One person would have to be at two shifts."""

    text = _l("This person has another shift at that time.")


class Changed(DomainError):
    """Somebody else was quicker, or it is over."""

    text = _l("This shift has changed in the meantime. Look at the page again.")


class NotYet(DomainError):
    """Hours are confirmed of what has begun."""

    text = _l("This shift has not begun yet.")


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
    shift = _open(shift_id)
    volunteer, how = volunteers.settle(closed)
    known = _live_at(shift.id, volunteer.id)
    if how == How.AGAIN and known is not None:
        return Welcome(volunteer, how, known)
    if shift.taken >= shift.most:
        raise Full
    if known is not None or _busy(volunteer, shift):
        _tell_of_before(volunteer)
        return Welcome(volunteer, how, None)
    return Welcome(volunteer, how, _seat(shift, volunteer, ASKED))


def join(shift_id: int, volunteer_id: UUID) -> SignUp:
    """Let somebody with a link of their own ask for a seat."""
    volunteer = volunteers.held(volunteer_id)
    shift = _open(shift_id)
    known = _live_at(shift.id, volunteer.id)
    if known is not None:
        return known
    if _busy(volunteer, shift):
        raise TwoAtOnce
    return _seat(shift, volunteer, ASKED)


def add(shift_id: int, closed: Closed) -> SignUp:
    """Put somebody on a shift who told one of us that they come."""
    volunteer, _how = volunteers.settle(closed)
    shift = _found(shift_id)
    known = _live_at(shift.id, volunteer.id)
    if known is not None:
        return known
    if _busy(volunteer, shift):
        raise TwoAtOnce
    return _seat(shift, volunteer, CONFIRMED)


def confirm(number: UUID, *, by: str = "") -> SignUp:
    """Say yes to somebody who asked."""
    one = _held(number)
    if one.state == CONFIRMED:
        return one
    if _busy(one.volunteer, one.shift, beside=one, only=(CONFIRMED,)):
        raise TwoAtOnce
    _move(one, ASKED, state=CONFIRMED)
    _note("shift.confirmed", one, by=by)
    _tell(one)
    return one


def decline(number: UUID, *, by: str = "") -> SignUp:
    """Say no; the seat is free again."""
    one = _held(number)
    if one.state == DECLINED:
        return one
    _move(one, *LIVE, state=DECLINED, offered=False)
    _free(one.shift_id)
    _note("shift.declined", one, by=by)
    _tell(one)
    return one


def cancel(number: UUID, volunteer_id: UUID) -> SignUp:
    """Let a volunteer take their own sign-up back."""
    one = _own(number, volunteer_id)
    if one.state == CANCELLED:
        return one
    _before_its_end(one)
    _move(one, *LIVE, state=CANCELLED, offered=False, told_state=CANCELLED)
    _free(one.shift_id)
    _note("shift.cancelled", one)
    return one


def offer(number: UUID, volunteer_id: UUID, *, offered: bool) -> SignUp:
    """Let a volunteer offer their seat to the others, or keep it after all."""
    one = _own(number, volunteer_id)
    _before_its_end(one)
    _move(one, CONFIRMED, offered=offered)
    return one


def take(number: UUID, volunteer_id: UUID) -> SignUp:
    """Take a seat that somebody offers; of two who do, one gets it."""
    given = session.get(SignUp, number)
    if given is None or not knows_us(volunteer_id):
        raise NoSuchShift
    for person in sorted({given.volunteer_id, volunteer_id}):
        volunteers.held(person)
    taker = session.get_one(Volunteer, volunteer_id)
    session.refresh(given)
    _before_its_end(given)
    if given.volunteer_id == volunteer_id or not given.offered:
        raise Changed
    if _live_at(given.shift_id, taker.id) or _busy(taker, given.shift):
        raise TwoAtOnce
    _move(given, CONFIRMED, state=SWAPPED, offered=False)
    _tell(given)
    taken = _written(given.shift, taker, CONFIRMED)
    record("shift.swapped", f"event:{given.shift.event_id}", volunteer=_short(taker.id))
    return taken


# Afterwards


def mark(number: UUID, *, came: bool | None, by: str = "") -> SignUp:
    """Say whether somebody came; None takes it back."""
    one = _begun(number)
    _move(one, *LIVE, state=CONFIRMED, offered=False, came=came, minutes=None, said_by=by)
    _note("shift.came" if came else "shift.missed", one, by=by)
    return one


def confirm_hours(number: UUID, minutes: int | None = None, *, by: str = "") -> SignUp:
    """Say that somebody came and for how long; all of the shift if nobody says otherwise."""
    one = _begun(number)
    lasted = span(one.shift).minutes if minutes is None else minutes
    done = min(max(lasted, 0), MOST_MINUTES)
    _move(one, *LIVE, state=CONFIRMED, offered=False, came=True, minutes=done, said_by=by)
    _note("shift.hours_confirmed", one, by=by)
    return one


def hand_over(event_id: int, number: UUID, *, by: str = "") -> SignUp:
    """Make somebody else of the event its lead; the lead before takes their place.

    Without a lead, somebody's sign-up moves to the lead's shift if that has a seat.
    """
    one = _held(number)
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
    _move(before, CONFIRMED, shift_id=other, offered=False)
    _move(one, CONFIRMED, shift_id=lead_shift, offered=False)
    _note("shift.handed_over", one, by=by)
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
    _take_seat(shifts[0])
    _move(one, CONFIRMED, shift_id=shifts[0].id, offered=False)
    _free(old)
    _note("shift.handed_over", one, by=by)
    return one


# What is underneath


def knows_us(volunteer_id: UUID) -> bool:
    """Tell whether somebody was confirmed once: a stranger with a chat's link was not."""
    query = select(SignUp.id).where(SignUp.volunteer_id == volunteer_id)
    return session.scalars(query.where(SignUp.state.in_((CONFIRMED, SWAPPED)))).first() is not None


def _found(shift_id: int) -> Shift:
    shift = session.get(Shift, shift_id, populate_existing=True)
    if shift is None:
        raise NoSuchShift
    return shift


def _open(shift_id: int) -> Shift:
    shift = _found(shift_id)
    if shift.event.state in {CALLED_OFF, DONE} or span(shift).ends_at <= clock.now():
        raise NotOpen
    return shift


def _held(number: UUID) -> SignUp:
    """Hold the person, then read their sign-up as it is now."""
    one = session.get(SignUp, number)
    if one is None:
        raise NoSuchShift
    for person in sorted(_same_person(volunteers.held(one.volunteer_id))):
        volunteers.held(person)
    session.refresh(one)
    return one


def _own(number: UUID, volunteer_id: UUID) -> SignUp:
    one = _held(number)
    if one.volunteer_id != volunteer_id:
        raise NoSuchShift
    return one


def _begun(number: UUID) -> SignUp:
    one = _held(number)
    if span(one.shift).starts_at > clock.now():
        raise NotYet
    return one


def _before_its_end(one: SignUp) -> None:
    if span(one.shift).ends_at <= clock.now():
        raise Changed


def _same_person(volunteer: Volunteer) -> list[UUID]:
    """List the rows of one person: whoever left the same number is taken for the same."""
    same = Volunteer.id == volunteer.id
    if volunteer.phone_mark is not None:
        same = or_(same, Volunteer.phone_mark == volunteer.phone_mark)
    return list(session.scalars(select(Volunteer.id).where(same)))


def _busy(
    volunteer: Volunteer,
    shift: Shift,
    *,
    beside: SignUp | None = None,
    only: tuple[str, ...] = LIVE,
) -> bool:
    """Tell whether somebody has another shift at the same time.

    A sign-up through a chat's link asks about its own row only: an answer about a number would tell
    a stranger whose number it is. The confirmation asks about all rows of a person.
    """
    persons = [volunteer.id] if beside is None else _same_person(volunteer)
    query = select(SignUp).where(SignUp.volunteer_id.in_(persons), SignUp.state.in_(only))
    others = (one for one in session.scalars(query) if beside is None or one.id != beside.id)
    wanted = span(shift)
    return any(
        one.shift.event.state != CALLED_OFF and span(one.shift).meets(wanted) for one in others
    )


def _live_at(shift_id: int, volunteer_id: UUID) -> SignUp | None:
    query = select(SignUp).where(SignUp.shift_id == shift_id, SignUp.volunteer_id == volunteer_id)
    return session.scalar(query.where(SignUp.state.in_(LIVE)))


def _seat(shift: Shift, volunteer: Volunteer, state: str) -> SignUp:
    _take_seat(shift)
    one = _written(shift, volunteer, state)
    _note(f"shift.{state}", one)
    return one


def _written(shift: Shift, volunteer: Volunteer, state: str) -> SignUp:
    one = SignUp(shift=shift, volunteer=volunteer, state=state, told_sequence=shift.event.sequence)
    session.add(one)
    session.flush()
    _tell(one)
    return one


def _take_seat(shift: Shift) -> None:
    """Take a seat if there is one: the number is compared and raised in the same statement."""
    free = update(Shift).where(Shift.id == shift.id, Shift.taken < Shift.most)
    done = session.execute(free.values(taken=Shift.taken + 1))
    if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Full


def _free(shift_id: int) -> None:
    session.execute(update(Shift).where(Shift.id == shift_id).values(taken=Shift.taken - 1))


def _move(one: SignUp, *from_: str, **to: Any) -> None:
    """Change a sign-up if it still stands where it was read."""
    still = update(SignUp).where(SignUp.id == one.id, SignUp.state.in_(from_))
    done = session.execute(still.values(**to))
    if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Changed
    session.refresh(one)


def _note(deed: str, one: SignUp, *, by: str = "") -> None:
    """Write a deed down without a name: the trail is kept for ever, a volunteer is not."""
    said = {"by": by} if by else {}
    record(deed, f"event:{one.shift.event_id}", volunteer=_short(one.volunteer_id), **said)


def _short(number: UUID) -> str:
    return number.hex[:8]


def _tell(one: SignUp) -> None:
    enqueue_job(TELL, {"sign_up": str(one.id)}, dedupe=f"{TELL}:{one.id}")


def _tell_of_before(volunteer: Volunteer) -> None:
    """Write to a mailbox that we know, once a day at most, however often somebody types it."""
    if volunteer.reminded_on != clock.today():
        volunteer.reminded_on = clock.today()
        enqueue_job(TELL, {"volunteer": str(volunteer.id)})
