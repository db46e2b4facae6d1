"""What an event needs: its shifts, and the row that its volunteers share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select

from campaign_app.audit.services import record
from campaign_app.core import wall_clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events.changing import NoSuchEvent
from campaign_app.events.models import Event
from campaign_app.shifts import seats
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import LIVE, MOVED, Crew, Shift, SignUp
from campaign_app.shifts.seats import NoSuchShift

MOST_SHIFTS: Final = 60


class SomebodyComes(DomainError):
    """A shift with somebody on it is not taken away under them."""

    text = _l("Somebody is signed up for this shift. Decline them first, so that they are told.")


class TooFew(DomainError):
    """Fewer seats than are taken."""

    text = _l("More people are signed up than that.")


class OutsideTheEvent(DomainError):
    """A shift lies within its event."""

    status = 400
    text = _l("A shift lies within the hours of its event, and ends after it begins.")


class TooMany(DomainError):
    """Nobody reads a list like that."""

    text = _l("This event has sixty shifts already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPlan:
    """What a shift needs; without times it is as long as the event."""

    role: str
    least: int
    most: int
    #: What the clock at the place shows.
    starts_local: str | datetime | None = None
    ends_local: str | datetime | None = None


def add_shift(event_id: int, plan: ShiftPlan) -> Shift:
    """Plan a shift of an event."""
    event = event_named(event_id)
    if shifts_of(event_id) >= MOST_SHIFTS:
        raise TooMany
    row = Shift(event_id=event.id, role=plan.role, least=plan.least, most=plan.most)
    set_times(row, event, _moments(event, plan))
    session.add(row)
    session.flush()
    record("shift.planned", f"event:{event.id}", role=plan.role, seats=plan.most)
    return row


def change_shift(shift_id: int, plan: ShiftPlan) -> Shift:
    """Change what a shift needs, and when it is."""
    row = _shift(shift_id)
    if plan.most < row.taken:
        raise TooFew
    before = span(row)
    row.role, row.least, row.most = plan.role, plan.least, plan.most
    set_times(row, row.event, _moments(row.event, plan))
    session.flush()
    if span(row) != before:
        _tell_everybody(row)
    record("shift.changed", f"event:{row.event_id}", role=plan.role, seats=plan.most)
    return row


def _tell_everybody(row: Shift) -> None:
    there = select(SignUp).where(SignUp.shift_id == row.id, SignUp.state.in_(LIVE))
    for one in session.scalars(there.order_by(SignUp.volunteer_id)).all():
        one.told_state = MOVED
        seats.tell(one)
    session.flush()


def drop_shift(shift_id: int) -> None:
    """Take a shift away that nobody has to come to, nor ever came."""
    row = _shift(shift_id)
    there = select(SignUp.id).where(SignUp.shift_id == row.id)
    if session.scalars(there.where(SignUp.state.in_(LIVE) | SignUp.came.is_not(None))).first():
        raise SomebodyComes
    session.execute(delete(SignUp).where(SignUp.shift_id == row.id))
    session.delete(row)
    record("shift.dropped", f"event:{row.event_id}", role=row.role)


def event_named(event_id: int) -> Event:
    """Find an event."""
    event = session.get(Event, event_id)
    if event is None:
        raise NoSuchEvent
    return event


def _shift(shift_id: int) -> Shift:
    query = select(Shift).where(Shift.id == shift_id).with_for_update(of=Shift)
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NoSuchShift
    return row


def shifts_of(event_id: int) -> int:
    """Count the shifts of an event."""
    query = select(func.count()).select_from(Shift).where(Shift.event_id == event_id)
    return session.scalar(query) or 0


def _moments(event: Event, plan: ShiftPlan) -> tuple[datetime, datetime] | None:
    if not plan.starts_local or not plan.ends_local:
        return None
    begin, end = (
        wall_clock.read(at, event.zone).moment for at in (plan.starts_local, plan.ends_local)
    )
    if (begin, end) == (event.starts_at, event.ends_at):
        return None
    if not event.starts_at <= begin < end <= event.ends_at:
        raise OutsideTheEvent
    return begin, end


def set_times(row: Shift, event: Event, moments: tuple[datetime, datetime] | None) -> None:
    """Write when a shift is, and when its event was then."""
    row.starts_at, row.ends_at = moments or (None, None)
    planned = (event.starts_at, event.ends_at) if moments else (None, None)
    row.planned_from, row.planned_until = planned


def crew(event_id: int) -> Crew:
    """Hold what the volunteers of an event share; it comes to be with its first use."""
    row = insert(Crew).values(event_id=event_id)
    session.execute(row.on_conflict_do_nothing(index_elements=["event_id"]))
    query = select(Crew).where(Crew.event_id == event_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
