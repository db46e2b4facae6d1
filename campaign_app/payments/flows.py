"""How much went from one kind of account to another in a time, per legal entity and currency.

    flow(book, Flow(CASH, DONATION), Span(first, last))    # cash that was counted

What went back the same way is taken off, so that a mistake that was mended does not count.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.payments import ledger
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction


class Purse(NamedTuple):
    """Whose money, in which currency: amounts of two purses are never added."""

    entity: str
    currency: str


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Flow:
    """Two kinds of accounts: where it went, and where it came from."""

    debit: str
    credit: str

    @property
    def back(self) -> "Flow":
        """The other way."""
        return Flow(self.credit, self.debit)


def flow(book: str, what: Flow, span: Span) -> Mapping[Purse, Money]:
    """Sum what went one way, less what went back."""
    total = Counter(_one_way(book, what, span))
    total.subtract(_one_way(book, what.back, span))
    return {purse: Money(minor, purse.currency) for purse, minor in sorted(total.items())}


def _one_way(book: str, what: Flow, span: Span) -> dict[Purse, int]:
    into, out_of = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(LedgerPosting.entity, LedgerPosting.currency, func.sum(LedgerPosting.minor))
        .join(into, into.id == LedgerPosting.debit_id)
        .join(out_of, out_of.id == LedgerPosting.credit_id)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(LedgerPosting.book == book, into.kind == what.debit, out_of.kind == what.credit)
        .where(LedgerTransaction.happened_on.between(span.first, span.last))
        .group_by(LedgerPosting.entity, LedgerPosting.currency)
    )
    return {Purse(entity, code): int(minor) for entity, code, minor in session.execute(query)}


def into(book: str, purse: Purse, kinds: Sequence[str], span: Span) -> Money:
    """Sum what was entered into a purse's accounts of some kinds in a time (debits minus credits)."""
    total = 0
    for side, sign in ((LedgerPosting.debit_id, 1), (LedgerPosting.credit_id, -1)):
        query = (
            select(func.coalesce(func.sum(LedgerPosting.minor), 0))
            .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
            .join(LedgerAccount, LedgerAccount.id == side)
            .where(LedgerAccount.kind.in_(kinds), LedgerPosting.currency == purse.currency)
            .where(LedgerTransaction.book == book, LedgerTransaction.entity == purse.entity)
            .where(LedgerTransaction.happened_on.between(span.first, span.last))
        )
        total += sign * int(session.scalar(query) or 0)
    return Money(total, purse.currency)


def held(book: str, kind: str, *, on: date | None = None) -> Mapping[Purse, Money]:
    """Sum the accounts of a kind at the end of a day (debits minus credits)."""
    sums: dict[Purse, Money] = {}
    for where, money in ledger.balances(book, on=on, kinds=(kind,)).items():
        purse = Purse(where.entity, where.currency)
        sums[purse] = sums.get(purse, Money.none(purse.currency)) + money
    return sums
