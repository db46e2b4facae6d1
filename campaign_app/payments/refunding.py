"""Sending money back: one person asks, above a threshold another one allows, a job sends.

    row = ask(payment.id, Wish(amount=…, reason=…, person_id=…))   # below the threshold it is allowed at once
    allow(row.id, person_id)                                       # somebody else
    send(row.id, till)                                             # by the job; outside any transaction

Whoever is alone, or gets no answer for a day, may act alone and must say why; that is shown until somebody
looks again. What somebody asked for counts as gone, so that two refunds never exceed what came.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from campaign_app.accounts import queries as people
from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l, current_language
from campaign_app.core.money import Money
from campaign_app.outbox.services import enqueue_job
from campaign_app.payments import returned, states, steps
from campaign_app.payments.sending import SEND, send, sweep
from campaign_app.payments.taking_models import Payment, Refund
from campaign_app.payments.ways import of_the_app

__all__ = ["allow", "allow_alone", "ask", "ask_by_hand", "refuse", "send", "sweep"]

ANSWER_WITHIN: Final = timedelta(hours=24)
#: From this amount on, in minor units, a second person looks; an entity may say otherwise.
FOUR_EYES_FROM: Final = {
    "KRW": 100_000, "JPY": 10_000, "CHF": 10_000, "EUR": 10_000, "USD": 10_000, "GBP": 10_000,
}  # fmt: skip


class NotPaid(DomainError):
    """Nothing came, so nothing can go back."""

    text = _l("This gift did not arrive, so there is nothing to give back.")


class Held(DomainError):
    """The donor's bank holds the money back: it may take it anyway."""

    text = _l(
        "The donor’s bank disputes this gift and holds the money. Wait until that is decided: "
        "otherwise the donor could get it twice."
    )


class TooMuch(DomainError):
    """More than there is."""


class AlreadyDecided(DomainError):
    """Somebody else was faster."""

    text = _l("Somebody has decided about this refund already.")


class SecondPersonNeeded(DomainError):
    """One person tried to do alone what two should."""

    text = _l(
        "Somebody else must allow a refund of this size. If nobody does within 24 hours, you may "
        "do it alone and give a reason."
    )


class ReasonNeeded(DomainError):
    """Acting alone wants a reason."""

    text = _l("Say why you act alone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody of ours asks for."""

    amount: Money
    reason: str
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A gift that came by bank or in cash, as the room above knows it; that room holds its row."""

    subject: str
    book: str
    entity: str
    whole: Money


def ask(payment_id: UUID, wish: Wish) -> Refund:
    """Ask for a card payment, or a part of it, to go back; in the caller's transaction."""
    payment = _held(payment_id)
    if not payment.counts or payment.charge_id is None:
        raise NotPaid
    if returned.is_held(payment_id):
        raise Held
    _check(wish.amount, returned.left(payment))
    return _asked(Refund(payment_id=payment_id, payment=payment), wish)


def ask_by_hand(gift: Gift, wish: Wish) -> Refund:
    """Ask for a gift that came by bank or in cash to go back by bank."""
    _check(wish.amount, returned.left_by_hand(gift.subject, gift.whole))
    said = {"subject": gift.subject, "book": gift.book, "entity": gift.entity}
    return _asked(Refund(**said, currency=gift.whole.currency), wish)


def _held(payment_id: UUID) -> Payment:
    """Hold a payment to the end of the transaction: of two who ask at once the second sees the first."""
    query = select(Payment).where(Payment.id == payment_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _check(amount: Money, left: Money) -> None:
    if not left:
        raise TooMuch(_("Nothing of this gift is left to give back."))
    if amount.minor <= 0 or amount > left:
        raise TooMuch(
            _("At most %(amount)s can be given back.", amount=left.written(current_language()))
        )


def _asked(row: Refund, wish: Wish) -> Refund:
    row.id, row.minor, row.state = uuid4(), wish.amount.minor, states.ASKED
    row.reason, row.asked_by = wish.reason.strip(), wish.person_id
    row.created_at = row.changed_at = clock.now()
    session.add(row)
    session.flush()
    # The sum counts: three small ones of one gift are a large one.
    row.needs_two = returned.going(row) >= threshold(row.of_entity, row.money.currency)
    steps.note(row.name, steps.ASKED, by=wish.person_id, detail=row.reason)
    record("refund.asked", row.name, amount=f"{row.money.plain} {row.money.currency}")
    if not row.needs_two:
        steps.note(row.name, steps.SMALL)
        _let_go(row)
    return row


def threshold(entity: str, currency: str) -> Money:
    """Tell from which amount on a second person is asked."""
    known = of_the_app().entities.get(entity)
    said = known.four_eyes_from.get(currency) if known else None
    return said or Money(FOUR_EYES_FROM[currency], currency)


def allow(refund_id: UUID, person_id: int) -> Refund:
    """Be the second pair of eyes."""
    row = waiting(refund_id)
    if row.asked_by == person_id:
        raise SecondPersonNeeded
    row.allowed_by = person_id
    _let_go(row)
    steps.note(row.name, steps.ALLOWED, by=person_id)
    record("refund.allowed", row.name)
    return row


def must_wait(row: Refund, person_id: int) -> bool:
    """Tell whether somebody must let others look first: for a day, if there is anybody."""
    return people.others_in_finance(person_id) and clock.now() - row.created_at < ANSWER_WITHIN


def allow_alone(refund_id: UUID, person_id: int, reason: str) -> Refund:
    """Act alone, for a reason that is shown until somebody looks again."""
    row = waiting(refund_id)
    if row.asked_by != person_id:
        return allow(refund_id, person_id)
    if must_wait(row, person_id):
        raise SecondPersonNeeded
    if not reason.strip():
        raise ReasonNeeded
    row.alone_reason = reason.strip()
    _let_go(row)
    steps.note(row.name, steps.ALONE, by=person_id, detail=row.alone_reason)
    record("refund.allowed_alone", row.name, one_person=True, reason=row.alone_reason)
    return row


def look_again(refund_id: UUID, person_id: int) -> Refund:
    """Be the second pair of eyes that was missing when one person acted alone."""
    row = locked(refund_id)
    if not row.one_person:
        raise AlreadyDecided
    if row.asked_by == person_id:
        raise SecondPersonNeeded
    row.allowed_by = person_id
    steps.note(row.name, steps.LOOKED_AGAIN, by=person_id)
    record("refund.looked_at_again", row.name)
    return row


def refuse(refund_id: UUID, person_id: int) -> Refund:
    """Say no, or take back what one asked for."""
    row = waiting(refund_id)
    drop(row)
    steps.note(row.name, steps.REFUSED, by=person_id)
    record("refund.refused", row.name)
    return row


def decide_outside(refund_id: UUID, *, allowed: bool) -> Refund:
    """Do what somebody outside decided by their link; the caller checked the link."""
    row = waiting(refund_id)
    if allowed:
        row.by_outside = True
        _let_go(row)
    else:
        drop(row)
    what = steps.ALLOWED_OUTSIDE if allowed else steps.REFUSED_OUTSIDE
    steps.note(row.name, what, detail=row.outside)
    record("refund.allowed" if allowed else "refund.refused", row.name, by=row.outside)
    return row


def waiting(refund_id: UUID) -> Refund:
    """Hold a refund that nobody has decided about yet."""
    row = locked(refund_id)
    if row.state != states.ASKED:
        raise AlreadyDecided
    return row


def locked(refund_id: UUID) -> Refund:
    """Hold a refund to the end of the transaction."""
    query = select(Refund).where(Refund.id == refund_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def drop(row: Refund) -> None:
    """Let nothing leave."""
    row.state, row.changed_at, row.link_hash = states.DROPPED, clock.now(), None


def _let_go(row: Refund) -> None:
    """Let it leave: by the gateway at once; by bank a person does it and says so."""
    row.state, row.changed_at, row.link_hash = states.ALLOWED, clock.now(), None
    if row.payment_id is not None:
        enqueue_job(SEND, {"refund": row.id.hex})
