"""Entering what happened to money, once, and asking what there is.

    post(Entry(book=LIVE, entity="pscore-kr", source="stripe:txn_1", kind="gift", on=today, legs=[
        Leg(Account(GATEWAY), Account(DONATION), Money(20000, "KRW")),
        Leg(Account(FEE), Account(GATEWAY), Money(600, "KRW")),
    ]))

Balances are derived from the postings at each question; nothing is cached that could drift. A mistake is
mended by another entry (`reversal`), never by a change.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from campaign_app.core import clock
from campaign_app.core.db import insert, insert_many, session, table_of
from campaign_app.core.money import Money
from campaign_app.payments import accounts
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction

#: So many rows are held in memory while all are added up.
AT_ONCE: Final = 2000


class SourceConflict(RuntimeError):
    """A source told something else the second time; somebody must look, nothing may guess."""


class BadEntry(ValueError):
    """An entry that no ledger takes: no legs, an amount that is not positive, two accounts alike."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An account of the chart; book, entity and currency come from where it is used."""

    kind: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.kind not in accounts.KINDS:
            raise BadEntry(f"there is no account called {self.kind!r}")


@dataclass(frozen=True, slots=True)
class Leg:
    """An amount that leaves `credit` and enters `debit`."""

    debit: Account
    credit: Account
    money: Money

    def __post_init__(self) -> None:
        if self.money.minor <= 0 or self.debit == self.credit:
            raise BadEntry("a leg moves more than nothing, from one account to another")

    @property
    def turned(self) -> "Leg":
        """Move it back."""
        return Leg(self.credit, self.debit, self.money)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, as its source tells it."""

    book: str
    entity: str
    source: str
    kind: str
    on: date
    legs: Sequence[Leg]
    #: Leads from a gift to its entries; no part of what a source is held to.
    about: str = ""

    def __post_init__(self) -> None:
        if not self.legs or self.book not in accounts.BOOKS or self.kind not in accounts.DEEDS:
            raise BadEntry("an entry has a book, a kind that we know, and a leg")

    def reversal(self, source: str, kind: str, on: date) -> Self:
        """Write what takes this entry back."""
        legs = [leg.turned for leg in self.legs]
        return replace(self, source=source, kind=kind, on=on, legs=legs)


def post(entry: Entry) -> bool:
    """Enter something in the caller's transaction; False if this source told the same before."""
    row = insert(LedgerTransaction).values(
        book=entry.book,
        entity=entry.entity,
        source=entry.source,
        kind=entry.kind,
        about=entry.about,
        happened_on=entry.on,
        recorded_at=clock.now(),
    )
    first = row.on_conflict_do_nothing(index_elements=["book", "source"])
    number = session.scalar(first.returning(LedgerTransaction.id))
    if number is None:
        _check_the_same(entry)
        return False
    insert_many(table_of(LedgerPosting), list(_rows(entry, number)))
    return True


def _rows(entry: Entry, number: int) -> Iterable[dict[str, Any]]:
    for place, leg in enumerate(entry.legs, 1):
        currency = leg.money.currency
        yield {
            "transaction_id": number,
            "leg": place,
            "book": entry.book,
            "entity": entry.entity,
            "currency": currency,
            "debit_id": _account_id(entry, leg.debit, currency),
            "credit_id": _account_id(entry, leg.credit, currency),
            "minor": leg.money.minor,
        }


def _account_id(entry: Entry, account: Account, currency: str) -> int:
    """Find an account, opening it at its first use."""
    key = {
        "book": entry.book,
        "entity": entry.entity,
        "currency": currency,
        "kind": account.kind,
        "detail": account.detail,
    }
    found = select(LedgerAccount.id).filter_by(**key)
    number = session.scalar(found)
    if number is None:
        opened = insert(LedgerAccount).values(key)
        session.execute(opened.on_conflict_do_nothing(index_elements=list(key)))
        number = session.scalar(found)
    if number is None:
        raise AssertionError("an account is never deleted")
    return number


def _check_the_same(entry: Entry) -> None:
    """Compare with what the source told first; the order of legs and the day may differ."""
    known = find(entry.book, entry.source)
    if known is None or (known.entity, known.kind) != (entry.entity, entry.kind):
        raise SourceConflict(f"{entry.source} told of another deed before")
    if Counter(known.legs) != Counter(entry.legs):
        raise SourceConflict(f"{entry.source} told of other amounts before")


def find(book: str, source: str) -> Entry | None:
    """Read what a source told."""
    told = select(LedgerTransaction).where(
        LedgerTransaction.book == book, LedgerTransaction.source == source
    )
    found = session.scalar(told)
    if found is None:
        return None
    return Entry(
        book=found.book,
        entity=found.entity,
        source=found.source,
        kind=found.kind,
        on=found.happened_on,
        legs=_legs_of(found.id),
        about=found.about,
    )


def legs(book: str, source: str) -> list[Leg]:
    """Read what a source's entry moved; nothing where it is not there, or was emptied by hand."""
    told = select(LedgerTransaction.id).where(
        LedgerTransaction.book == book, LedgerTransaction.source == source
    )
    number = session.scalar(told)
    return [] if number is None else _legs_of(number)


def _legs_of(number: int) -> list[Leg]:
    query = (
        select(LedgerPosting)
        .where(LedgerPosting.transaction_id == number)
        .order_by(LedgerPosting.leg)
    )
    return [
        Leg(_account(row.debit_id), _account(row.credit_id), Money(row.minor, row.currency))
        for row in session.scalars(query)
    ]


def _account(number: int) -> Account:
    found = session.get_one(LedgerAccount, number)
    return Account(found.kind, found.detail)


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """Names one account whole."""

    entity: str
    currency: str
    account: Account


def balances(
    book: str, *, on: date | None = None, kinds: Sequence[str] = accounts.KINDS
) -> Mapping[Where, Money]:
    """Sum every account of a book (debits minus credits), up to a day and that day included."""
    sums: Counter[Where] = Counter()
    for side, sign in ((LedgerPosting.debit_id, 1), (LedgerPosting.credit_id, -1)):
        for entity, currency, kind, detail, total in session.execute(
            _summed(side, on).where(LedgerAccount.book == book, LedgerAccount.kind.in_(kinds))
        ):
            sums[Where(entity, currency, Account(kind, detail))] += sign * int(total)
    return {where: Money(total, where.currency) for where, total in sums.items()}


def _summed(side: InstrumentedAttribute[int], on: date | None) -> Select[str, str, str, str, int]:
    """Sum one side of each account, by the index of that side alone as long as no day is said."""
    names = (
        LedgerAccount.entity,
        LedgerAccount.currency,
        LedgerAccount.kind,
        LedgerAccount.detail,
    )
    query = select(*names, func.sum(LedgerPosting.minor)).join(
        LedgerPosting, side == LedgerAccount.id
    )
    if on is not None:
        query = query.join(
            LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id
        ).where(LedgerTransaction.happened_on <= on)
    return query.group_by(*names)


def balance(book: str, where: Where, *, on: date | None = None) -> Money:
    """Tell what is in one account: debits minus credits, up to a day and that day included."""
    known = select(LedgerAccount.id).where(
        LedgerAccount.book == book,
        LedgerAccount.entity == where.entity,
        LedgerAccount.currency == where.currency,
        LedgerAccount.kind == where.account.kind,
        LedgerAccount.detail == where.account.detail,
    )
    total = 0
    for side, sign in ((LedgerPosting.debit_id, 1), (LedgerPosting.credit_id, -1)):
        one_side = _summed(side, on).where(LedgerAccount.id == known.scalar_subquery())
        total += sum(sign * int(row[-1]) for row in session.execute(one_side))
    return Money(total, where.currency)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the ledger that cannot be."""

    what: str
    where: str


def prove(book: str) -> list[Flaw]:
    """Add everything up again, row by row and not as `balances` does, and name what cannot be.

    The constraints make each of these impossible; the proof is for a database that somebody mended by
    hand, restored in part, or moved.
    """
    flaws: list[Flaw] = []
    totals: Counter[tuple[int, str]] = Counter()
    legs: Counter[int] = Counter()
    every = select(LedgerPosting.__table__).where(LedgerPosting.book == book)
    rows = session.execute(every.execution_options(yield_per=AT_ONCE))
    known = {one.id: one for one in session.scalars(select(LedgerAccount))}
    for row in rows.mappings():
        legs[row["transaction_id"]] += 1
        flaws += _flaws_of(dict(row), known)
        totals[row["debit_id"], row["currency"]] += row["minor"]
        totals[row["credit_id"], row["currency"]] -= row["minor"]
    flaws += _empty_ones(book, legs)
    return flaws + _not_as_told(book, totals, known)


def postings(book: str) -> int:
    """Count the postings of a book."""
    query = select(func.count()).select_from(LedgerPosting).where(LedgerPosting.book == book)
    return session.scalar(query) or 0


def _flaws_of(row: Mapping[str, Any], known: Mapping[int, LedgerAccount]) -> list[Flaw]:
    named = f"transaction {row['transaction_id']}, leg {row['leg']}"
    if row["minor"] <= 0 or row["debit_id"] == row["credit_id"]:
        return [Flaw("moves nothing", named)]
    sides = (known.get(row["debit_id"]), known.get(row["credit_id"]))
    whole = (row["book"], row["entity"], row["currency"])
    if any(one is None or (one.book, one.entity, one.currency) != whole for one in sides):
        return [Flaw("crosses books, entities or currencies", named)]
    return []


def _empty_ones(book: str, legs: Counter[int]) -> list[Flaw]:
    entered = session.scalars(select(LedgerTransaction.id).where(LedgerTransaction.book == book))
    return [Flaw("has no legs", f"transaction {one}") for one in entered if not legs[one]]


def _not_as_told(
    book: str, totals: Counter[tuple[int, str]], known: Mapping[int, LedgerAccount]
) -> list[Flaw]:
    told = {
        (where.entity, where.currency, where.account): money.minor
        for where, money in balances(book).items()
    }
    flaws = []
    for (number, currency), total in totals.items():
        one = known.get(number)
        if one is None:
            continue
        where = (one.entity, currency, Account(one.kind, one.detail))
        if told.get(where, 0) != total:
            flaws.append(Flaw("has another balance than its postings", f"account {number}"))
    return flaws
