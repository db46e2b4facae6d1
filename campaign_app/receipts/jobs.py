"""What happens to receipts by itself: names go when their time is over, and each night all are counted."""

from campaign_app.core.db import transact
from campaign_app.outbox.registry import every
from campaign_app.payments import proven
from campaign_app.payments.opening import till
from campaign_app.payments.proof_models import RECEIPTS
from campaign_app.payments.proven import Subject
from campaign_app.receipts import forgetting, proving


def register() -> None:
    """Enter this room's jobs."""
    every(hours=24, name="receipts.forget")(forget)
    every(hours=24, name="receipts.prove")(prove)


def forget() -> None:
    """Take the names off receipts that nobody must show any more."""
    transact(forgetting.forget_old)


def prove() -> None:
    """Count all receipts of the book that we write, and keep what that found."""
    book = till().book
    proven.keep(Subject(book, RECEIPTS), proving.count(book), proving.prove(book))
