"""Forgetting volunteers: how to reach them goes 60 days after the last event they signed up for.

Hours stay, with the alias and the link behind which their certificate lies. Whoever has none leaves
nothing behind.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, update

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.shifts import volunteers
from campaign_app.shifts.models import LIVE, Shift, SignUp, Volunteer

KEPT_FOR: Final = timedelta(days=60)
AT_ONCE: Final = 200


def due() -> Sequence[UUID]:
    """List whose contact has been kept long enough."""
    until = clock.now() - KEPT_FOR
    last = select(func.max(Event.ends_at)).select_from(SignUp)
    last = last.join(Shift, Shift.id == SignUp.shift_id).join(Event, Event.id == Shift.event_id)
    last_event = last.where(SignUp.volunteer_id == Volunteer.id).scalar_subquery()
    kept = select(Volunteer.id).where(Volunteer.contact.is_not(None), Volunteer.created_at < until)
    old = kept.where(func.coalesce(last_event, Volunteer.created_at) < until)
    return session.scalars(old.order_by(Volunteer.id).limit(AT_ONCE)).all()


def forget_old() -> int:
    """Forget all of whom it is time; say how many."""
    numbers = due()
    for number in numbers:
        _forget(number)
    if numbers:
        record("volunteers.forgotten", "volunteers:contacts", count=len(numbers))
    return len(numbers)


def forget(number: UUID) -> None:
    """Forget somebody who asks for it, at once; what they signed up for is cancelled."""
    _forget(number)
    record("volunteer.forgotten", f"volunteer:{number.hex[:8]}")


def _forget(number: UUID) -> None:
    volunteer = volunteers.held(number)
    volunteer.contact = volunteer.mail_mark = volunteer.phone_mark = volunteer.form_key = None
    mine = SignUp.volunteer_id == number
    shifts = session.scalars(select(SignUp.shift_id).where(mine)).all()
    session.execute(delete(SignUp).where(mine, SignUp.minutes.is_(None) | (SignUp.minutes == 0)))
    for shift in sorted(set(shifts)):
        _recount(shift)
    if session.scalars(select(SignUp.id).where(mine)).first() is None:
        session.delete(volunteer)


def _recount(shift: int) -> None:
    """Set a shift's seats to those who hold one."""
    session.scalar(select(Shift.id).where(Shift.id == shift).with_for_update(of=Shift))
    held = select(func.count()).select_from(SignUp)
    live = held.where(SignUp.shift_id == shift, SignUp.state.in_(LIVE)).scalar_subquery()
    session.execute(update(Shift).where(Shift.id == shift).values(taken=live))
