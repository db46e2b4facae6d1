"""A receipt for cash is given at the stall, once, and never counted beside the box."""

import threading

import pytest
from sqlalchemy import func, select

from campaign_app.cash import counting, queries, stall_receipts
from campaign_app.cash.models import BoxOpening
from campaign_app.cash.stall_receipts import Handed
from campaign_app.cash.wrong import NeedsReason, NotNow
from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.receipts.models import GiftReceipt
from tests.cash.counted import CASH, DONATION, PURSE, Cash

TWENTY = Money(20_000, "KRW")


def handed(nonce: str = "n1", amount: Money = TWENTY, **contact: str) -> Handed:
    return Handed(nonce=nonce, amount=amount, language="ko", contact=Contact(**contact))


def number_of(cash: Cash, table: type[object]) -> int:
    return cash.ask(lambda: session.scalar(select(func.count()).select_from(table)) or 0)


def test_a_gift_in_cash_settles_at_once_with_its_receipt(cash: Cash) -> None:
    row = cash.opened()
    gift = cash.do(lambda: stall_receipts.give_receipt(row, handed(name="김미나")).id)
    with cash.app.app_context():
        found = session.get_one(Donation, gift)
        receipt = session.scalars(select(GiftReceipt)).one()
        box = stall_receipts.box_of(gift)
        assert (found.way, found.state, found.event_id) == ("cash", "settled", cash.stall.event)
        assert (found.entity, found.no_name) == ("pscore-kr", False)
        assert (receipt.subject, receipt.minor) == (found.subject, TWENTY.minor)
        assert box is not None
        assert box.id == row
        assert "김미나".encode() not in (found.contact or b"")


def test_it_makes_no_entry_and_is_never_added_to_the_count(cash: Cash) -> None:
    row = cash.opened()
    cash.do(stall_receipts.give_receipt, row, handed())
    assert cash.holds(DONATION) == 0 == cash.holds(CASH)
    assert cash.ask(queries.of_event, cash.stall.event).counted == {}


def test_the_same_form_twice_and_at_once_is_one_gift(cash: Cash) -> None:
    row, both = cash.opened(), threading.Barrier(3)

    def give() -> None:
        both.wait()
        cash.do(stall_receipts.give_receipt, row, handed())

    runs = [threading.Thread(target=give) for _run in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert (number_of(cash, Donation), number_of(cash, GiftReceipt)) == (1, 1)
    cash.do(stall_receipts.give_receipt, row, handed("n2"))
    assert cash.ask(lambda: queries.receipts(_of(row)).given) == 2


def test_after_the_count_nobody_gets_a_receipt_out_of_that_box(cash: Cash) -> None:
    row = cash.counted()
    with pytest.raises(NotNow):
        cash.do(stall_receipts.give_receipt, row, handed())
    assert number_of(cash, Donation) == 0


def test_receipts_that_say_more_than_was_counted_need_a_reason(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    cash.do(stall_receipts.give_receipt, row, handed())
    cash.do(stall_receipts.give_receipt, row, handed("n2"))
    assert cash.ask(lambda: queries.receipts_unexplained("test")) == []
    cash.hand_in(first, PURSE)
    cash.hand_in(second, PURSE)
    assert cash.ask(lambda: queries.receipts_exceed(_of(row))) == {"KRW": Money(9_500, "KRW")}
    assert [one.id for one in cash.ask(lambda: queries.receipts_unexplained("test"))] == [row]
    with pytest.raises(NeedsReason):
        cash.do(counting.explain_receipts, row, " ")
    cash.do(counting.explain_receipts, row, "One note was false and went to the police.")
    assert cash.ask(lambda: queries.receipts_unexplained("test")) == []


def test_receipts_within_the_count_ask_for_nothing(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    cash.do(stall_receipts.give_receipt, row, handed())
    cash.hand_in(first, PURSE)
    cash.hand_in(second, PURSE)
    assert cash.ask(lambda: queries.receipts_exceed(_of(row))) == {}
    assert cash.ask(lambda: queries.receipts_unexplained("test")) == []
    assert cash.ask(lambda: queries.receipts(_of(row)).sums) == {"KRW": TWENTY}


def _of(row: int) -> BoxOpening:
    found = queries.opening(row)
    assert found is not None
    return found
