"""What happened to one account in a time: what was there, what came and went and why, what is there.

The end is summed apart from the way there, so a row that somebody changed or lost shows as a gap.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.payments import ledger
from campaign_app.payments.accounts import FEE, GATEWAY, HELD, KINDS, PAYOUT
from campaign_app.payments.flows import Span
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction
from campaign_app.payments.till import Till

#: One side of postings.
Column = InstrumentedAttribute[int]
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
    known = sorted(_accounts(till.book))
    ordered = sorted(known, key=lambda one: (one.account.detail, one.currency, _place(one)))
    return [statement(till.book, where, span) for where in ordered]


def _accounts(book: str) -> Iterator[Where]:
    """Name every account that lies at a gateway."""
    query = select(LedgerAccount).where(
        LedgerAccount.book == book, LedgerAccount.kind.in_((GATEWAY, HELD, PAYOUT))
    )
    for one in session.scalars(query):
        yield Where(one.entity, one.currency, Account(one.kind, one.detail))


def _place(where: Where) -> int:
    return KINDS.index(where.account.kind)


def statement(book: str, where: Where, span: Span) -> Statement:
    """Write one account's statement."""
    return Statement(
        where=where,
        opening=ledger.balance(book, where, on=span.first - timedelta(days=1)),
        moved=_moved(book, where, span),
        closing=_at_the_end(book, where, span.last),
    )


def _moved(book: str, where: Where, span: Span) -> dict[str, Money]:
    """Sum what came and went by its reason; a fee is a fee, whatever it was taken off."""
    sums: defaultdict[str, int] = defaultdict(int)
    mine, other = LedgerPosting.debit_id, LedgerPosting.credit_id
    for side, across, sign in ((mine, other, 1), (other, mine, -1)):
        for deed, kind, minor in session.execute(_reasons(book, where, (side, across), span)):
            sums[FEES if kind == FEE else OF_DEED.get(deed, OTHER)] += sign * int(minor)
    order = (*LINES, FEES, OTHER)
    return {line: Money(sums[line], where.currency) for line in order if line in sums}


def _reasons(
    book: str, where: Where, sides: tuple[Column, Column], span: Span
) -> Select[str, str, int]:
    """Sum one side of an account by the deed, and by the kind of account on the other side."""
    side, across = sides
    return (
        select(LedgerTransaction.kind, LedgerAccount.kind, func.sum(LedgerPosting.minor))
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == across)
        .where(side == _number(book, where), *_of(book, where))
        .where(LedgerTransaction.happened_on.between(span.first, span.last))
        .group_by(LedgerTransaction.kind, LedgerAccount.kind)
    )


def _of(book: str, where: Where) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Say whose entries are meant, so that their days are found by the index."""
    return LedgerTransaction.book == book, LedgerTransaction.entity == where.entity


def _at_the_end(book: str, where: Where, last: date) -> Money:
    """Take what came later off what is there now: another way than `_moved` goes, and other rows."""
    number, now = _number(book, where), ledger.balance(book, where)
    later = select(func.coalesce(func.sum(LedgerPosting.minor), 0)).join(
        LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id
    )
    later = later.where(LedgerTransaction.happened_on > last, *_of(book, where))
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
