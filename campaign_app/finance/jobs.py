"""What happens around money by itself: finance is told the same day what wants their eyes."""

from typing import Any, Final
from uuid import UUID

from campaign_app.core.db import session
from campaign_app.finance import telling
from campaign_app.outbox.registry import every, on
from campaign_app.payments import news
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import Dispute, Payment, Refund

#: How long something that no job told of may wait.
MINUTES: Final = 10


def register() -> None:
    """Enter this room's jobs."""
    on(news.CHANGED, tell_of_payment)
    on(news.DISPUTED, tell_of_dispute)
    every(minutes=MINUTES, name="finance.watch")(watch)


def tell_of_payment(payload: dict[str, Any]) -> None:
    """Tell what of a payment wants eyes: it does not fit, its card is stolen, its refund came back."""
    number = UUID(hex=payload["payment"])
    found = [
        *telling.of_payments(Payment.id == number),
        *telling.of_warnings(Payment.id == number),
        *telling.of_refunds(Refund.payment_id == number),
    ]
    session.rollback()
    telling.tell(found)


def tell_of_dispute(payload: dict[str, Any]) -> None:
    """Tell that a donor's bank wants something back, or decided."""
    mine = (Dispute.account == payload["account"], Dispute.id == payload["dispute"])
    found = list(telling.of_disputes(*mine))
    session.rollback()
    telling.tell(found)


def watch() -> None:
    """Tell whatever was not told yet."""
    telling.tell(telling.everything(till()))
