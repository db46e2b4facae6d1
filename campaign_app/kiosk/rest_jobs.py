"""What happens to tablets by itself, every few minutes."""

from typing import Final

from campaign_app.audit.services import JOB, acting_as
from campaign_app.core.db import transact
from campaign_app.kiosk import resting
from campaign_app.outbox.registry import every

MINUTES: Final = 10


def register() -> None:
    """Enter the job."""
    every(name="kiosk.rest", minutes=MINUTES)(rest)


def rest() -> None:
    """Let tablets rest whose event is over."""
    with acting_as(JOB):
        transact(resting.settle)
