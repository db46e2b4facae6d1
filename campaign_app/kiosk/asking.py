"""What the tablets of an event ask to sign: what somebody chose, else what its boards ask."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, select

from campaign_app.audit.services import record
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.events.models import Event
from campaign_app.kiosk.models import StallPetition
from campaign_app.petitions import queries as petitions
from campaign_app.qr import queries as qr

MOST: Final = 3


class WrongPetitions(DomainError):
    """None, too many, or one that is not there."""

    status = 400
    text = _l("Choose one to three different petitions.")


def chosen(event_id: int) -> list[int]:
    """List the petitions that somebody chose for an event, in order."""
    rows = select(StallPetition.petition_id).where(StallPetition.event_id == event_id)
    return list(session.scalars(rows.order_by(StallPetition.position)))


def of_event(event_id: int) -> list[int]:
    """List what is asked at an event: one to three petitions, or none that anybody could know."""
    return chosen(event_id) or _of_boards(event_id)


def _of_boards(event_id: int) -> list[int]:
    standing = qr.standing_at_event(event_id)
    asked = (one.target_id for one in standing if one.target == petitions.TARGET)
    return list(dict.fromkeys(asked))[:MOST]


def choose(event_id: int, petition_ids: Sequence[int]) -> None:
    """Set what is asked at an event, in order; the tablets hear of it with their next pack."""
    if not 0 < len(petition_ids) <= MOST or len(set(petition_ids)) < len(petition_ids):
        raise WrongPetitions
    session.execute(select(Event.id).where(Event.id == event_id).with_for_update())  # one at a time
    if chosen(event_id) == list(petition_ids):
        return
    session.execute(delete(StallPetition).where(StallPetition.event_id == event_id))
    for position, petition_id in enumerate(petition_ids, start=1):
        session.add(StallPetition(event_id=event_id, position=position, petition_id=petition_id))
    session.flush()
    record("tablet.petitions_chosen", f"event:{event_id}", count=len(petition_ids))
