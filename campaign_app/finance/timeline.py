"""One gift from its beginning: what happened to it, to its payment, its receipts, and in the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy import or_, select

from campaign_app.accounts import queries as people
from campaign_app.audit import words as deeds
from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session
from campaign_app.core.i18n import _
from campaign_app.core.money import Money
from campaign_app.donations.models import Donation
from campaign_app.finance import words
from campaign_app.finance.frame import written
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction
from campaign_app.payments.taking_models import Dispute, Payment, Refund
from campaign_app.receipts.models import GiftReceipt
from campaign_app.receipts.states import CANCELLING

#: Letters of a gift's number that name it in the audit trail: its whole number opens the donor's page.
LETTERS: Final = 12


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened."""

    #: A step of which only the day is known stands right behind what came before it.
    at: datetime
    text: str
    aside: str = ""
    by_day: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """A line of the ledger."""

    on: date
    deed: str
    source: str
    debit: str
    credit: str
    money: Money


@dataclass(slots=True)
class Story:
    """All that is known of a gift, without its donor."""

    gift: Donation
    payments: Sequence[Payment] = ()
    refunds: Sequence[Refund] = ()
    disputes: Sequence[Dispute] = ()
    receipts: Sequence[GiftReceipt] = ()
    legs: Sequence[Leg] = ()
    steps: list[Step] = field(default_factory=list)

    @property
    def stolen(self) -> bool:
        """Tell whether its card may be stolen, and giving the money back still helps."""
        return any(one.is_suspect for one in self.payments)


def audit_subject(gift: Donation) -> str:
    """Name a gift to the audit trail, which people read who may not see its donor."""
    return f"donation:{gift.id.hex[:LETTERS]}"


def story(gift: Donation) -> Story:
    """Read what is known of a gift."""
    payments = session.scalars(select(Payment).where(Payment.subject == gift.subject)).all()
    ids = [one.id for one in payments]
    mine = or_(Refund.payment_id.in_(ids), Refund.subject == gift.subject)
    told = Story(
        gift=gift,
        payments=payments,
        refunds=session.scalars(select(Refund).where(mine)).all(),
        disputes=session.scalars(select(Dispute).where(Dispute.payment_id.in_(ids))).all(),
        receipts=session.scalars(
            select(GiftReceipt).where(GiftReceipt.subject == gift.subject)
        ).all(),
    )
    told.legs = legs(gift.book, _about(told))
    told.steps = sorted(_steps(told), key=lambda one: one.at)
    return told


def _about(told: Story) -> list[str]:
    """List the names under which the ledger knows this gift."""
    names = [told.gift.subject]
    for payment in told.payments:
        names += [one for one in (payment.charge_id, payment.intent_id) if one]
    names += [one.gateway_id for one in told.refunds if one.gateway_id]
    return names + [one.id for one in told.disputes]


def legs(book: str, about: Sequence[str]) -> list[Leg]:
    """List what the ledger has about some things, the oldest first."""
    query = (
        select(LedgerTransaction, LedgerPosting)
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.book == book, LedgerTransaction.about.in_(about))
        .order_by(LedgerTransaction.happened_on, LedgerTransaction.id, LedgerPosting.leg)
    )
    return [
        Leg(
            on=entry.happened_on,
            deed=entry.kind,
            source=entry.source,
            debit=_account(posting.debit_id),
            credit=_account(posting.credit_id),
            money=Money(posting.minor, posting.currency),
        )
        for entry, posting in session.execute(query)
    ]


def _account(number: int) -> str:
    one = session.get_one(LedgerAccount, number)
    return f"{words.ACCOUNTS[one.kind]} {one.detail}".strip()


def _steps(told: Story) -> Iterator[Step]:
    gift = told.gift
    yield Step(gift.created_at, _("Begun: %(amount)s", amount=written(gift.money)))
    for payment in told.payments:
        yield from _of_payment(payment)
    if gift.settled_on:
        begun = max([gift.created_at, *(one.created_at for one in told.payments)])
        yield Step(_after(begun, gift.settled_on), _("Settled"), by_day=True)
    for receipt in told.receipts:
        yield _of_receipt(receipt)
    for refund in told.refunds:
        yield from _of_refund(refund, gift.currency)
    for dispute in told.disputes:
        yield _of_dispute(dispute, gift.currency)
    yield from _of_us(gift)


def _after(begun: datetime, on: date) -> datetime:
    return max(begun, datetime.combine(on, time(), UTC))


def _of_payment(payment: Payment) -> Iterator[Step]:
    yield Step(
        payment.created_at,
        _("A page to pay on was asked for at “%(account)s”", account=payment.account),
        str(words.PAYMENTS[payment.state]),
    )
    if payment.paid_on:
        text = _("Paid at the gateway, by %(method)s", method=payment.method or "–")
        at = _after(payment.created_at, payment.paid_on)
        yield Step(at, text, payment.charge_id or "", by_day=True)
    if payment.trouble:
        yield Step(payment.created_at, _("The gateway says: %(word)s", word=payment.trouble))


def _of_receipt(receipt: GiftReceipt) -> Step:
    if receipt.kind == CANCELLING and receipt.cancels is not None:
        text = _(
            "Receipt %(number)s takes back %(cancelled)s",
            number=receipt.name,
            cancelled=receipt.cancels.name,
        )
    else:
        text = _("Receipt %(number)s", number=receipt.name)
    return Step(receipt.issued_at, text, written(receipt.money))


def _of_refund(refund: Refund, currency: str) -> Iterator[Step]:
    amount = written(Money(refund.minor, currency))
    asked = _name(refund.asked_by)
    if asked:
        text = _("%(name)s asked for %(amount)s to go back", name=asked, amount=amount)
    else:
        text = _("%(amount)s went back at the gateway, not asked for by us", amount=amount)
    yield Step(refund.created_at, text, refund.reason)
    allowed = refund.outside if refund.by_outside else _name(refund.allowed_by)
    aside = _("allowed by %(name)s", name=allowed) if allowed else refund.alone_reason or ""
    yield Step(refund.changed_at, str(words.REFUNDS[refund.state]), aside)


def _of_dispute(dispute: Dispute, currency: str) -> Step:
    amount = written(Money(dispute.minor, currency))
    text = _("The donor’s bank wants %(amount)s back", amount=amount)
    return Step(dispute.opened_at, text, f"{dispute.reason}, {dispute.state}")


def _of_us(gift: Donation) -> Iterator[Step]:
    """List what people of ours did with it, as the audit trail has it."""
    query = select(AuditEntry).where(AuditEntry.subject == audit_subject(gift))
    for one in session.scalars(query.order_by(AuditEntry.id)):
        yield Step(one.at, f"{deeds.who(one)}: {deeds.deed(one)}")


def _name(person_id: int | None) -> str:
    person = people.person(person_id) if person_id else None
    return person.name if person else ""
