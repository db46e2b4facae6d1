"""How much of a gift went back, is about to, or is held: asked before anything leaves."""

from uuid import UUID

from sqlalchemy import exists, func, select

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.payments import states
from campaign_app.payments.taking_models import Dispute, Payment, Refund


def gone(payment: Payment) -> int:
    """Tell how much of a payment is no longer ours: sent back, or lost in a dispute; minor units."""
    return min(payment.minor, payment.refunded + _lost(payment.id))


def sent(payment: Payment) -> int:
    """Tell how much of a payment was sent back and did not return, in minor units."""
    there = _sum(Refund.payment_id == payment.id, Refund.state.in_(states.GONE))
    # Of one that came back we may hear only after the next one left.
    return min(payment.minor, there)


def left(payment: Payment) -> Money:
    """Tell how much could still be sent back; what somebody asked for counts as gone."""
    going = _sum(Refund.payment_id == payment.id, Refund.state.in_(states.GOING))
    return _not_below_none(payment.money, going + _lost(payment.id))


def left_by_hand(subject: str, whole: Money) -> Money:
    """Tell the same of a gift that came by bank or in cash."""
    return _not_below_none(whole, _sum(Refund.subject == subject, Refund.state.in_(states.GOING)))


def by_hand(subject: str) -> int:
    """Tell how much of such a gift went back, in minor units."""
    return _sum(Refund.subject == subject, Refund.state.in_(states.GONE))


def going(refund: Refund) -> Money:
    """Tell how much of the same gift goes back in all, by this refund and those before it."""
    of = (
        Refund.payment_id == refund.payment_id
        if refund.payment_id
        else Refund.subject == refund.subject
    )
    return Money(_sum(of, Refund.state.in_(states.GOING)), refund.money.currency)


def is_held(payment_id: UUID) -> bool:
    """Tell whether a donor's bank holds the money of a payment now."""
    query = exists().where(Dispute.payment_id == payment_id, Dispute.state.in_(states.HOLDS))
    return bool(session.scalar(select(query)))


def _lost(payment_id: UUID) -> int:
    query = select(func.sum(Dispute.minor)).where(
        Dispute.payment_id == payment_id, Dispute.state == states.LOST
    )
    return int(session.scalar(query) or 0)


def _sum(*conditions: object) -> int:
    query = select(func.sum(Refund.minor)).where(*conditions)  # type: ignore[arg-type]  # columns compared
    return int(session.scalar(query) or 0)


def _not_below_none(whole: Money, minor: int) -> Money:
    return Money(max(0, whole.minor - minor), whole.currency)
