"""What happens to permits. Nothing else writes `event.permit_gate`. Never commits.

A deed may be done for several dates of a series at once: for those at the same place, from this
date on until a day, whose permit stands as this one stood or is still to be filed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, delete, select

from campaign_app.audit.services import record
from campaign_app.core import clock, files
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.files import StoredFile
from campaign_app.core.i18n import _l
from campaign_app.core.wall_clock import FORMAT
from campaign_app.events.changing import NoSuchEvent
from campaign_app.events.models import CANCELLED, CONFIRMED, DONE, WAITING, Event
from campaign_app.permits import models, troubles
from campaign_app.permits.facts import Paper, Stands
from campaign_app.permits.gate import gate
from campaign_app.permits.models import Permit, PermitPaper
from campaign_app.permits.rules import NOTHING

#: Nobody asks for anything any more.
PAST: Final = (CANCELLED, DONE)


class NoSuchPermit(DomainError):
    """The permit was never there, or was taken off the list."""

    status = 404
    text = _l("There is no such permit.")


class AlreadyAsked(DomainError):
    """What was filed or decided stays on the list."""

    status = 409
    text = _l("Only what is still to be filed and has no paper can be taken off the list.")


@dataclass(slots=True)
class Outcome:
    """What a deed reached."""

    #: How many dates it was done for.
    dates: int = 0
    #: Confirmed events whose permits no longer suffice: they stay confirmed.
    shut: list[Event] = field(default_factory=list)


def add(event_id: int, wanted: Sequence[str], title: str = "", until: str = "") -> Outcome:
    """Put rules (by their keys) or something named by us on the list of an event; once each."""
    event = session.get(Event, event_id)
    if event is None:
        raise NoSuchEvent
    dates = _dates(event, until)
    for one in dates:
        for rule in wanted:
            _added(one, rule, "")
        if title:
            _added(one, "", title)
    return _settled(dates)


def decide_nothing(event_id: int, said: Stands, until: str = "") -> Outcome:
    """Say that an event needs no permit at all: who decided, when and why."""
    add(event_id, [NOTHING], until=until)
    found = select(Permit).where(Permit.event_id == event_id, Permit.rule == NOTHING)
    return stand(session.scalars(found).unique().one().id, said, until)


def stand(permit_id: int, said: Stands, until: str = "") -> Outcome:
    """Say how a permit stands from now on."""
    return _each(permit_id, until, lambda permit: _stand(permit, said))


def told(permit_id: int, until: str = "") -> Outcome:
    """Note that whoever was asked knows of the change: the permit names the event as it is now."""
    return _each(permit_id, until, _told)


def set_due(permit_id: int, due_local: str, until: str = "") -> Outcome:
    """Give a permit a deadline of its own, or none; other dates have it as long before them."""
    before = _days_before(_found(permit_id).event, due_local)
    return _each(permit_id, until, lambda permit: _set_due(permit, before))


def attach(permit_id: int, paper: Paper, until: str = "") -> Outcome:
    """Keep a paper, closed at rest, with a permit; one paper for all its dates."""
    file = files.keep_private(paper.content, paper.mime, paper.name)
    return _each(permit_id, until, lambda permit: _attach(permit, file))


def detach(paper_id: int) -> Permit:
    """Take a paper away; with its last permit its bytes go, too."""
    paper = session.get(PermitPaper, paper_id)
    if paper is None:
        raise NoSuchPermit
    permit, file_id = paper.permit, paper.file_id
    session.execute(delete(PermitPaper).where(PermitPaper.id == paper_id))
    others = select(PermitPaper.id).where(PermitPaper.file_id == file_id).limit(1)
    if session.scalar(others) is None:
        files.forget(file_id)
    record("permit.paper_removed", f"permit:{permit.id}", event=permit.event_id)
    return permit


def settle(event_ids: Sequence[int]) -> Outcome:
    """Say anew how the permits of some events stand."""
    return _settled(_held(select(Event.id).where(Event.id.in_(event_ids))))


def remove(permit_id: int) -> Outcome:
    """Take off the list what was put there by mistake."""
    permit = _found(permit_id)
    held = _dates(permit.event, "")
    session.refresh(permit)
    paper = session.scalar(
        select(PermitPaper.id).where(PermitPaper.permit_id == permit_id).limit(1)
    )
    if permit.state != models.TO_FILE or paper is not None:
        raise AlreadyAsked
    session.execute(delete(Permit).where(Permit.id == permit_id))
    record("permit.removed", f"permit:{permit_id}", event=permit.event_id, rule=permit.rule)
    return _settled(held)


# One permit


def _stand(permit: Permit, said: Stands) -> None:
    permit.state, permit.reason, permit.changed_at = said.state, said.reason, clock.now()
    permit.reference = said.reference or permit.reference
    permit.decided_by = permit.decided_on = ""
    if said.state in models.DECISIONS:
        permit.decided_by, permit.decided_on = said.by, said.on
    elif said.state == models.FILED:
        permit.filed_on, permit.answered_on = said.on, ""
        permit.named = troubles.named_by(permit.event)
    elif said.state == models.TO_FILE:
        permit.filed_on, permit.answered_on, permit.named = "", "", {}
    else:
        permit.answered_on = said.on
        permit.named = permit.named or troubles.named_by(permit.event)
    detail = {"on": said.on, "by": said.by, "reason": said.reason}
    record(f"permit.{said.state}", f"permit:{permit.id}", event=permit.event_id, **detail)


def _told(permit: Permit) -> None:
    permit.named, permit.changed_at = troubles.named_by(permit.event), clock.now()
    record("permit.told", f"permit:{permit.id}", event=permit.event_id)


def _attach(permit: Permit, file: StoredFile) -> None:
    session.add(PermitPaper(permit_id=permit.id, file_id=file.id))
    record("permit.paper_added", f"permit:{permit.id}", event=permit.event_id)


def _added(event: Event, rule: str, title: str) -> None:
    values = {"event_id": event.id, "rule": rule, "title": title, "changed_at": clock.now()}
    row = insert(Permit).values(**values).on_conflict_do_nothing().returning(Permit.id)
    number = session.scalar(row)
    if number is not None:
        record("permit.added", f"permit:{number}", event=event.id, rule=rule)


def _days_before(event: Event, due_local: str) -> timedelta | None:
    """Tell how long before the start a deadline lies, as clocks on the wall show it."""
    if not due_local:
        return None
    return datetime.fromisoformat(event.starts_local) - datetime.fromisoformat(due_local)


def _set_due(permit: Permit, before: timedelta | None) -> None:
    starts = datetime.fromisoformat(permit.event.starts_local)
    permit.due_local = (starts - before).strftime(FORMAT) if before is not None else ""
    permit.changed_at = clock.now()
    record("permit.due_set", f"permit:{permit.id}", event=permit.event_id, at=permit.due_local)


# Several dates at once


def _each(permit_id: int, until: str, deed: Callable[[Permit], None]) -> Outcome:
    """Do it for a permit, and for the same one of the series' other dates."""
    permit = _found(permit_id)
    dates = _dates(permit.event, until)
    for event in dates:
        _added(event, permit.rule, permit.title)
    alike = _alike(permit, dates)
    stood = next(one.state for one in alike if one.id == permit_id)
    doing = [one for one in alike if one.id == permit_id or one.state in {stood, models.TO_FILE}]
    for one in doing:
        deed(one)
    return _settled([one.event for one in doing])


def _alike(permit: Permit, dates: Sequence[Event]) -> Sequence[Permit]:
    """Read the same permit of several dates anew, now that nobody else can change them."""
    same = select(Permit).where(
        Permit.event_id.in_([event.id for event in dates]),
        Permit.rule == permit.rule,
        Permit.title == permit.title,
    )
    fresh = same.order_by(Permit.id).execution_options(populate_existing=True)
    return session.scalars(fresh).unique().all()


def _dates(event: Event, until: str) -> Sequence[Event]:
    """Hold an event, and the dates of its series at the same place until a day."""
    if not until or event.series_id is None:
        return _held(select(Event.id).where(Event.id == event.id))
    return _held(
        select(Event.id).where(
            Event.series_id == event.series_id,
            Event.location_id == event.location_id,
            Event.starts_local >= event.starts_local,
            Event.starts_local < f"{until}U",
            (Event.id == event.id) | Event.state.not_in(PAST),
        )
    )


def _held(ids: Select[Any]) -> Sequence[Event]:
    """Hold events, in one order for everybody, so that two deeds come one after the other."""
    rows = select(Event).where(Event.id.in_(ids)).order_by(Event.id).with_for_update(of=Event)
    return session.scalars(rows.execution_options(populate_existing=True)).unique().all()


def _settled(events: Sequence[Event]) -> Outcome:
    """Write the gate of some events from all their permits (see gate.py for the rule).

    A confirmed event is never taken back in silence: if its permits no longer suffice, its gate and
    its state stay, the trail says so, and whoever did it is told (see troubles.py for who else).
    """
    session.flush()
    outcome = Outcome(dates=len(events))
    for event in events:
        states = select(Permit.state).where(Permit.event_id == event.id)
        found = gate(session.scalars(states))
        if found == WAITING and event.state == CONFIRMED:
            record("event.permits_fell_short", f"event:{event.id}")
            outcome.shut.append(event)
        elif found != event.permit_gate:
            record(
                "event.permits_stand", f"event:{event.id}", before=event.permit_gate, after=found
            )
            event.permit_gate = found
    session.flush()
    return outcome


def _found(permit_id: int) -> Permit:
    found = session.get(Permit, permit_id)
    if found is None:
        raise NoSuchPermit
    return found
