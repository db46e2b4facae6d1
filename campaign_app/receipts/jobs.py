"""What happens to receipts by itself: names go when their time is over."""

from campaign_app.core.db import transact
from campaign_app.outbox.registry import every
from campaign_app.receipts import forgetting


def register() -> None:
    """Enter this room's jobs."""
    every(hours=24, name="receipts.forget")(forget)


def forget() -> None:
    """Take the names off receipts that nobody must show any more."""
    transact(forgetting.forget_old)
