"""Who stood at the tablets of an event, by alias, as the tablets told it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from campaign_app.core.db import session
from campaign_app.kiosk.models import Install, TabletShift


def at_event(event_id: int) -> Sequence[tuple[str, TabletShift]]:
    """List the shifts of an event with the tablets' names, tablet by tablet, the first one first."""
    query = (
        select(Install, TabletShift)
        .join(TabletShift, TabletShift.install_id == Install.id)
        .where(TabletShift.event_id == event_id)
        .options(joinedload(Install.tablet))
    )
    found = [(install.tablet.name, shift) for install, shift in session.execute(query)]
    return sorted(found, key=lambda one: (one[0], one[1].started_at))
