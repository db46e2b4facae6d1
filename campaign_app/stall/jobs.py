"""What happens by itself after an event was moved: its boards go along."""

from functools import partial
from typing import Any

from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.events.changing import CHANGED
from campaign_app.events.models import Event, EventChange
from campaign_app.outbox.registry import on
from campaign_app.stall import led


def register() -> None:
    """Enter this room's jobs."""
    on(CHANGED, take_boards_along)


def take_boards_along(payload: dict[str, Any]) -> None:
    """Let boards that still stand where an event was stand where it is now.

    A lead's move does this at once; this is for organisers, who move an event from afar. What was
    put somewhere after the move was put there on purpose and stays, also if this is done twice.
    """
    transact(partial(_take_along, int(payload["event"]), int(payload["sequence"])))


def _take_along(event_id: int, sequence: int) -> None:
    held = select(Event).where(Event.id == event_id).with_for_update(of=Event)
    event = session.scalar(held)
    steps = select(EventChange).where(EventChange.event_id == event_id)
    change = session.scalar(steps.where(EventChange.sequence == sequence))
    if event is None or change is None:
        return
    left = change.before["location_id"]
    if left != change.after["location_id"]:
        led.take_along(event, left, since=change.at)
