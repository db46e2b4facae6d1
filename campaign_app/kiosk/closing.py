"""Closing an event's gap reports, and destroying the key that opens what its tablets sealed.

A report closes when everything came and was decided, or when somebody writes down why not. Then its
numbers are frozen and the numbering is forgotten, so that nobody can tell any more who signed before
whom. The key goes when all reports are closed with nothing missing; else after ninety days.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events.models import Event
from campaign_app.kiosk import gaps, keys, states
from campaign_app.kiosk.gaps import Gap
from campaign_app.kiosk.models import EventKey, GapReport, Intake
from campaign_app.kiosk.pack import COLLECTS, DELIVERS

#: A key is kept so long if numbers are missing: the tablet may be found.
KEPT: Final = timedelta(days=90)
WARNED: Final = timedelta(days=14)


class NoSuchReport(DomainError):
    """There is no such gap report."""

    status = 404
    text = _l("There is no such report.")


class NotOverYet(DomainError):
    """The tablet may still collect."""

    text = _l("The event is not over yet. Close the report when it is.")


class Undecided(DomainError):
    """Something came that nobody decided yet."""

    text = _l(
        "Something that came from this tablet still waits. Decide about it first, then close the "
        "report."
    )


class WhyNot(DomainError):
    """Numbers are missing, and nobody says why that is accepted."""

    text = _l("Not everything has come from this tablet. Write down why you close the report.")


def close(install_id: int, event_id: int, why: str = "") -> Gap:
    """Freeze a report and forget the numbering; with numbers missing only for a reason."""
    gap = _open(install_id, event_id)
    if gap.report.event.ends_at > clock.now():
        raise NotOverYet
    if gap.waiting:
        raise Undecided
    if not gap.is_whole and not why:
        raise WhyNot
    _freeze(gap, why)
    return gap


def close_whole(event_id: int) -> int:
    """Close all reports of an event of which everything came; tell how many."""
    event = session.get(Event, event_id)
    if event is None or event.ends_at > clock.now():
        raise NotOverYet
    closed = 0
    for gap in gaps.of_event(event_id):
        if not gap.is_closed and gap.is_whole:
            closed += _close_if_whole(gap)
    return closed


def close_heard(event_id: int) -> int:
    """Close what is whole of tablets that were heard when they could collect no more."""
    closed = 0
    for gap in gaps.of_event(event_id):
        heard, over = gap.report.heard_at, gap.report.event.ends_at + COLLECTS
        if not gap.is_closed and gap.is_whole and heard is not None and heard >= over:
            closed += _close_if_whole(gap)
    return closed


def _close_if_whole(gap: Gap) -> bool:
    again = _open(gap.report.install_id, gap.report.event_id)
    if again.is_whole:
        _freeze(again, "")
    return again.is_whole


def _open(install_id: int, event_id: int) -> Gap:
    """Hold a report: no batch raises its numbers until the transaction ends."""
    query = select(GapReport).where(
        GapReport.install_id == install_id, GapReport.event_id == event_id
    )
    held = query.with_for_update(of=GapReport).execution_options(populate_existing=True)
    report = session.scalar(held)
    gap = gaps.of_install(install_id, event_id)
    if report is None or gap is None or gap.is_closed:
        raise NoSuchReport
    return gap


def _freeze(gap: Gap, why: str) -> None:
    report, numbers = gap.report, gap.numbers()
    report.numbers, report.closed_at = numbers, clock.now()
    report.closed_why = "" if gap.is_whole else why
    session.flush()
    session.execute(
        delete(Intake).where(
            Intake.install_id == report.install_id, Intake.event_id == report.event_id
        )
    )
    record(
        "kiosk.report_closed",
        f"event:{report.event_id}",
        board=gap.name,
        collected=gap.collected,
        missing=gap.lost + gap.still_there,
        reason=report.closed_why,
    )


def over() -> Sequence[int]:
    """List the events with open reports whose tablets can collect no more."""
    query = select(Event.id).join(GapReport, GapReport.event_id == Event.id)
    late = Event.ends_at <= clock.now() - COLLECTS
    return session.scalars(query.where(late, GapReport.closed_at.is_(None)).distinct()).all()


# The key


def destroy_if_done(event_id: int) -> bool:
    """Destroy an event's key if nothing can still come that only it opens."""
    key = keys.current(event_id)
    event = session.get(Event, event_id)
    if key is None or event is None or not _may_go(key, event):
        return False
    keys.destroy(key)
    return True


def due() -> Sequence[int]:
    """List the events whose key may go now."""
    return [key.event_id for key, event in _keys() if _may_go(key, event)]


def to_warn() -> Sequence[tuple[EventKey, Event, datetime]]:
    """List the keys that will go in fourteen days with numbers missing, of which nobody was told."""
    ahead = clock.now() + WARNED
    found = [(key, event, _last_day(event.id)) for key, event in _keys() if key.warned_at is None]
    return [(key, event, until) for key, event, until in found if until and until <= ahead]


def _keys() -> Sequence[tuple[EventKey, Event]]:
    query = select(EventKey, Event).join(Event, Event.id == EventKey.event_id)
    rows = session.execute(query.where(EventKey.destroyed_at.is_(None)))
    return [(key, event) for key, event in rows]


def _may_go(key: EventKey, event: Event) -> bool:
    now = clock.now()
    if event.ends_at + COLLECTS > now or _still_open(event.id):
        return False
    reports = _reports(event.id)
    if not reports:  # no tablet was ever sent there
        return event.ends_at + DELIVERS <= now
    if all(_is_whole(report) for report in reports):
        return True
    until = _last_day(event.id)
    warned = key.warned_at is not None and key.warned_at + WARNED <= now
    return warned and until is not None and until <= now


def _still_open(event_id: int) -> bool:
    """Tell whether a report is open, or an envelope waits that came too late."""
    report = exists().where(GapReport.event_id == event_id, GapReport.closed_at.is_(None))
    waits = (states.NEW, states.QUARANTINED)
    envelope = exists().where(Intake.event_id == event_id, Intake.state.in_(waits))
    return bool(session.scalar(select(report | envelope)))


def _reports(event_id: int) -> Sequence[GapReport]:
    return session.scalars(select(GapReport).where(GapReport.event_id == event_id)).all()


def _is_whole(report: GapReport) -> bool:
    numbers = report.numbers or {}
    return not any(numbers.get(name) for name in ("missing", "held", "unheard", "conflicts"))


def _last_day(event_id: int) -> datetime | None:
    """Tell until when a key is kept of which numbers are missing; None while a report is open."""
    reports = _reports(event_id)
    closed = [report.closed_at for report in reports if report.closed_at is not None]
    if len(closed) < len(reports) or all(_is_whole(report) for report in reports):
        return None
    return max(closed) + KEPT


def last_day(event_id: int) -> datetime | None:
    """Tell until when the key of an event is kept although its reports are closed."""
    key = keys.current(event_id)
    until = _last_day(event_id) if key is not None else None
    if key is None or until is None or key.warned_at is None:
        return until
    return max(until, key.warned_at + WARNED)
