"""Opening a gap report before a tablet says anything: one that never speaks again may hold signatures."""

from sqlalchemy import select

from campaign_app.core.db import insert, session
from campaign_app.kiosk.models import GapReport, Install, Tablet


def note(install_id: int, event_id: int) -> None:
    """Expect the report of an install that may collect at an event."""
    row = insert(GapReport).values(install_id=install_id, event_id=event_id, held={"runs": []})
    session.execute(row.on_conflict_do_nothing(index_elements=["install_id", "event_id"]))


def note_all(tablet: Tablet) -> None:
    """Expect the report of a tablet that is sent to an event, if it is enrolled."""
    if tablet.event_id is None:
        return
    current = Install.tablet_id == tablet.id, Install.ended_at.is_(None)
    for install_id in session.scalars(select(Install.id).where(*current)):
        note(install_id, tablet.event_id)
