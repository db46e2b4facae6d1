"""Bags go to the bank, and stay open until its statement shows them."""

import threading
from datetime import date

import pytest

from campaign_app.cash import counting, depositing, queries, states
from campaign_app.cash.wrong import AlreadyArrived, NeedsReason, NotNow, NotTheseBags, SlipKnown
from campaign_app.core.money import Money
from campaign_app.transfers.slots import EXPECTED
from tests.cash.counted import BANK, BOX, CASH, DEPOSIT, PURSE, VARIANCE, WON, Cash, proven

DAY = date(2026, 11, 20)
MARK = "bank:seoul:abc123"


def arrives(cash: Cash, amount: Money, mark: str = MARK) -> None:
    (waiting,) = cash.ask(EXPECTED["cash"].waiting, "pscore-kr", "KRW")
    cash.do(EXPECTED["cash"].arrived, waiting.key, source=mark, amount=amount, on=DAY)


def test_a_deposit_carries_the_bags_and_waits_for_the_statement(cash: Cash) -> None:
    row = cash.counted()
    number = cash.deposited(row)
    assert (cash.holds(CASH, detail=BOX), cash.holds(DEPOSIT)) == (0, WON.minor)
    # The five-franc piece is still in the bag.
    assert cash.state(row) == states.COUNTED
    (waiting,) = cash.ask(EXPECTED["cash"].waiting, "pscore-kr", "KRW")
    assert (waiting.key, waiting.amount) == (f"deposit:{number}", WON)
    assert cash.ask(EXPECTED["cash"].waiting, "friends-fr", "KRW") == []
    assert cash.ask(EXPECTED["cash"].waiting, "pscore-kr", "CHF") == []


def test_what_arrives_whole_is_banked_and_closes_the_count_of_one(cash: Cash) -> None:
    row, first, _second = cash.shared_out()
    cash.hand_in(first, {"KRW-10000": 3, "KRW-500": 1})
    cash.do(counting.count_alone, row, "Theo had to catch a train.")
    cash.deposited(row)
    assert cash.state(row) == states.DEPOSITED
    assert cash.ask(lambda: len(queries.by_one_still_open("test"))) == 1
    arrives(cash, WON)
    assert cash.state(row) == states.BANKED
    assert (cash.holds(BANK, detail="seoul"), cash.holds(DEPOSIT)) == (WON.minor, 0)
    assert cash.ask(lambda: queries.by_one_still_open("test")) == []
    assert cash.ask(lambda: queries.not_banked("test")) == []
    found = cash.ask(queries.of_event, cash.stall.event)
    assert found.counted == found.banked == {"KRW": WON}
    assert cash.holds(VARIANCE) == 0
    assert proven(cash)


@pytest.mark.parametrize("came", [30_000, 31_000])
def test_what_arrives_otherwise_is_a_variance_that_needs_a_reason(cash: Cash, came: int) -> None:
    row, first, _second = cash.shared_out()
    cash.hand_in(first, {"KRW-10000": 3, "KRW-500": 1})
    cash.do(counting.count_alone, row, "Nobody else was there.")
    number = cash.deposited(row)
    arrives(cash, Money(came, "KRW"))
    assert cash.holds(BANK, detail="seoul") == came
    assert (cash.holds(DEPOSIT), cash.holds(VARIANCE)) == (0, WON.minor - came)
    assert [one.id for one in cash.ask(lambda: queries.deposits_unexplained("test"))] == [number]
    # The bank did not confirm what one person counted.
    assert cash.ask(lambda: len(queries.by_one_still_open("test"))) == 1
    with pytest.raises(NeedsReason):
        cash.do(depositing.explain, number, "")
    cash.do(depositing.explain, number, "A false note, the bank kept it.")
    assert cash.ask(lambda: queries.deposits_unexplained("test")) == []
    assert proven(cash)


def test_a_slip_that_says_something_else_than_the_bags_needs_a_reason(cash: Cash) -> None:
    row = cash.counted()
    less = Money(30_000, "KRW")
    with pytest.raises(NeedsReason):
        cash.deposited(row, amount=less)
    cash.deposited(row, amount=less, why="The clerk found a coin to be foreign.")
    assert (cash.holds(CASH, detail=BOX), cash.holds(DEPOSIT)) == (0, 30_000)
    assert cash.holds(VARIANCE) == 500
    assert proven(cash)


def test_two_boxes_go_with_one_slip(cash: Cash) -> None:
    rows = cash.counted(0), cash.counted(1, {"KRW-1000": 7})
    cash.deposited(*rows, amount=Money(37_500, "KRW"))
    assert cash.holds(DEPOSIT) == 37_500
    assert cash.holds(CASH, detail=BOX) == 0 == cash.holds(CASH, detail="0413")
    arrives(cash, Money(37_500, "KRW"))
    assert cash.state(rows[1]) == states.BANKED


def test_a_bag_goes_once_and_a_slip_is_written_down_once(cash: Cash) -> None:
    row, other = cash.counted(0), cash.counted(1, PURSE)
    cash.deposited(row)
    with pytest.raises(NotTheseBags):
        cash.deposited(row, other, amount=WON + WON, slip="78")
    with pytest.raises(SlipKnown):
        cash.deposited(other)
    with pytest.raises(NotTheseBags):
        cash.deposited(999, slip="79")
    assert cash.holds(DEPOSIT) == WON.minor


def test_two_who_deposit_the_same_bag_at_once_deposit_it_once(cash: Cash) -> None:
    row, both = cash.counted(), threading.Barrier(2)
    went: list[bool] = []

    def carry(slip: str) -> None:
        both.wait()
        try:
            went.append(bool(cash.deposited(row, slip=slip)))
        except NotTheseBags:
            went.append(False)

    runs = [threading.Thread(target=carry, args=(slip,)) for slip in ("1", "2")]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(went) == [False, True]
    assert cash.holds(DEPOSIT) == WON.minor
    assert proven(cash)


def test_a_deposit_arrives_once(cash: Cash) -> None:
    row = cash.counted()
    number = cash.deposited(row)
    arrives(cash, WON)
    with pytest.raises(AlreadyArrived):
        cash.do(
            EXPECTED["cash"].arrived, f"deposit:{number}", source="bank:seoul:2", amount=WON, on=DAY
        )
    with pytest.raises(KeyError):
        cash.do(EXPECTED["cash"].arrived, "gift:1", source=MARK, amount=WON, on=DAY)
    assert cash.holds(BANK, detail="seoul") == WON.minor


def test_a_deposit_written_by_mistake_is_taken_back(cash: Cash) -> None:
    row = cash.counted()
    number = cash.deposited(row)
    cash.do(depositing.take_back, number)
    assert (cash.holds(CASH, detail=BOX), cash.holds(DEPOSIT)) == (WON.minor, 0)
    cash.deposited(row)
    with pytest.raises(NotNow):
        cash.do(depositing.take_back, number)
    arrives(cash, WON)
    assert cash.holds(BANK, detail="seoul") == WON.minor
    assert proven(cash)
