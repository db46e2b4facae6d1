"""What happens around gifts by itself: what the gateway knows of a payment is said of its gift."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.donations import forgetting, services
from campaign_app.donations.models import Donation
from campaign_app.outbox.registry import every, on
from campaign_app.payments import news, returned, states
from campaign_app.payments.taking_models import Payment

#: A payment of which nothing came.
NOTHING: Final = frozenset(states.OVER) - {states.PAID, states.QUARANTINED}


def register() -> None:
    """Enter this room's jobs."""
    on(news.CHANGED, follow)
    every(hours=6, name="donations.let_go")(let_go)
    every(hours=24, name="donations.forget")(forget)


def let_go() -> None:
    """End the transfers that nobody made; months later, forget who never gave."""
    transact(services.let_transfers_go)
    transact(services.forget_what_ended)


def forget() -> None:
    """Remove the contacts of donors that nobody asks to keep any more."""
    transact(forgetting.forget_old)


def follow(payload: dict[str, Any]) -> None:
    """Let a gift follow its payment; told twice, it follows once."""
    transact(partial(_follow, UUID(hex=payload["payment"])))


def _follow(payment_id: UUID) -> None:
    payment = session.get(Payment, payment_id)
    room, _colon, name = payment.subject.partition(":") if payment else ("", "", "")
    if payment is None or room != "donation":
        return
    gift = session.get_one(Donation, UUID(hex=name))
    if payment.state == states.PAID and payment.paid_on:
        services.settle(gift.id, on=payment.paid_on)
        services.give_back(gift.id, returned.gone(payment))
    elif payment.state == states.PENDING:
        services.wait(gift.id)
    elif payment.state in NOTHING and not _is_tried_again(payment):
        services.end(gift.id)


def _is_tried_again(payment: Payment) -> bool:
    """Tell whether the same gift has another page that may still be paid on."""
    another = select(Payment.id).where(
        Payment.subject == payment.subject,
        Payment.id != payment.id,
        Payment.state.not_in(states.OVER),
    )
    return session.scalar(another.limit(1)) is not None
