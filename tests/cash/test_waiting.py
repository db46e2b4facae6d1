"""Finance sees apart what waits here, what is on its way, what fits no account, what nobody can confirm."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from campaign_app.cash import banking, counting, depositing, queries, states
from campaign_app.cash.wrong import NeedsReason, NotNow
from campaign_app.core import clock
from campaign_app.core.money import Money
from campaign_app.payments import ledger, ways
from campaign_app.payments.opening import till
from tests.accounts.people import signed_in, token_in
from tests.cash.counted import BOX, CASH, DEPOSIT, FRANCS, PURSE, VARIANCE, WON, Cash, proven
from tests.cash.test_depositing import arrives

MONEY = "/console/money/cash/"
#: What came of five francs.
CAME = Money(7_400, "KRW")
WON_ONLY = {"KRW-10000": 3, "KRW-500": 1}


@pytest.fixture
def finance(cash: Cash) -> FlaskClient:
    """Sign somebody in who keeps the money."""
    return signed_in(cash.app, "finance", name="Jiwoo")


def sent(client: FlaskClient, address: str, said: Mapping[str, object]) -> int:
    data = {"csrf_token": token_in(client.get(address)), **said}
    return client.post(address, data=data).status_code


def exchanged(cash: Cash, row: int, amount: Money = CAME, why: str = "1 CHF = 1,480 won") -> int:
    def work() -> int:
        bank = ways.of_the_app().banks["seoul"]
        day = counting.day_of(queries.openings()[0])
        new = depositing.NewDeposit(
            bank=bank, openings=[row], amount=amount, slip="EX-1", on=day, reason=why, of="CHF"
        )
        return depositing.deposit(new).id

    return cash.do(work)


def test_what_is_on_its_way_is_shown_apart_from_what_waits_here(
    cash: Cash, finance: FlaskClient
) -> None:
    row = cash.counted(pieces=WON_ONLY)
    assert "On its way since" not in finance.get(MONEY).text
    cash.deposited(row, slip="77")
    page = finance.get(MONEY).text
    waits, _between, way = page.partition("On its way to the bank</h2>")
    assert "everything that was counted is at the bank or on its way" in waits
    assert BOX not in waits
    assert ">77</a>" in way
    arrives(cash, WON)
    assert "On its way since" not in finance.get(MONEY).text


def test_a_deposit_that_the_bank_does_not_show_for_a_week_is_something_to_do(
    cash: Cash, finance: FlaskClient
) -> None:
    cash.deposited(cash.counted(pieces=WON_ONLY))
    words = "on its way to the bank for more than a week"
    assert words not in finance.get("/console/money/").text
    with clock.frozen(clock.now() + timedelta(days=9)):
        later = signed_in(cash.app, "finance", name="Hana")
        assert words in later.get("/console/money/").text


def test_money_without_an_account_is_named_and_can_be_exchanged(
    cash: Cash, finance: FlaskClient
) -> None:
    row = cash.counted()
    cash.deposited(row)
    (lost,) = cash.ask(banking.stranded, "test")
    assert (lost.total, [one.key for one in lost.banks]) == (FRANCS, ["seoul"])
    address = f"{MONEY}exchange/seoul/CHF"
    assert address in finance.get(MONEY).text
    assert "CHF" in finance.get(address).text

    said = {"bag": row, "amount": "7,400", "slip": "EX-1", "sent_on": clock.today().isoformat()}
    assert sent(finance, address, said) == 400, "an exchange without its rate"
    assert sent(finance, address, said | {"reason": "1 CHF = 1,480 won"}) == 303
    assert cash.ask(banking.stranded, "test") == []
    assert cash.state(row) == states.DEPOSITED
    assert "1 CHF = 1,480 won" in finance.get(f"{MONEY}deposits/2").text


def test_an_exchange_leaves_no_franc_in_the_box_and_its_won_arrive_at_the_bank(
    cash: Cash,
) -> None:
    row = cash.counted(pieces={"CHF-500": 1})
    exchanged(cash, row)
    assert cash.holds(CASH, "CHF", BOX) == 0
    assert cash.holds(VARIANCE, "CHF", "exchange") == FRANCS.minor
    assert cash.holds(VARIANCE, "KRW", "exchange") == -CAME.minor
    assert cash.holds(DEPOSIT) == CAME.minor
    arrives(cash, CAME)
    assert (cash.state(row), cash.holds(DEPOSIT)) == (states.BANKED, 0)
    assert cash.ask(queries.of_event, cash.stall.event).banked == {"CHF": FRANCS}
    assert proven(cash)


def test_an_exchange_written_down_by_mistake_is_taken_back_whole(cash: Cash) -> None:
    row = cash.counted(pieces={"CHF-500": 1})
    cash.do(depositing.take_back, exchanged(cash, row))
    assert (cash.holds(CASH, "CHF", BOX), cash.holds(DEPOSIT)) == (FRANCS.minor, 0)
    assert cash.state(row) == states.COUNTED
    assert cash.ask(lambda: ledger.prove(till().book)) == []


def test_a_single_count_that_was_exchanged_is_confirmed_by_the_bank(cash: Cash) -> None:
    row, first, _second = cash.shared_out()
    cash.hand_in(first, {"CHF-500": 1})
    cash.do(counting.count_alone, row, "Theo had to catch a train.")
    exchanged(cash, row)
    assert len(cash.ask(queries.by_one_still_open, "test")) == 1
    arrives(cash, CAME)
    assert cash.ask(queries.by_one_still_open, "test") == []


@pytest.mark.parametrize(
    "address", ["exchange/seoul/KRW", "exchange/seoul/XXX", "exchange/nowhere/CHF"]
)
def test_nothing_is_exchanged_into_itself_or_out_of_nothing(
    finance: FlaskClient, address: str
) -> None:
    assert finance.get(MONEY + address).status_code == 404


def test_whoever_opens_and_counts_reads_which_currencies_the_bank_takes(cash: Cash) -> None:
    _row, first, _second = cash.shared_out()
    organiser = signed_in(cash.app, "organiser", name="Bora")
    opening = organiser.get(f"/console/cash/events/{cash.stall.event}/open").text
    assert "Bank accounts take: KRW." in opening
    counting_page = organiser.get(f"/en/count/{first.token}").text
    assert counting_page.count("No bank account takes this currency.") == 3  # of CHF, EUR, USD


def empty_by_one(cash: Cash) -> int:
    row, first, _second = cash.shared_out()
    cash.hand_in(first, {})
    cash.do(counting.count_alone, row, "Theo had to catch a train.")
    assert cash.state(row) == states.EMPTY
    return row


def test_a_box_that_one_person_found_empty_is_closed_when_another_one_looked(
    cash: Cash, finance: FlaskClient
) -> None:
    row = empty_by_one(cash)
    address = f"{MONEY}boxes/{row}/look"
    assert address in finance.get(MONEY).text
    assert sent(finance, address, {"reason": " "}) == 400
    assert len(cash.ask(queries.by_one_still_open, "test")) == 1
    assert sent(finance, address, {"reason": "No receipt was given; the lead says so, too."}) == 303
    assert cash.ask(queries.by_one_still_open, "test") == []
    found = cash.ask(queries.opening, row)
    assert found is not None
    assert (found.looked_by, found.how) == ("Jiwoo", states.BY_ONE)


def test_a_single_count_that_the_bank_contradicts_is_closed_by_a_look_only(cash: Cash) -> None:
    row, first, _second = cash.shared_out()
    cash.hand_in(first, WON_ONLY)
    cash.do(counting.count_alone, row, "Nobody else was there.")
    with pytest.raises(NotNow):
        cash.do(counting.look_again, row, "The bank will say.")
    number = cash.deposited(row)
    arrives(cash, Money(30_000, "KRW"))
    cash.do(depositing.explain, number, "A coin of five hundred fell out.")
    assert len(cash.ask(queries.by_one_still_open, "test")) == 1
    with pytest.raises(NeedsReason):
        cash.do(counting.look_again, row, " ")
    cash.do(counting.look_again, row, "The bank counted it with two people.")
    assert cash.ask(queries.by_one_still_open, "test") == []
    with pytest.raises(NotNow):
        cash.do(counting.look_again, row, "Once more.")


def test_a_box_that_two_counted_needs_no_other_look(cash: Cash, finance: FlaskClient) -> None:
    row = cash.counted(pieces=PURSE)
    with pytest.raises(NotNow):
        cash.do(counting.look_again, row, "Why not.")
    assert "look again" not in finance.get(MONEY).text
