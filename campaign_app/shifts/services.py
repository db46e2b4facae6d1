"""Planning an event's volunteers and kit; what they do themselves is in roster.py and kit.py.

sign_up · join · add · confirm · decline · cancel · offer · take     (who comes)
mark · confirm_hours · hand_over                                    (on the day and afterwards)
add_shift · change_shift · drop_shift · use · keep                  (what is needed)
open_link · end_link                                                (where one signs up)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select

from campaign_app.audit.services import record
from campaign_app.core import clock, wall_clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events.changing import NoSuchEvent
from campaign_app.events.models import Event
from campaign_app.shifts import kit, volunteers
from campaign_app.shifts.models import (
    BOARD,
    LEAD,
    LIVE,
    OF_KIT,
    OF_SHIFTS,
    TABLET,
    Crew,
    KitItem,
    Shift,
    SignUp,
    Template,
    Volunteer,
)
from campaign_app.shifts.roster import (
    Changed,
    NoSuchShift,
    add,
    cancel,
    confirm,
    confirm_hours,
    decline,
    hand_over,
    join,
    knows_us,
    mark,
    offer,
    sign_up,
    take,
)

__all__ = [
    "Changed",
    "NoSuchShift",
    "add",
    "cancel",
    "confirm",
    "confirm_hours",
    "decline",
    "hand_over",
    "join",
    "knows_us",
    "mark",
    "offer",
    "sign_up",
    "take",
]

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


class NoSuchTemplate(DomainError):
    """The template was never there."""

    status = 404
    text = _l("There is no such template.")


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


#: What most stalls need, before anybody wrote a template.
USUAL: Final[Sequence[dict[str, Any]]] = (
    {"role": LEAD, "least": 1, "most": 1, "after": None, "until": None},
    {"role": BOARD, "least": 2, "most": 4, "after": None, "until": None},
    {"role": TABLET, "least": 1, "most": 3, "after": None, "until": None},
)


def add_shift(event_id: int, plan: ShiftPlan) -> Shift:
    """Plan a shift of an event."""
    event = _event(event_id)
    if _count(event_id) >= MOST_SHIFTS:
        raise TooMany
    row = Shift(event_id=event.id, role=plan.role, least=plan.least, most=plan.most)
    _set_times(row, event, _moments(event, plan))
    session.add(row)
    session.flush()
    record("shift.planned", f"event:{event.id}", role=plan.role, seats=plan.most)
    return row


def change_shift(shift_id: int, plan: ShiftPlan) -> Shift:
    """Change what a shift needs, and when it is."""
    row = _shift(shift_id)
    if plan.most < row.taken:
        raise TooFew
    row.role, row.least, row.most = plan.role, plan.least, plan.most
    _set_times(row, row.event, _moments(row.event, plan))
    session.flush()
    record("shift.changed", f"event:{row.event_id}", role=plan.role, seats=plan.most)
    return row


def drop_shift(shift_id: int) -> None:
    """Take a shift away that nobody has to come to, nor ever came."""
    row = _shift(shift_id)
    there = select(SignUp.id).where(SignUp.shift_id == row.id)
    if session.scalars(there.where(SignUp.state.in_(LIVE) | SignUp.came.is_not(None))).first():
        raise SomebodyComes
    session.execute(delete(SignUp).where(SignUp.shift_id == row.id))
    session.delete(row)
    record("shift.dropped", f"event:{row.event_id}", role=row.role)


def _event(event_id: int) -> Event:
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


def _count(event_id: int) -> int:
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


def _set_times(row: Shift, event: Event, moments: tuple[datetime, datetime] | None) -> None:
    row.starts_at, row.ends_at = moments or (None, None)
    planned = (event.starts_at, event.ends_at) if moments else (None, None)
    row.planned_from, row.planned_until = planned


# Templates


def keep(kind: str, name: str, event_id: int, *, campaign_id: int | None = None) -> Template:
    """Keep an event's shifts or kit as a template; one of the same name is replaced."""
    event = _event(event_id)
    lines = _shift_lines(event) if kind == OF_SHIFTS else _kit_lines(event)
    return write(kind, name, lines, campaign_id=campaign_id)


def write(
    kind: str, name: str, lines: Sequence[dict[str, Any]], *, campaign_id: int | None = None
) -> Template:
    """Write a template; one of the same name is replaced."""
    row = insert(Template).values(kind=kind, name=name, campaign_id=campaign_id, lines=list(lines))
    new = {"campaign_id": row.excluded.campaign_id, "lines": row.excluded.lines}
    stored = row.on_conflict_do_update(index_elements=["kind", "name"], set_=new)
    number = session.scalar(stored.returning(Template.id))
    record("crew_template.written", f"crew_template:{number}", kind=kind)
    return session.get_one(Template, number, populate_existing=True)


def drop_template(number: int) -> None:
    """Throw a template away; what was copied from it stays."""
    session.delete(_template(number))
    record("crew_template.dropped", f"crew_template:{number}")


def use(template_id: int | None, event_id: int, *, whole_series: bool = False) -> int:
    """Copy a template (None: the usual shifts) to an event, and to all that come of its series.

    Says how many events got something. Of a series, those that have shifts already are left alone;
    a kit list only grows by what is not on it.
    """
    template = _template(template_id) if template_id is not None else None
    kind = template.kind if template else OF_SHIFTS
    lines = template.lines if template else USUAL
    done = [_copied(kind, lines, one) for one in _events(_event(event_id), whole_series)]
    record("crew_template.used", f"event:{event_id}", kind=kind, count=sum(done))
    return sum(done)


def _template(number: int) -> Template:
    found = session.get(Template, number)
    if found is None:
        raise NoSuchTemplate
    return found


def _events(event: Event, whole_series: bool) -> Sequence[Event]:
    if not whole_series or event.series_id is None:
        return [event]
    coming = select(Event).where(Event.series_id == event.series_id, Event.ends_at > clock.now())
    return session.scalars(coming.order_by(Event.starts_at)).all()


def _copied(kind: str, lines: Sequence[dict[str, Any]], event: Event) -> bool:
    crew(event.id)  # whoever copies to the same event waits here
    if kind == OF_KIT:
        kit.add(event.id, [line["name"] for line in lines])
        return True
    if _count(event.id):
        return False
    for line in lines:
        row = Shift(event_id=event.id, role=line["role"], least=line["least"], most=line["most"])
        _set_times(row, event, _within(event, line))
        session.add(row)
    session.flush()
    return True


def _within(event: Event, line: dict[str, Any]) -> tuple[datetime, datetime] | None:
    """Put minutes after the beginning onto an event; what does not fit is as long as that."""
    if line["after"] is None:
        return None
    begin = event.starts_at + timedelta(minutes=line["after"])
    end = min(event.starts_at + timedelta(minutes=line["until"]), event.ends_at)
    return (begin, end) if begin < end else None


def _shift_lines(event: Event) -> list[dict[str, Any]]:
    shifts = session.scalars(select(Shift).where(Shift.event_id == event.id).order_by(Shift.id))
    return [
        {
            "role": one.role,
            "least": one.least,
            "most": one.most,
            "after": _after(one.planned_from, one.starts_at),
            "until": _after(one.planned_from, one.ends_at),
        }
        for one in shifts
    ]


def _after(start: datetime | None, moment: datetime | None) -> int | None:
    if start is None or moment is None:
        return None
    return int((moment - start).total_seconds()) // 60


def _kit_lines(event: Event) -> list[dict[str, Any]]:
    items = select(KitItem.name).where(KitItem.event_id == event.id).order_by(KitItem.position)
    return [{"name": name} for name in session.scalars(items)]


# Links


def crew(event_id: int) -> Crew:
    """Hold what the volunteers of an event share; it comes to be with its first use."""
    row = insert(Crew).values(event_id=event_id)
    session.execute(row.on_conflict_do_nothing(index_elements=["event_id"]))
    query = select(Crew).where(Crew.event_id == event_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def open_link(event_id: int) -> str:
    """Give an event a new sign-up link; the one before opens nothing any more."""
    letters = volunteers.draw_event_link(crew(_event(event_id).id))
    record("crew.link_opened", f"event:{event_id}")
    return letters


def end_link(event_id: int) -> None:
    """Let nobody sign up by a link any more."""
    row = crew(_event(event_id).id)
    row.link_hash = row.link_closed = None
    record("crew.link_ended", f"event:{event_id}")


def renew_personal_link(number: UUID) -> Volunteer:
    """Give a volunteer another link, because the one before is lost or in wrong hands."""
    volunteer = volunteers.held(number)
    volunteers.renew_link(volunteer)
    record("volunteer.link_renewed", f"volunteer:{volunteer.id.hex[:8]}")
    return volunteer


def set_portal_name(number: UUID, name: str) -> None:
    """Keep the name by which a portal knows a volunteer, closed with their contact."""
    volunteer = volunteers.held(number)
    contact = replace(volunteers.contact_of(volunteer), portal_name=name)
    volunteer.contact = volunteers.close_contact(number, contact)
