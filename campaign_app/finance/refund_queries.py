"""Questions about refunds and disputes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.donations.models import Donation
from campaign_app.payments import returned, states
from campaign_app.payments.taking_models import Dispute, Payment, Refund

A_PAGE: Final = 50


def _of_book(book: str) -> Any:
    query = select(Refund).outerjoin(Payment, Payment.id == Refund.payment_id)
    return query.where(or_(Payment.book == book, Refund.book == book))


def refunds(book: str, state: str = "", page: int = 1) -> Sequence[Refund]:
    """List refunds, those that somebody must decide about first, then the newest."""
    query = _of_book(book).options(joinedload(Refund.payment))
    if state in states.REFUND:
        query = query.where(Refund.state == state)
    waits: ColumnElement[bool] = Refund.state != states.ASKED
    ordered = query.order_by(waits, Refund.created_at.desc(), Refund.id)
    found: Sequence[Refund] = session.scalars(
        ordered.offset((page - 1) * A_PAGE).limit(A_PAGE + 1)
    ).all()
    return found


def every(book: str) -> Sequence[Refund]:
    """List all refunds, oldest first."""
    query = _of_book(book).options(joinedload(Refund.payment))
    found: Sequence[Refund] = session.scalars(query.order_by(Refund.created_at, Refund.id)).all()
    return found


def counts(book: str) -> dict[str, int]:
    """Count refunds by state."""
    listed = _of_book(book).with_only_columns(Refund.state, func.count()).group_by(Refund.state)
    return {state: int(number) for state, number in session.execute(listed)}


def refund(name: str) -> Refund | None:
    """Find a refund by the hexadecimal name in its address."""
    number = number_of(name)
    return session.get(Refund, number) if number else None


def number_of(name: str) -> UUID | None:
    """Read a name as addresses have it."""
    try:
        return UUID(hex=name)
    except ValueError:
        return None


def gift(name: str) -> Donation | None:
    """Find a gift by the hexadecimal name in an address."""
    number = number_of(name)
    return session.get(Donation, number) if number else None


def gift_of(subject: str) -> Donation | None:
    """Find the gift that a refund or a payment is of."""
    room, _colon, name = subject.partition(":")
    return gift(name) if room == "donation" else None


def payment_of(of: Donation) -> Payment | None:
    """Find the payment by which a gift arrived."""
    query = select(Payment).where(Payment.subject == of.subject, Payment.state == states.PAID)
    return session.scalar(query)


@dataclass(frozen=True, slots=True)
class Left:
    """What of a gift could go back."""

    payment: Payment | None
    money: Money
    #: Its donor's bank holds it.
    held: bool


def left(of: Donation) -> Left:
    """Tell how much of a gift could go back."""
    payment = payment_of(of)
    if payment is None:
        whole = Money(0, of.currency) if was_a_mistake(of) else of.money
        return Left(None, returned.left_by_hand(of.subject, whole), held=False)
    return Left(payment, returned.left(payment), returned.is_held(payment.id))


def was_a_mistake(of: Donation) -> bool:
    """Tell whether a gift by bank or in cash was settled by mistake: taken back, though nothing was sent."""
    return of.returned > returned.by_hand(of.subject)


def of_gift(of: Donation) -> Sequence[Refund]:
    """List the refunds of a gift, oldest first."""
    query = select(Refund).outerjoin(Payment, Payment.id == Refund.payment_id)
    mine = or_(Payment.subject == of.subject, Refund.subject == of.subject)
    return session.scalars(query.where(mine).order_by(Refund.created_at, Refund.id)).all()


def disputes(book: str) -> Sequence[Dispute]:
    """List disputes: those with the nearest answer first, then what is decided."""
    query = select(Dispute).join(Dispute.payment).where(Payment.book == book)
    ended: ColumnElement[bool] = Dispute.state.in_(states.DECIDED)
    ordered = query.order_by(ended, Dispute.answer_until, Dispute.opened_at.desc())
    return session.scalars(ordered.options(joinedload(Dispute.payment)).limit(500)).all()


def dispute(account: str, dispute_id: str) -> Dispute | None:
    """Find a dispute."""
    return session.get(Dispute, (account, dispute_id))


def held(book: str) -> dict[str, Money]:
    """Sum what disputes hold back now, per currency."""
    query = select(Payment.currency, func.sum(Dispute.minor)).join(Dispute.payment)
    query = query.where(Payment.book == book, Dispute.state.in_(states.HOLDS))
    rows = session.execute(query.group_by(Payment.currency))
    return {currency: Money(int(total), currency) for currency, total in rows}
