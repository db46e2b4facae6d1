"""What must be true of gifts, receipts, letters and postings, whatever happened: asked of the rows alone.

Each gift that was paid is one gift, with exactly one receipt that counts for what is left of it, numbered
without a gap; whoever left a mailbox is thanked once; what went back was taken off the receipt.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import select

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.donations import contacts, states
from campaign_app.donations.models import Donation
from campaign_app.outbox.models import OutboxRow
from campaign_app.payments import ledger, proving
from campaign_app.payments import states as paying
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import Dispute, Payment, Refund
from campaign_app.receipts.models import GiftReceipt, ReceiptSeries
from campaign_app.receipts.states import ISSUED

THANKS = "donations/thanks"


@dataclass(frozen=True, slots=True)
class Said:
    """What our books say of one gift."""

    state: str
    #: Amounts of the receipts that count.
    receipts: list[int] = field(default_factory=list)
    #: Letters that thank, still in the outbox.
    letters: int = 0
    returned: int = 0
    #: Receipts that were taken back.
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class Back:
    """A refund that was allowed and not sent yet."""

    reference: str
    charge_id: str
    amount: Money


@dataclass
class Papers:
    """The receipts of a gift."""

    issued: list[GiftReceipt] = field(default_factory=list)
    cancelled: set[UUID] = field(default_factory=set)

    @property
    def counting(self) -> list[GiftReceipt]:
        """List those that were not taken back."""
        return [one for one in self.issued if one.id not in self.cancelled]


def said(gift_id: UUID) -> Said:
    """Read what our books say of a gift."""
    gift = session.get_one(Donation, gift_id, populate_existing=True)
    papers = _papers().get(gift.subject, Papers())
    return Said(
        gift.state,
        [one.minor for one in papers.counting],
        _letters()[f"{gift.subject}:{THANKS}"],
        gift.returned,
        len(papers.cancelled),
    )


def allowed_refund(gift: UUID, minor: int) -> Back:
    """Write a refund that was allowed, in the caller's transaction."""
    mine = select(Payment).where(
        Payment.subject == f"donation:{gift.hex}", Payment.state == paying.PAID
    )
    payment = session.scalars(mine).one()
    row = Refund(
        id=uuid4(), payment_id=payment.id, minor=minor, reason="asked", state=paying.ALLOWED
    )
    session.add(row)
    return Back(row.id.hex, str(payment.charge_id), Money(minor, payment.currency))


def _papers() -> Mapping[str, Papers]:
    found: dict[str, Papers] = defaultdict(Papers)
    for one in session.scalars(select(GiftReceipt).order_by(GiftReceipt.number)):
        papers = found[one.subject]
        if one.kind == ISSUED:
            papers.issued.append(one)
        elif one.cancels_id:
            papers.cancelled.add(one.cancels_id)
    return found


def _letters() -> Counter[str]:
    return Counter(session.scalars(select(OutboxRow.ref).where(OutboxRow.is_mail)))


# What cannot be


def wrong(book: str, *, letters: bool = True, entity: str = "") -> list[str]:
    """List whatever cannot be; `letters=False` once mail has gone out, since its rows are gone."""
    mine = [Donation.book == book, *([Donation.entity == entity] if entity else [])]
    gifts = session.scalars(select(Donation).where(*mine)).all()
    papers, posted = _papers(), _letters()
    found = [flaw for gift in gifts for flaw in _of_a_gift(gift, papers[gift.subject])]
    if letters:
        found += [flaw for gift in gifts for flaw in _unthanked(gift, posted)]
    found += _strays(gifts, papers if not entity else {})
    return found + _numbers(book, entity) + [str(flaw) for flaw in ledger.prove(book)]


def _of_a_gift(gift: Donation, papers: Papers) -> list[str]:
    """A settled gift has one receipt that counts for what is left of it; another one has none."""
    name, left = f"gift {gift.id.hex[:8]}", gift.minor - gift.returned
    counting = [(one.minor, one.currency) for one in papers.counting]
    expected = [(left, gift.currency)] if gift.state == states.SETTLED and left else []
    flaws = [] if counting == expected else [f"{name}: receipts {counting}, not {expected}"]
    turns = [one.turn for one in papers.issued]
    if turns != [*range(1, len(turns) + 1)]:
        flaws.append(f"{name}: receipts in turns {turns}")
    if gift.way == states.CARD:
        flaws += _unlike_its_payment(gift, name)
    return flaws


def _unlike_its_payment(gift: Donation, name: str) -> list[str]:
    attempts = session.scalars(select(Payment).where(Payment.subject == gift.subject)).all()
    paid = [one for one in attempts if one.state == paying.PAID]
    flaws = [f"{name}: paid {len(paid)} times"] if len(paid) > 1 else []
    if bool(paid) != (gift.state == states.SETTLED):
        flaws.append(f"{name}: {gift.state}, and its payments {[one.state for one in attempts]}")
    gone = sum(one.refunded for one in paid) + sum(map(_lost, paid))
    if gift.returned != min(gone, gift.minor):
        flaws.append(f"{name}: {gift.returned} went back, and of its payments {gone}")
    if any((one.minor, one.currency, one.entity) != _sum_of(gift) for one in attempts):
        flaws.append(f"{name}: another sum than its payments")
    return flaws


def _sum_of(gift: Donation) -> tuple[int, str, str]:
    return gift.minor, gift.currency, gift.entity


def _lost(payment: Payment) -> int:
    lost = select(Dispute.minor).where(Dispute.payment_id == payment.id, Dispute.state == "lost")
    return sum(session.scalars(lost))


def _unthanked(gift: Donation, posted: Counter[str]) -> list[str]:
    """Whoever left a mailbox is thanked once when the money came, and nobody else ever."""
    mail = contacts.open_(gift.id, gift.contact).mail
    expected = 1 if mail and gift.state == states.SETTLED else 0
    n = posted[f"{gift.subject}:{THANKS}"]
    return [] if n == expected else [f"gift {gift.id.hex[:8]}: thanked {n} times, not {expected}"]


def _strays(gifts: Iterable[Donation], papers: Mapping[str, Papers]) -> list[str]:
    known = {gift.subject for gift in gifts}
    mine = [one for one in papers if one.startswith("donation:") and papers[one].issued]
    return [f"a receipt of no gift: {one}" for one in mine if one not in known]


def _numbers(book: str, entity: str) -> list[str]:
    """Receipts are numbered from 1 on, without a gap, as far as their series counted."""
    numbered: dict[tuple[str, int], list[int]] = defaultdict(list)
    for one in session.scalars(select(GiftReceipt).where(GiftReceipt.book == book)):
        numbered[one.entity, one.year].append(one.number)
    flaws = []
    for series in session.scalars(select(ReceiptSeries).where(ReceiptSeries.book == book)):
        session.refresh(series)
        numbers = sorted(numbered.pop((series.entity, series.year), []))
        if entity in {"", series.entity} and numbers != [*range(1, series.last + 1)]:
            flaws.append(f"{series.entity} {series.year}: counted to {series.last}, not {numbers}")
    return flaws + [f"receipts of no series: {one}" for one in numbered if entity in {"", one[0]}]


def unlike_the_bank(account: str) -> list[str]:
    """Compare the ledger with the gateway's books, as the daily proof does."""
    return [
        f"{one.currency}: {one.difference} {one.mismatches}"
        for one in proving.prove(account, till())
        if one.difference or any(one.mismatches.values())
    ]
