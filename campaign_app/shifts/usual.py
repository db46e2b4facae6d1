"""The usual shifts and the usual kit: kept from one event, copied to others."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events.models import Event
from campaign_app.shifts import kit, planning
from campaign_app.shifts.models import (
    BOARD,
    LEAD,
    OF_KIT,
    OF_SHIFTS,
    TABLET,
    KitItem,
    Shift,
    Template,
)

#: What most stalls need, before anybody wrote a template.
USUAL: Final[Sequence[dict[str, Any]]] = (
    {"role": LEAD, "least": 1, "most": 1, "after": None, "until": None},
    {"role": BOARD, "least": 2, "most": 4, "after": None, "until": None},
    {"role": TABLET, "least": 1, "most": 3, "after": None, "until": None},
)


class NoSuchTemplate(DomainError):
    """The template was never there."""

    status = 404
    text = _l("There is no such template.")


def keep(kind: str, name: str, event_id: int, *, campaign_id: int | None = None) -> Template:
    """Keep an event's shifts or kit as a template; one of the same name is replaced."""
    event = planning.event_named(event_id)
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
    done = [
        _copied(kind, lines, one) for one in _events(planning.event_named(event_id), whole_series)
    ]
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
    planning.crew(event.id)  # whoever copies to the same event waits here
    if kind == OF_KIT:
        kit.add(event.id, [line["name"] for line in lines])
        return True
    if planning.shifts_of(event.id):
        return False
    for line in lines:
        row = Shift(event_id=event.id, role=line["role"], least=line["least"], most=line["most"])
        planning.set_times(row, event, _within(event, line))
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
