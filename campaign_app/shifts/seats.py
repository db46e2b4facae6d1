"""Seats: taken by one conditional UPDATE, and the database refuses one too many.

What one person does happens one after the other: their row is held first, then the sign-up, then the
shift. Mail is a job written along with the deed (see telling.py).
"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select, update

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import changed_one, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events.models import CANCELLED as CALLED_OFF
from campaign_app.events.models import DONE
from campaign_app.outbox.services import enqueue_job
from campaign_app.shifts import volunteers
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import CONFIRMED, LIVE, SWAPPED, Shift, SignUp, Volunteer

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


def knows_us(volunteer_id: UUID) -> bool:
    """Tell whether somebody was confirmed once: a stranger with a chat's link was not."""
    query = select(SignUp.id).where(SignUp.volunteer_id == volunteer_id)
    return session.scalars(query.where(SignUp.state.in_((CONFIRMED, SWAPPED)))).first() is not None


def found(shift_id: int) -> Shift:
    """Find a shift as it is now."""
    shift = session.get(Shift, shift_id, populate_existing=True)
    if shift is None:
        raise NoSuchShift
    return shift


def still_open(shift_id: int) -> Shift:
    """Find a shift that one can still sign up for."""
    shift = found(shift_id)
    if shift.event.state in {CALLED_OFF, DONE} or span(shift).ends_at <= clock.now():
        raise NotOpen
    return shift


def held(number: UUID) -> SignUp:
    """Hold the person, then read their sign-up as it is now."""
    one = session.get(SignUp, number)
    if one is None:
        raise NoSuchShift
    for person in sorted(_same_person(volunteers.held(one.volunteer_id))):
        volunteers.held(person)
    return fresh(number)


def fresh(number: UUID) -> SignUp:
    """Read a sign-up as it is now, in the hands of who holds its person."""
    one = session.get(SignUp, number, populate_existing=True)
    if one is None:
        raise NoSuchShift
    return one


def own(number: UUID, volunteer_id: UUID) -> SignUp:
    """Hold a sign-up that must be this volunteer's."""
    one = held(number)
    if one.volunteer_id != volunteer_id:
        raise NoSuchShift
    return one


def begun(number: UUID) -> SignUp:
    """Hold a sign-up to a shift that has begun."""
    one = held(number)
    if span(one.shift).starts_at > clock.now():
        raise NotYet
    return one


def before_its_end(one: SignUp) -> None:
    """Refuse what comes too late."""
    if span(one.shift).ends_at <= clock.now():
        raise Changed


def _same_person(volunteer: Volunteer) -> list[UUID]:
    """List the rows of one person: whoever left the same number is taken for the same."""
    same = Volunteer.id == volunteer.id
    if volunteer.phone_mark is not None:
        same = or_(same, Volunteer.phone_mark == volunteer.phone_mark)
    return list(session.scalars(select(Volunteer.id).where(same)))


def busy(
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


def live_at(shift_id: int, volunteer_id: UUID) -> SignUp | None:
    """Find how somebody holds a seat of a shift."""
    query = select(SignUp).where(SignUp.shift_id == shift_id, SignUp.volunteer_id == volunteer_id)
    return session.scalar(query.where(SignUp.state.in_(LIVE)))


def seat(shift: Shift, volunteer: Volunteer, state: str) -> SignUp:
    """Take a seat for somebody."""
    take_seat(shift)
    one = written(shift, volunteer, state)
    note(f"shift.{state}", one)
    return one


def written(shift: Shift, volunteer: Volunteer, state: str) -> SignUp:
    """Write a sign-up and the job that tells of it."""
    one = SignUp(shift=shift, volunteer=volunteer, state=state, told_sequence=shift.event.sequence)
    session.add(one)
    session.flush()
    tell(one)
    return one


def take_seat(shift: Shift) -> None:
    """Take a seat if there is one: the number is compared and raised in the same statement."""
    free = update(Shift).where(Shift.id == shift.id, Shift.taken < Shift.most)
    if not changed_one(free.values(taken=Shift.taken + 1)):
        raise Full


def free(shift_id: int) -> None:
    """Give a seat back."""
    session.execute(update(Shift).where(Shift.id == shift_id).values(taken=Shift.taken - 1))


def move(one: SignUp, *from_: str, **to: Any) -> None:
    """Change a sign-up if it still stands where it was read."""
    still = update(SignUp).where(SignUp.id == one.id, SignUp.state.in_(from_))
    if not changed_one(still.values(**to)):
        raise Changed
    session.refresh(one)


def note(deed: str, one: SignUp, *, by: str = "") -> None:
    """Write a deed down without a name: the trail is kept for ever, a volunteer is not."""
    said = {"by": by} if by else {}
    record(deed, f"event:{one.shift.event_id}", volunteer=short(one.volunteer_id), **said)


def short(number: UUID) -> str:
    """Name a volunteer in the trail: a mark that leads nowhere once they are deleted."""
    return number.hex[:8]


def tell(one: SignUp) -> None:
    """Let how a sign-up stands be told."""
    enqueue_job(TELL, {"sign_up": str(one.id)}, dedupe=f"{TELL}:{one.id}")


def tell_of_before(volunteer: Volunteer) -> None:
    """Write to a mailbox that we know, once a day at most, however often somebody types it."""
    if volunteer.reminded_on != clock.today():
        volunteer.reminded_on = clock.today()
        enqueue_job(TELL, {"volunteer": str(volunteer.id)})
