"""Warnings of a card's bank that the card may be stolen: fetched, compared with our payment, then kept.

Giving the money back at once costs less than the dispute that follows. A warning that is no use any more,
because the money went back or is disputed, is none.
"""

from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from campaign_app.core.db import session, transact
from campaign_app.payments import news
from campaign_app.payments.gateway import Warned
from campaign_app.payments.taking_models import Payment
from campaign_app.payments.till import Till

#: How the names of these signals begin.
SIGNALS: Final = "radar.early_fraud_warning."


def read(account: str, warning_id: str, till: Till) -> bool:
    """Keep what a warning says now; False if its payment is not known to be paid yet."""
    told = till.gateway(account).warning(warning_id)
    payment_id = session.scalar(select(Payment.id).where(*_mine(account, told)))
    session.rollback()
    if told.live != till.is_live:
        return True  # of the other mode: nobody's here, and never will be
    if payment_id is not None:
        transact(partial(_note, payment_id, told))
    return payment_id is not None


def _mine(account: str, told: Warned) -> tuple[ColumnElement[bool], ...]:
    return Payment.account == account, Payment.charge_id == told.charge_id


def _note(payment_id: UUID, told: Warned) -> None:
    payment = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    at = told.at if told.actionable else None
    if payment.warned_at != at:
        payment.warned_at = at
        news.changed(payment_id)


def open_ones() -> tuple[ColumnElement[bool], ...]:
    """Choose the payments of which one can still give back what a dispute would take."""
    return (
        Payment.warned_at.is_not(None),
        Payment.disputed.is_(False),
        Payment.refunded < Payment.minor,
    )
