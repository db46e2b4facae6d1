"""What two counted at a stall is found again on the bank's list, and closes what was open."""

from datetime import timedelta

import pytest

from campaign_app.cash import counting, queries, states
from campaign_app.core import clock
from campaign_app.core.money import Money
from campaign_app.payments import accounts
from campaign_app.transfers import queries as transfers
from tests.cash.counted import BANK, DEPOSIT, VARIANCE, WON, Cash, proven
from tests.transfers.desk import Desk, finance
from tests.transfers.lists import Line, kookmin


@pytest.fixture
def desk(cash: Cash) -> Desk:
    """Sit down with the bank's list."""
    return finance(cash.app, name="Jiwoo")


def listed(amount: int) -> str:
    return kookmin([Line(amount, "현금입금", "", on=(clock.now() + timedelta(hours=9)).date())])


def by_one(cash: Cash) -> int:
    row, first, _second = cash.shared_out()
    cash.hand_in(first, {"KRW-10000": 3, "KRW-500": 1})
    cash.do(counting.count_alone, row, "Theo had to catch a train.")
    cash.deposited(row)
    return row


def test_the_row_of_a_deposit_is_proposed_and_accepted_once(cash: Cash, desk: Desk) -> None:
    row = by_one(cash)
    assert desk.enter(listed(30_500)).status_code == 303
    assert cash.state(row) == states.DEPOSITED
    (offer,) = desk.offered()
    desk.accept(offer)
    assert cash.state(row) == states.BANKED
    desk.accept(offer)
    assert (cash.holds(BANK, detail="seoul"), cash.holds(DEPOSIT)) == (WON.minor, 0)
    assert cash.holds(accounts.UNASSIGNED) == cash.holds(VARIANCE) == 0
    assert cash.ask(lambda: queries.by_one_still_open("test")) == []
    assert cash.ask(lambda: transfers.unassigned("test")).get("KRW", Money(0, "KRW")).minor == 0
    assert proven(cash)
    assert (
        "Everything that was counted is at the bank."
        in desk.client.get("/console/money/cash/").text
    )


def test_a_list_without_the_deposit_leaves_it_on_its_way(cash: Cash, desk: Desk) -> None:
    row = by_one(cash)
    desk.enter(listed(7_000))
    desk.accept(*desk.offered(ticked=True))
    assert cash.state(row) == states.DEPOSITED
    assert cash.holds(DEPOSIT) == WON.minor
