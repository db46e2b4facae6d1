"""Sending what was allowed to go back: our row first, then the gateway, then what it said.

A crash between two steps is found by the sweep: the refund's id is the gateway's idempotency key, so that
asking again sends it once; once the gateway has forgotten the key, its list is read first.
"""

from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.payments import news, reading, returned, states, steps
from campaign_app.payments.gateway import GatewayRefused, GatewayUnreachable, Refunded
from campaign_app.payments.taking import KEY_KNOWN_FOR
from campaign_app.payments.taking_models import Payment, Refund
from campaign_app.payments.till import Till

#: The job that sends one: {"refund": hex}.
SEND: Final = "payments.refund"
#: Leave it to the job first.
PATIENCE: Final = timedelta(minutes=2)
#: Look again at one on its way of which no signal told.
LOOK_AFTER: Final = timedelta(hours=6)
#: Later than this a bank sends nothing back any more.
LOOK_FOR: Final = timedelta(days=90)
OVERLAP: Final = timedelta(hours=1)
MOST_AT_ONCE: Final = 100


def send(refund_id: UUID, till: Till) -> bool:
    """Ask the gateway to send it; False if it must not go, or not now. Outside any transaction."""
    payment = transact(partial(_claim, refund_id))
    if payment is None or payment.account not in till.gateways:
        return False
    row = session.get_one(Refund, refund_id)
    session.rollback()
    try:
        told = _sent(row, payment, till)
    except GatewayRefused as refused:
        transact(partial(_declined, refund_id, refused.code))
        return False
    reading.read_refund(told)
    return True


def _claim(refund_id: UUID) -> Payment | None:
    """Look once more whether it may go, and write down that it is tried."""
    row = session.get(Refund, refund_id)
    if row is None or row.payment_id is None:
        return None
    payment = session.get_one(Payment, row.payment_id, with_for_update=True, populate_existing=True)
    session.refresh(row)
    if row.state != states.ALLOWED or returned.is_held(payment.id):
        return None  # a dispute came meanwhile: the sweep tries again once it is decided
    row.tried_at = row.tried_at or clock.now()
    return payment


def _sent(row: Refund, payment: Payment, till: Till) -> Refunded:
    gateway = till.gateway(payment.account)
    tried = row.tried_at or clock.now()
    if clock.now() > tried + KEY_KNOWN_FOR:
        listed = gateway.refunds_since(tried - OVERLAP)
        mine = next((one for one in listed if one.reference == row.id.hex), None)
        if mine is not None:
            return mine
    return gateway.refund(reference=row.id.hex, charge_id=str(payment.charge_id), amount=row.money)


def _declined(refund_id: UUID, code: str) -> None:
    """Give up what the gateway will not do, and keep its word for why."""
    row = session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if row.state != states.ALLOWED or row.payment_id is None:
        return
    row.state, row.said, row.changed_at = states.DROPPED, code[:80], clock.now()
    steps.note(row.name, steps.DECLINED, detail=code)
    news.changed(row.payment_id)


def sweep(till: Till) -> int:
    """Finish what a crash or a lost answer left; tell how many were looked at."""
    found = list(session.scalars(_due()).all())
    session.rollback()
    for row in found:
        try:
            _finish(row, till)
        except (GatewayUnreachable, GatewayRefused):
            session.rollback()  # the next sweep asks again
    return len(found)


def _due() -> Any:
    now = clock.now()
    lost = (Refund.state == states.ALLOWED) & (Refund.changed_at < now - PATIENCE)
    silent = (
        (Refund.state == states.SENT)
        & (Refund.changed_at < now - LOOK_AFTER)
        & (Refund.changed_at > now - LOOK_FOR)
    )
    query = select(Refund).where(Refund.payment_id.is_not(None), or_(lost, silent))
    return query.order_by(Refund.changed_at).limit(MOST_AT_ONCE)


def _finish(row: Refund, till: Till) -> None:
    if row.state == states.ALLOWED:
        send(row.id, till)
        return
    payment = session.get_one(Payment, row.payment_id)
    session.rollback()
    if row.gateway_id and payment.account in till.gateways:
        reading.read_refund(till.gateway(payment.account).refunded(row.gateway_id))
