"""A box goes out sealed, comes back sealed, and two people count what is in it, blindly."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.cash import boxes, counters, counting, queries, states
from campaign_app.cash.boxes import Closing
from campaign_app.cash.wrong import (
    AlreadyCounted,
    InUse,
    NeedsReason,
    NotNow,
    OnePersonTwice,
)
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.money import Money
from tests.cash.counted import BOX, CASH, DONATION, FRANCS, PURSE, WON, Cash, proven

LESS = PURSE | {"KRW-10000": 2}


def test_what_two_count_alike_is_posted_once_in_each_currency(cash: Cash) -> None:
    row = cash.counted()
    assert cash.state(row) == states.COUNTED
    assert cash.holds(CASH, detail=BOX) == WON.minor
    assert cash.holds(CASH, "CHF", BOX) == FRANCS.minor
    assert cash.holds(DONATION) == -WON.minor
    assert proven(cash)


def test_one_count_is_in_no_number(cash: Cash) -> None:
    row, first, _second = cash.shared_out()
    cash.hand_in(first, PURSE)
    assert cash.state(row) == states.COUNTING
    assert cash.holds(CASH, detail=BOX) == 0
    found = cash.ask(queries.of_event, cash.stall.event)
    assert found.counted == {} == found.banked


@pytest.mark.parametrize("_attempt", range(3))
def test_two_sheets_at_once_are_compared_once(cash: Cash, _attempt: int) -> None:
    row, *links = cash.shared_out()
    both, went = threading.Barrier(2), []

    def hand_in(link: counters.Link) -> None:
        both.wait()
        went.append(cash.hand_in(link, PURSE).state)

    runs = [threading.Thread(target=hand_in, args=(link,)) for link in links]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(went) == [states.COUNTED, states.COUNTING]
    assert cash.state(row) == states.COUNTED
    assert cash.holds(CASH, detail=BOX) == WON.minor


def test_a_sheet_that_comes_twice_counts_once(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    cash.hand_in(first, PURSE)
    with pytest.raises(AlreadyCounted):
        cash.hand_in(first, PURSE)
    assert cash.state(row) == states.COUNTING
    cash.hand_in(second, PURSE)
    with pytest.raises(NotNow):
        cash.hand_in(second, PURSE)
    assert cash.holds(CASH, detail=BOX) == WON.minor


def test_counts_that_differ_post_nothing_until_somebody_says_why(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    cash.hand_in(first, PURSE)
    assert cash.hand_in(second, LESS).state == states.DIFFERS
    assert cash.holds(CASH, detail=BOX) == 0
    with pytest.raises(NeedsReason):
        cash.do(counting.recount, row, " ")
    cash.do(counting.recount, row, "Two notes stuck together.")
    assert cash.state(row) == states.COUNTING
    cash.hand_in(first, PURSE)
    cash.hand_in(second, PURSE)
    found = cash.ask(queries.opening, row)
    assert found is not None
    assert (found.state, found.how, found.reason) == (
        states.COUNTED, states.BY_TWO, "Two notes stuck together.",
    )  # fmt: skip
    assert [one.round for one in cash.ask(queries.sheets, row)] == [1, 1, 2, 2]
    assert cash.holds(CASH, detail=BOX) == WON.minor


def test_a_third_who_finds_what_one_of_them_found_decides(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    cash.hand_in(first, PURSE)
    cash.hand_in(second, LESS)
    with pytest.raises(OnePersonTwice):
        cash.do(counting.ask_third, row, " mINA ", "They differ.")
    third = cash.do(counting.ask_third, row, "Sora", "They differ by one note.")
    assert cash.hand_in(third, LESS).how == states.BY_THREE
    assert cash.holds(CASH, detail=BOX) == 20_500


def test_three_who_all_differ_must_agree(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    cash.hand_in(first, PURSE)
    cash.hand_in(second, LESS)
    third = cash.do(counting.ask_third, row, "Sora", "They differ.")
    assert cash.hand_in(third, {"KRW-10000": 1}).state == states.DIFFERS
    chosen = cash.ask(queries.sheets, row)[0].id
    with pytest.raises(NeedsReason):
        cash.do(counting.agree, row, chosen, "")
    with pytest.raises(NotNow):
        cash.do(counting.agree, row, chosen + 1000, "There is no such sheet.")
    cash.do(counting.agree, row, chosen, "Counted once more together at the table.")
    found = cash.ask(queries.opening, row)
    assert found is not None
    assert found.how == states.AGREED
    assert cash.holds(CASH, detail=BOX) == WON.minor


def test_one_person_alone_is_posted_with_a_reason_and_stays_open(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    with pytest.raises(NotNow):
        cash.do(counting.count_alone, row, "Nobody counted yet.")
    cash.hand_in(first, PURSE)
    with pytest.raises(NeedsReason):
        cash.do(counting.count_alone, row, "")
    cash.do(counting.count_alone, row, "Theo had to catch a train.")
    assert [one.id for one in cash.ask(lambda: queries.by_one_still_open("test"))] == [row]
    assert cash.holds(CASH, detail=BOX) == WON.minor
    with pytest.raises(NotNow):
        cash.hand_in(second, LESS)


def test_an_empty_box_is_counted_too_and_posts_nothing(cash: Cash) -> None:
    row = cash.counted(pieces={})
    assert cash.state(row) == states.EMPTY
    assert cash.ask(lambda: queries.lines("test")) == []
    assert cash.opened() > row


def test_one_person_is_not_two(cash: Cash) -> None:
    row = cash.closed()
    for other in ("Mina", "mina", " M ina"):
        with pytest.raises(OnePersonTwice):
            cash.do(counters.name_two, row, "Mina", other)
    cash.do(counters.name_two, row, "Mina", "Theo")
    with pytest.raises(OnePersonTwice):
        cash.do(counters.renew, row, "B", "MINA")


def test_a_link_opens_one_sheet_for_three_days(cash: Cash) -> None:
    row, first, second = cash.shared_out()
    letters = [cash.ask(counters.find, link.token) for link in (first, second)]
    assert [one.letter for one in letters if one] == ["A", "B"]
    assert cash.ask(counters.find, first.token[:-1] + "?") is None
    with clock.frozen(clock.now() + timedelta(days=3, minutes=1)):
        assert cash.ask(counters.find, first.token) is None
    again = cash.do(counters.renew, row, "A", "Mina")
    assert cash.ask(counters.find, first.token) is None
    cash.hand_in(again, PURSE)
    with pytest.raises(NotNow):
        cash.do(counters.renew, row, "A", "Sora")
    with pytest.raises(NotNow):
        cash.do(counters.name_two, row, "Sora", "Theo")


def test_a_box_stands_at_one_stall_until_it_was_counted(cash: Cash) -> None:
    row = cash.opened()
    with pytest.raises(InUse):
        cash.opened()
    cash.do(boxes.close, row, Closing("S-2001", 0))
    with pytest.raises(InUse):
        cash.opened()
    with pytest.raises(InUse):
        cash.do(boxes.rest, cash.boxes[0], rests=True)
    assert [box.number for box in cash.ask(queries.free_boxes)] == ["0413"]


def test_a_box_that_is_put_at_two_stalls_at_once_stands_at_one(cash: Cash) -> None:
    both, went = threading.Barrier(2), []

    def open_it() -> None:
        both.wait()
        try:
            went.append(cash.opened())
        except InUse:
            went.append(0)

    runs = [threading.Thread(target=open_it) for _run in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(map(bool, went)) == [False, True]


def test_a_box_that_is_open_cannot_be_counted_and_a_closed_one_not_closed(cash: Cash) -> None:
    row = cash.opened()
    with pytest.raises(NotNow):
        cash.do(counters.name_two, row, "Mina", "Theo")
    cash.do(boxes.close, row, Closing("S-2001", 4))
    with pytest.raises(NotNow):
        cash.do(boxes.close, row, Closing("S-9999", 0))
    found = cash.ask(queries.opening, row)
    assert found is not None
    assert (found.closing_seal, found.declined) == ("S-2001", 4)


def test_a_box_at_rest_goes_nowhere(cash: Cash) -> None:
    cash.do(boxes.rest, cash.boxes[0], rests=True)
    with pytest.raises(InUse):
        cash.opened()
    cash.do(boxes.rest, cash.boxes[0], rests=False)
    assert cash.opened()


def test_the_bag_keeps_the_seal_it_got_first(cash: Cash) -> None:
    row = cash.counted()
    cash.do(counting.put_into_bag, row, "B-77")
    cash.do(counting.put_into_bag, row, "B-77")
    with pytest.raises(NotNow):
        cash.do(counting.put_into_bag, row, "B-78")


def test_each_step_is_in_the_trail_without_an_amount(cash: Cash) -> None:
    cash.counted()
    with cash.app.app_context():
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("cash.%"))).all()
    assert [one.action for one in rows if one.subject == f"cash_box:{BOX}"] == [
        "cash.box_added", "cash.box_opened", "cash.box_closed", "cash.counter_named",
        "cash.counter_named", "cash.sheet_handed_in", "cash.sheet_handed_in", "cash.counted",
    ]  # fmt: skip
    assert not any("30500" in str(one.detail) for one in rows)


def test_hours_not_instants_stand_in_the_log(cash: Cash) -> None:
    row = cash.counted()
    found = cash.ask(queries.opening, row)
    assert found is not None
    assert found.closed_at is not None
    assert found.counted_at is not None
    for moment in (found.opened_at, found.closed_at, found.counted_at):
        assert (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)


def test_the_totals_are_two_numbers(cash: Cash) -> None:
    cash.counted()
    francs, won = cash.ask(lambda: queries.totals("test"))
    assert (won.counted, won.banked) == (WON, Money(0, "KRW"))
    assert (francs.counted, francs.entity) == (FRANCS, "pscore-kr")
    assert cash.ask(lambda: queries.totals("live")) == []
