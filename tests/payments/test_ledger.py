"""The ledger: what happened is entered once, every posting balances, and every sum can be proven."""

import threading
import uuid
from collections import Counter
from datetime import date
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from campaign_app.core.db import db, session, transact
from campaign_app.core.money import Money
from campaign_app.payments import ledger
from campaign_app.payments.accounts import (
    BANK,
    CASH,
    DONATION,
    FEE,
    GATEWAY,
    LIVE,
    PAYOUT,
    REFUND,
    TEST,
)
from campaign_app.payments.ledger import Account, BadEntry, Entry, Leg, SourceConflict, Where
from campaign_app.payments.models import LedgerAccount, LedgerPosting, LedgerTransaction

SEOUL, GENEVA = "pscore-kr", "friends-ch"
TODAY = date(2026, 11, 14)


def won(minor: int) -> Money:
    return Money(minor, "KRW")


def gift(
    source: str = "test:1", amount: Money | None = None, fee: int = 600, **said: object
) -> Entry:
    amount = amount or won(20000)
    legs = [Leg(Account(GATEWAY), Account(DONATION), amount)]
    if fee:
        legs.append(Leg(Account(FEE), Account(GATEWAY), Money(fee, amount.currency)))
    facts: dict[str, object] = {"book": LIVE, "entity": SEOUL, "kind": "gift", "on": TODAY}
    return Entry(source=source, legs=legs, **(facts | said))  # type: ignore[arg-type]  # facts of a test


def post(entry: Entry) -> bool:
    return transact(partial(ledger.post, entry))


def holds(kind: str, currency: str = "KRW", *, book: str = LIVE, entity: str = SEOUL) -> int:
    return ledger.balance(book, Where(entity, currency, Account(kind))).minor


@pytest.fixture(autouse=True)
def in_the_app(app: Flask) -> object:
    with app.app_context():
        yield


def test_a_gift_stands_where_the_money_is_and_what_it_is() -> None:
    assert post(gift())
    assert (holds(GATEWAY), holds(DONATION), holds(FEE)) == (19400, -20000, 600)
    assert ledger.prove(LIVE) == []


def test_the_same_source_counts_once_however_often_it_tells() -> None:
    assert [post(gift()) for _again in range(3)] == [True, False, False]
    assert holds(DONATION) == -20000


def test_a_source_that_tells_something_else_is_not_believed() -> None:
    post(gift())
    for other in (gift(amount=won(20001)), gift(fee=0), gift(kind="refund"), gift(entity=GENEVA)):
        with pytest.raises(SourceConflict):
            post(other)
    assert holds(DONATION) == -20000


def test_live_and_test_are_two_books() -> None:
    post(gift())
    post(gift(book=TEST))
    assert holds(DONATION) == holds(DONATION, book=TEST) == -20000
    assert {where.entity for where in ledger.balances(TEST)} == {SEOUL}


def test_each_entity_and_currency_has_accounts_of_its_own() -> None:
    post(gift())
    post(gift("test:2", Money(5000, "CHF"), fee=0, entity=GENEVA))
    assert (holds(GATEWAY, "CHF", entity=GENEVA), holds(GATEWAY, "CHF")) == (5000, 0)


def test_what_is_taken_back_leaves_both_entries() -> None:
    post(gift(fee=0))
    first = ledger.find(LIVE, "test:1")
    assert first is not None
    assert post(first.reversal("test:1:back", "gift_reversed", TODAY))
    assert holds(DONATION) == holds(GATEWAY) == 0
    assert session.scalar(select(func.count()).select_from(LedgerTransaction)) == 2


def test_sums_can_be_asked_as_of_a_day() -> None:
    post(gift(fee=0))
    post(gift("test:2", fee=0, on=date(2026, 11, 15)))
    where = Where(SEOUL, "KRW", Account(DONATION))
    assert ledger.balances(LIVE, on=TODAY)[where] == won(-20000)
    assert ledger.balances(LIVE)[where] == won(-40000)


@pytest.mark.parametrize("wrong", [0, -1])
def test_nothing_and_less_than_nothing_cannot_be_moved(wrong: int) -> None:
    with pytest.raises(BadEntry):
        Leg(Account(GATEWAY), Account(DONATION), won(wrong))


def test_an_entry_without_sense_is_refused() -> None:
    with pytest.raises(BadEntry):
        Leg(Account(CASH), Account(CASH), won(1))
    with pytest.raises(BadEntry):
        Account("pocket")
    with pytest.raises(BadEntry):
        gift(kind="present")
    with pytest.raises(BadEntry):
        Entry(book=LIVE, entity=SEOUL, source="x", kind="gift", on=TODAY, legs=[])


def test_twenty_who_tell_the_same_at_once_enter_it_once(app: Flask) -> None:
    told: list[bool] = []

    def tell() -> None:
        with app.app_context():
            told.append(post(gift()))

    threads = [threading.Thread(target=tell) for _one in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(told) == {True: 1, False: 19}
    session.rollback()
    assert holds(DONATION) == -20000


def test_the_database_itself_refuses_a_posting_across_currencies() -> None:
    post(gift())
    post(gift("test:2", Money(5000, "CHF"), fee=0))
    accounts = {(one.currency, one.kind): one.id for one in session.scalars(select(LedgerAccount))}
    number = session.scalar(select(func.max(LedgerTransaction.id)))

    def cross() -> None:
        session.add(
            LedgerPosting(
                transaction_id=number,
                leg=9,
                book=LIVE,
                entity=SEOUL,
                currency="KRW",
                minor=1,
                debit_id=accounts["KRW", GATEWAY],
                credit_id=accounts["CHF", DONATION],
            )
        )

    with pytest.raises(IntegrityError):
        transact(cross)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_proof_finds_what_somebody_wrote_into_the_file_by_hand() -> None:
    post(gift(fee=0))
    with db.engine.connect() as by_hand:
        by_hand.execute(text("PRAGMA foreign_keys=OFF"))
        by_hand.execute(text("DELETE FROM ledger_posting"))
        by_hand.commit()
    session.rollback()
    assert [flaw.what for flaw in ledger.prove(LIVE)] == ["has no legs"]


KINDS = st.sampled_from([GATEWAY, DONATION, FEE, REFUND, PAYOUT, BANK, CASH])
LEGS = st.tuples(KINDS, KINDS, st.integers(1, 10**9), st.sampled_from(["KRW", "CHF", "EUR", "USD"]))
TOLD = st.lists(
    st.tuples(st.integers(0, 9), LEGS.filter(lambda leg: leg[0] != leg[1])), max_size=12
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=TOLD)
def test_any_history_balances_and_agrees_with_a_count_by_hand(
    told: list[tuple[int, tuple[str, str, int, str]]],
) -> None:
    mine = str(uuid.uuid4())  # each example has an entity of its own in one ledger
    first: dict[int, Leg] = {}
    by_hand: Counter[tuple[str, str]] = Counter()
    for source, (debit, credit, minor, currency) in told:
        leg = Leg(Account(debit), Account(credit), Money(minor, currency))
        entry = Entry(
            book=TEST,
            entity=mine,
            source=f"{mine}:{source}",
            kind="correction",
            on=TODAY,
            legs=[leg],
        )
        if first.setdefault(source, leg) != leg:
            with pytest.raises(SourceConflict):
                post(entry)
            continue
        if post(entry):
            by_hand[debit, currency] += minor
            by_hand[credit, currency] -= minor
    mine_now = {w: m for w, m in ledger.balances(TEST).items() if w.entity == mine}
    assert {(w.account.kind, w.currency): m.minor for w, m in mine_now.items()} == dict(by_hand)
    assert sum(money.minor for money in mine_now.values()) == 0
    assert ledger.prove(TEST) == []
