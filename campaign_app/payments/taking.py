"""Beginning a payment: our row first, then the gateway's page, so that no crash leaves a page nobody knows.

    payment = transact(partial(begin, wish))      # the same form twice is the same row
    url = open_page(payment.id)                   # asks the gateway outside any transaction

Whoever presses twice, on two phones or through a lost network, gets the same page: the attempt's own id is
the gateway's idempotency key.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.money import Money
from campaign_app.payments import merging, states
from campaign_app.payments.gateway import Ask, GatewayRefused, GatewayUnreachable, Session
from campaign_app.payments.methods import Rhythm
from campaign_app.payments.taking_models import Payment
from campaign_app.payments.till import Till
from campaign_app.payments.ways import Ways

#: How long a page to pay on stays open. Stripe takes half an hour to a day.
OPEN_FOR: Final = timedelta(hours=2)
#: Stripe forgets idempotency keys after a day; before that a repetition finds the same session.
KEY_KNOWN_FOR: Final = timedelta(hours=23)
#: When to look first, if nothing is heard.
FIRST_LOOK: Final = timedelta(minutes=1)


class NoWayToPay(DomainError):
    """No account takes this amount in this currency by card."""

    text = _l(
        "This amount cannot be given by card. Please choose another amount, or a bank transfer."
    )


class AlreadyEnded(DomainError):
    """The page of this attempt is over; a new form begins another one."""

    text = _l("This payment page is closed. Please begin again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to give, and for what."""

    nonce: str
    amount: Money
    subject: str
    language: str
    rhythm: Rhythm = "once"


def begin(wish: Wish, ways: Ways, book: str) -> Payment:
    """Write an attempt down, in the caller's transaction; a form that comes again finds its own."""
    account = ways.account_for(wish.amount, wish.rhythm)
    if account is None:
        raise NoWayToPay
    mark = _fingerprint(account.key, wish)
    row = insert(Payment).values(
        id=uuid4(),
        nonce=wish.nonce,
        fingerprint=mark,
        book=book,
        account=account.key,
        entity=account.entity,
        subject=wish.subject,
        currency=wish.amount.currency,
        minor=wish.amount.minor,
        rhythm=wish.rhythm,
        language=wish.language,
        state=states.NEW,
        created_at=clock.now(),
        expires_at=clock.now() + OPEN_FOR,
        look_at=clock.now() + FIRST_LOOK,
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["nonce", "fingerprint"]))
    mine = select(Payment).where(Payment.nonce == wish.nonce, Payment.fingerprint == mark)
    return session.scalars(mine).one()


def _fingerprint(account: str, wish: Wish) -> str:
    """Name an attempt by what was asked for; after one of which nothing came there is another."""
    over = select(func.count()).where(
        Payment.nonce == wish.nonce,
        Payment.account == account,
        Payment.currency == wish.amount.currency,
        Payment.minor == wish.amount.minor,
        Payment.rhythm == wish.rhythm,
        Payment.state.in_((states.EXPIRED, states.FAILED)),
    )
    turn = session.scalar(over) or 0
    said = f"{account}|{wish.amount.minor}|{wish.amount.currency}|{wish.rhythm}|{turn}"
    return hashlib.sha256(said.encode()).hexdigest()


def open_page(payment_id: UUID, till: Till) -> str:
    """Give the address of the gateway's page, making it if there is none; asks outside a transaction."""
    payment = session.get_one(Payment, payment_id)
    session.rollback()
    if payment.state == states.OPEN and payment.url:
        return payment.url
    if payment.state != states.NEW or clock.now() > payment.created_at + KEY_KNOWN_FOR:
        raise AlreadyEnded
    made = till.gateway(payment.account).open_session(_ask(payment, till))
    transact(partial(note_opened, payment_id, made))
    _close_older(payment, till)
    return made.url


def _close_older(payment: Payment, till: Till) -> None:
    """Close the pages of amounts that the same form asked for before: nobody shall pay on two of them.

    One that was paid meanwhile stays paid. One that cannot be closed now closes by itself.
    """
    older = select(Payment.id, Payment.session_id).where(
        Payment.nonce == payment.nonce,
        Payment.account == payment.account,
        Payment.state == states.OPEN,
        Payment.created_at < payment.created_at,
    )
    found = session.execute(older).all()
    session.rollback()
    for payment_id, session_id in found:
        with suppress(GatewayUnreachable, GatewayRefused):
            till.gateway(payment.account).expire(str(session_id))
            merging.look(payment_id, till)


def _ask(payment: Payment, till: Till) -> Ask:
    account = till.ways.accounts[payment.account]
    rhythm: Rhythm = "monthly" if payment.rhythm == "monthly" else "once"
    back = till.pages(payment)
    return Ask(
        reference=payment.id.hex,
        key=payment.id.hex,
        amount=payment.money,
        methods=till.ways.methods(account, payment.money, rhythm),
        rhythm=rhythm,
        language=payment.language,
        label=back.label,
        success_url=back.success,
        cancel_url=back.cancel,
        expires_at=payment.expires_at,
    )


def note_opened(payment_id: UUID, made: Session) -> bool:
    """Keep where the donor pays, unless more is known by now; tell whether this was news."""
    return changed_one(
        update(Payment)
        .where(Payment.id == payment_id, Payment.state == states.NEW)
        .values(state=states.OPEN, session_id=made.id, url=made.url)
    )
