"""What happens to bank lists by itself: what is closed is thrown away when its time is over."""

from campaign_app.core.db import transact
from campaign_app.outbox.registry import every
from campaign_app.transfers import forgetting, uploads


def register() -> None:
    """Enter this room's jobs."""
    every(minutes=10, name="transfers.drop_uploads")(drop_uploads)
    every(hours=24, name="transfers.forget")(forget)


def drop_uploads() -> None:
    """Throw away lists that nobody laid out within the hour."""
    transact(uploads.drop_old)


def forget() -> None:
    """Forget who sent money that is long decided."""
    transact(forgetting.forget_old)
