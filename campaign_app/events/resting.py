"""Days on which a series rests, and drafts that are taken off the calendar."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from campaign_app.core.db import changed_one, insert, session
from campaign_app.events.models import DRAFT, Event, SeriesException


def rests(series_id: int) -> Mapping[str, str]:
    """List the days on which a series rests, and why."""
    found = select(SeriesException.day, SeriesException.reason)
    of_it = found.where(SeriesException.series_id == series_id).order_by(SeriesException.day)
    return {str(day): str(reason) for day, reason in session.execute(of_it)}


def note(series_id: int, days: Mapping[str, str]) -> None:
    """Write down on which days a series rests, and why."""
    for day, reason in days.items():
        row = insert(SeriesException).values(series_id=series_id, day=day, reason=reason)
        why = {"reason": reason}
        session.execute(row.on_conflict_do_update(index_elements=["series_id", "day"], set_=why))


def forget(series_id: int, day: date) -> bool:
    """Take a day of rest back; tell whether there was one."""
    here = (SeriesException.series_id == series_id, SeriesException.day == day.isoformat())
    return changed_one(delete(SeriesException).where(*here))


def drop(event: Event) -> bool:
    """Take a draft off the calendar, unless something hangs on it already; tell whether it is gone."""
    if event.state != DRAFT:
        return False
    try:
        with session.begin_nested():
            session.execute(delete(Event).where(Event.id == event.id))
    except IntegrityError:
        return False
    session.expunge(event)
    return True
