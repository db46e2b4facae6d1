"""What happened to one account in a time: what was there, what came and went and why, what is there.

The end is summed apart from the way there, so a row that somebody changed or lost shows as a gap.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.payments import ledger
from campaign_app.payments.accounts import FEE, GATEWAY, HELD, KINDS, PAYOUT
from campaign_app.payments.flows import Span
from campaign_app.payments.ledger import Where
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction
from campaign_app.payments.till import Till

#: Lines of a statement, and the deeds that each of them sums.
LINES: Final = {
    "gifts": ("gift", "gift_reversed"),
    "refunds": ("refund", "refund_failed"),
    "disputes": ("dispute_opened", "dispute_won", "dispute_lost"),
    "payouts": ("payout", "payout_failed", "payout_arrived"),
}
FEES: Final = "fees"
OTHER: Final = "other"
OF_DEED: Final = {deed: line for line, deeds in LINES.items() for deed in deeds}


@dataclass(frozen=True, slots=True)
class Statement:
    """One account over a time."""

    where: Where
    opening: Money
    moved: Mapping[str, Money]
    closing: Money

    @property
    def gap(self) -> Money:
        """Tell by how much the end is not what the way there says; nothing, always."""
        return self.closing - Money.sum_of(
            [self.opening, *self.moved.values()], self.where.currency
        )


def of_gateways(till: Till, span: Span) -> list[Statement]:
    """Write a statement for each account that lies at a gateway: free, held, and on its way to us."""
    known = sorted(
        where
        for where in ledger.balances(till.book)
        if where.account.kind in (GATEWAY, HELD, PAYOUT)
    )
    ordered = sorted(known, key=lambda one: (one.account.detail, one.currency, _place(one)))
    return [statement(till.book, where, span) for where in ordered]


def _place(where: Where) -> int:
    return KINDS.index(where.account.kind)


def statement(book: str, where: Where, span: Span) -> Statement:
    """Write one account's statement."""
    before = ledger.balances(book, on=span.first - timedelta(days=1))
    none = Money.none(where.currency)
    return Statement(
        where=where,
        opening=before.get(where, none),
        moved=_moved(book, where, span),
        closing=_at_the_end(book, where, span.last),
    )


def _moved(book: str, where: Where, span: Span) -> dict[str, Money]:
    """Sum what came and went by its reason; a fee is a fee, whatever it was taken off."""
    number = _number(book, where)
    names = {one.id: one.kind for one in session.scalars(select(LedgerAccount))}
    sums: defaultdict[str, int] = defaultdict(int)
    query = (
        select(LedgerPosting, LedgerTransaction.kind)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(or_(LedgerPosting.debit_id == number, LedgerPosting.credit_id == number))
        .where(LedgerTransaction.happened_on.between(span.first, span.last))
    )
    for posting, deed in session.execute(query):
        came = posting.debit_id == number
        other = names.get(posting.credit_id if came else posting.debit_id)
        line = FEES if other == FEE else OF_DEED.get(deed, OTHER)
        sums[line] += posting.minor if came else -posting.minor
    order = (*LINES, FEES, OTHER)
    return {line: Money(sums[line], where.currency) for line in order if line in sums}


def _at_the_end(book: str, where: Where, last: date) -> Money:
    """Take what came later off what is there now: another way than `_moved` goes, and other rows."""
    number, now = _number(book, where), ledger.balance(book, where)
    later = select(func.coalesce(func.sum(LedgerPosting.minor), 0)).join(
        LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id
    )
    later = later.where(LedgerTransaction.happened_on > last)
    came = int(session.scalar(later.where(LedgerPosting.debit_id == number)) or 0)
    went = int(session.scalar(later.where(LedgerPosting.credit_id == number)) or 0)
    return now - Money(came - went, where.currency)


def _number(book: str, where: Where) -> int:
    query = select(LedgerAccount.id).filter_by(
        book=book,
        entity=where.entity,
        currency=where.currency,
        kind=where.account.kind,
        detail=where.account.detail,
    )
    return session.scalar(query) or 0
