"""What went wrong or nearly did: for people of ours only, closed at rest, and not for the trail.

The lead's page takes incidents and never reads them back: a phone that was taken tells nothing.
"""

import uuid
from typing import Final

from campaign_app.audit.services import record
from campaign_app.core import at_rest
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.stall.models import Incident

ROOM: Final = "stall"


class NoSuchIncident(DomainError):
    """It was never there, or is deleted."""

    status = 404
    text = _l("There is no such incident.")


def note(event_id: int, kind: str, words: str, *, by: str = "") -> Incident:
    """Write down what happened; the trail says that, and of which kind, never what."""
    subject = uuid.uuid4()
    incident = Incident(
        event_id=event_id,
        kind=kind,
        subject=subject,
        words=at_rest.close(ROOM, f"incident:{subject}", words.encode()),
        alias=by,
    )
    session.add(incident)
    session.flush()
    record("incident.noted", f"event:{event_id}", kind=kind, by=by)
    return incident


def words_of(incident: Incident) -> str:
    """Read what happened."""
    return at_rest.open_(ROOM, f"incident:{incident.subject}", incident.words).decode()


def drop(event_id: int, number: int) -> None:
    """Delete an incident that was dealt with."""
    incident = session.get(Incident, number)
    if incident is None or incident.event_id != event_id:
        raise NoSuchIncident
    session.delete(incident)
    record("incident.dropped", f"event:{event_id}", kind=incident.kind)
