"""What happens to tablets by themselves when their event is over.

Twelve hours after its end a tablet collects no more and delivers what it holds. It stays enrolled, so
that it can be sent to the next event from afar; after sixty days it is closed, once its gap reports are.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.kiosk import enrolling, states, tablets
from campaign_app.kiosk.models import GapReport, Install, Tablet
from campaign_app.kiosk.pack import COLLECTS, DELIVERS


def settle() -> int:
    """Let tablets collect no more whose event is over, and close those whose time is up."""
    enrolling.forget_expired()
    now = clock.now()
    over = _of_events_before(states.ACTIVE, now - COLLECTS)
    stale = [one for one in _of_events_before(states.DRAIN_ONLY, now - DELIVERS) if _done(one)]
    for tablet_id in over:
        tablets.put_into(tablet_id, states.DRAIN_ONLY)
    for tablet_id in stale:
        tablets.put_into(tablet_id, states.CLOSED)
    return len(over) + len(stale)


def _of_events_before(state: str, moment: datetime) -> Sequence[int]:
    query = select(Tablet.id).join(Event, Event.id == Tablet.event_id)
    return session.scalars(query.where(Tablet.state == state, Event.ends_at < moment)).all()


def _done(tablet_id: int) -> bool:
    """Tell whether nothing of a tablet is still to come."""
    still = select(GapReport).join(Install, Install.id == GapReport.install_id)
    awaited = still.where(Install.tablet_id == tablet_id, GapReport.closed_at.is_(None))
    return not session.scalar(select(exists(awaited)))
