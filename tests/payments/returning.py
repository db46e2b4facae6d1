"""People of finance who give money back, and gifts for them to give back."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core import db
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.payments import refunding, sending
from campaign_app.payments.opening import till
from campaign_app.payments.refunding import Wish
from campaign_app.payments.taking_models import Payment, Refund
from tests import given
from tests.payments.giving import Giving


def finance(app: Flask, name: str) -> int:
    """Let somebody into the finance role."""
    with app.app_context():
        return db.transact(partial(given.person, name, "finance")).id


def paid(giving: Giving, minor: int = 200_000, currency: str = "KRW", **facts: str) -> UUID:
    """Let a gift be given by card and arrive."""
    gift = giving.gift(minor, currency, **facts)
    giving.pay(gift)
    giving.deliver()
    giving.work()
    return gift


def payment_of(gift: UUID) -> Payment:
    """Find the payment of a gift; needs an application context."""
    session.rollback()
    return session.scalars(select(Payment).where(Payment.subject == f"donation:{gift.hex}")).one()


def ask(gift: UUID, minor: int, person_id: int, reason: str = "Given twice") -> UUID:
    """Ask for a part of a gift to go back; needs an application context."""
    payment = payment_of(gift)
    wish = Wish(amount=Money(minor, payment.currency), reason=reason, person_id=person_id)
    return transact(partial(refunding.ask, payment.id, wish)).id


def refund(refund_id: UUID) -> Refund:
    """Read a refund anew; needs an application context."""
    session.rollback()
    return session.get_one(Refund, refund_id)


def send(refund_id: UUID) -> bool:
    """Send one as the job does; needs an application context."""
    return sending.send(refund_id, till())


@pytest.fixture
def in_the_app(app: Flask) -> Iterator[None]:
    """Stay in the app's context for the whole test."""
    with app.app_context():
        yield
