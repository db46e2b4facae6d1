"""What happens to what tablets delivered by itself."""

from functools import partial
from typing import Any

from campaign_app.core import db
from campaign_app.kiosk import closing, opening, receiving, reminding
from campaign_app.outbox.services import every, on
from campaign_app.petitions.jobs import as_job


def register() -> None:
    """Hand our jobs to whoever runs them."""
    on(receiving.OPEN_JOB, open_event)
    every(minutes=2, name="kiosk.sweep")(as_job(sweep))
    every(minutes=30, name="kiosk.settle")(as_job(settle))
    every(hours=1, name="kiosk.remind")(as_job(reminding.remind))
    every(hours=6, name="kiosk.warn_of_keys")(as_job(reminding.warn))


def open_event(payload: dict[str, Any]) -> None:
    """Open what tablets delivered from an event."""
    as_job(lambda: opening.open_event(int(payload["event"])))()


def sweep() -> None:
    """Open what a job left behind that was killed."""
    for event_id in opening.waiting():
        opening.open_event(event_id)


def settle() -> None:
    """Close what is whole and can grow no more, and destroy the keys that nothing needs."""
    for event_id in closing.over():
        db.transact(partial(closing.close_heard, event_id))
    for event_id in closing.due():
        db.transact(partial(closing.destroy_if_done, event_id))
