"""Five honest numbers, each by itself, and what waits for somebody."""

import re
from datetime import UTC, date, datetime
from functools import partial
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.cash import depositing
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import services, sums
from campaign_app.finance import numbers, period, todo
from campaign_app.finance.numbers import Numbers
from campaign_app.payments import ledger, states
from campaign_app.payments.accounts import BANK, CASH, DEPOSIT, DONATION, TEST, UNASSIGNED
from campaign_app.payments.flows import Flow, Purse, Span, flow
from campaign_app.payments.ledger import Account, Entry, Leg
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import Dispute, GatewayAccount, Payment
from tests.cash.counted import WON as BAG
from tests.cash.counted import Cash
from tests.payments.giving import Giving

WON, FRANCS = Purse("pscore-kr", "KRW"), Purse("friends-fr", "CHF")


def today() -> Span:
    return Span(clock.today(), clock.today())


def counted(app: Flask) -> dict[Purse, Numbers]:
    with app.app_context():
        session.rollback()
        return {one.purse: one for one in numbers.of(till(), period.month_of(clock.today()))}


def paid(giving: Giving, minor: int, currency: str = "KRW") -> None:
    giving.pay(giving.gift(minor, currency))
    giving.deliver()
    giving.work()


def enter(app: Flask, source: str, kind: str, leg: tuple[str, str], won: int) -> None:
    entry = Entry(
        book=TEST,
        entity="pscore-kr",
        source=source,
        kind=kind,
        on=clock.today(),
        legs=[Leg(Account(leg[0], "seoul"), Account(leg[1]), Money(won, "KRW"))],
    )
    with app.app_context():
        transact(partial(ledger.post, entry))


def test_each_purse_has_its_own_numbers(app: Flask, giving: Giving) -> None:
    paid(giving, 20000)
    paid(giving, 2500, "CHF")
    giving.promise(giving.gift(3000, "CHF"))
    giving.deliver()
    giving.work()
    found = counted(app)
    assert found[Purse("friends-fr", "KRW")].settled == Money(20000, "KRW")
    assert found[FRANCS].settled == Money(2500, "CHF")
    assert found[FRANCS].pending == Money(3000, "CHF")
    assert not found[WON]  # our bank account is shown though nothing came


def test_what_went_back_is_not_settled(app: Flask, giving: Giving) -> None:
    gift = giving.gift(20000)
    giving.pay(gift)
    giving.deliver()
    giving.work()
    with app.app_context():
        transact(partial(services.give_back, gift, 5000))
    assert counted(app)[Purse("friends-fr", "KRW")].settled == Money(15000, "KRW")


def test_a_transfer_nobody_knows_is_a_number_of_its_own(app: Flask) -> None:
    enter(app, "bank:seoul:1", "transfer_arrived", (BANK, UNASSIGNED), 7000)
    found = counted(app)[WON]
    assert (found.unassigned, found.settled) == (Money(7000, "KRW"), Money(0, "KRW"))


def test_counted_and_banked_are_two_numbers_and_neither_is_settled(app: Flask, cash: Cash) -> None:
    row = cash.counted()
    found = counted(app)[WON]
    assert (found.counted, found.banked, found.settled) == (BAG, Money(0, "KRW"), Money(0, "KRW"))
    deposit = cash.deposited(row)
    arrive = partial(
        depositing.arrived, deposit, source="bank:seoul:9", amount=BAG, on=clock.today()
    )
    cash.do(arrive)
    found = counted(app)[WON]
    assert (found.counted, found.banked) == (BAG, BAG)


def test_flows_take_off_what_was_taken_back(app: Flask) -> None:
    enter(app, "cash:1", "cash_counted", (CASH, DONATION), 9000)
    enter(app, "cash:2", "cash_deposited", (DEPOSIT, CASH), 4000)
    with app.app_context():
        first = ledger.find(TEST, "cash:1")
        assert first
        back = first.reversal("cash:1:back", "correction", clock.today())
        transact(partial(ledger.post, back))
        assert flow(TEST, Flow(CASH, DONATION), today())[WON] == Money(0, "KRW")
        assert flow(TEST, Flow(CASH, DONATION), Span(date(2020, 1, 1), date(2020, 2, 1))) == {}


def test_cash_with_a_receipt_is_not_counted_twice(app: Flask, giving: Giving) -> None:
    """Its money lies in the box and is counted with the box."""
    gift = giving.gift(50000, way="cash")
    with app.app_context():
        transact(partial(services.settle, gift, on=clock.today()))
        assert sums.settled(TEST, today()) == {}
    assert not counted(app)[WON]


def test_a_gift_counts_in_the_time_in_which_it_settled(app: Flask, giving: Giving) -> None:
    paid(giving, 20000)
    with app.app_context():
        assert sums.settled(TEST, Span(date(2020, 1, 1), date(2020, 12, 31))) == {}
        assert sums.settled(TEST, today())[Purse("friends-fr", "KRW")].minor == 20000


def test_the_page_shows_each_number_and_leads_to_how_it_was_counted(
    treasurer: FlaskClient, giving: Giving
) -> None:
    paid(giving, 2500, "CHF")
    page = unescape(treasurer.get("/console/money/").text)
    assert "CHF\xa025.00" in page or "CHF25.00" in page
    link = re.search(r'href="(/console/money/gifts/\?[^"]*currency=CHF[^"]*)"', page)
    assert link
    assert "25.00" in treasurer.get(link[1]).text


def test_another_time_is_another_sum(treasurer: FlaskClient, giving: Giving) -> None:
    paid(giving, 2500, "CHF")
    assert "25.00" not in treasurer.get("/console/money/?from=2020-01-01&to=2020-01-31").text


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ({"from": "2026-02-03", "to": "2026-02-20"}, "2026-02-03", "2026-02-20"),
        ({"from": "2026-02-20", "to": "2026-02-03"}, "2026-02-03", "2026-02-20"),
        ({"to": "1999-01-01", "from": "2026-02-30"}, "2026-11-01", "2026-11-30"),
        ({"from": "yesterday"}, "2026-11-01", "2026-11-30"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_time_is_read_or_is_this_month(
    app: Flask, said: dict[str, str], first: str, last: str
) -> None:
    with app.app_context(), clock.frozen(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        found = period.asked(said)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_months_follow_each_other() -> None:
    february = period.month_of(date(2028, 2, 10))
    assert (february.last, february.before.first) == (date(2028, 2, 29), date(2028, 1, 1))
    assert february.after.last == date(2028, 3, 31)
    assert period.month_of(date(2026, 12, 5)).after.first == date(2027, 1, 1)


# What waits


def waits(app: Flask) -> list[tuple[str, str]]:
    with app.test_request_context("/console/"):
        session.rollback()
        return [(one.kind, one.url) for one in todo.todos()]


def test_nothing_waits_in_a_quiet_house(app: Flask, giving: Giving) -> None:
    paid(giving, 20000)
    giving.poll()
    assert waits(app) == []


def test_a_dispute_waits_until_it_is_over(app: Flask, giving: Giving) -> None:
    gift = giving.gift()
    giving.pay(gift)
    giving.deliver()
    giving.dispute(gift)
    giving.poll()
    with app.app_context():
        about = session.query(Dispute).one()
        page = f"/console/money/refunds/disputes/{about.account}/{about.id}"

    def become(state: str) -> None:
        with app.app_context():
            transact(lambda: setattr(session.query(Dispute).one(), "state", state))

    assert ("bad", page) in waits(app)
    become("under_review")
    assert waits(app) == [("", page)], "it is answered: nobody is asked to answer again"
    for state in ("won", "prevented"):
        become(state)
        assert waits(app) == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_warning_of_a_stolen_card_waits_until_the_gift_is_given_back(
    app: Flask, giving: Giving
) -> None:
    gift = giving.gift()
    giving.pay(gift)
    giving.deliver()
    giving.poll()
    charge = giving.charge(gift)["id"]
    giving.bank(lambda at: at.warn(charge))
    giving.deliver()
    giving.work()
    assert waits(app) == [("bad", f"/console/money/gifts/{gift}")]
    with app.app_context():
        transact(lambda: setattr(session.query(Payment).one(), "refunded", 20_000))
    assert waits(app) == []


def test_a_payment_in_quarantine_waits(app: Flask, giving: Giving) -> None:
    giving.gift()
    with app.app_context():

        def spoil() -> None:
            session.query(Payment).one().state = states.QUARANTINED

        transact(spoil)
    assert waits(app) == [("bad", "/console/money/gifts/?state=quarantined")]


def test_a_gateway_that_is_silent_for_an_hour_waits(app: Flask, giving: Giving) -> None:
    giving.poll()
    assert waits(app) == []
    with app.app_context():

        def silence() -> None:
            session.query(GatewayAccount).one().read_until = clock.now() - 2 * todo.SILENCE

        transact(silence)
    assert waits(app) == [("bad", "/console/money/proof/")]


def test_cash_that_is_not_at_the_bank_waits(app: Flask, cash: Cash) -> None:
    cash.counted()
    assert waits(app) == [("warn", "/console/money/cash/")]
