"""What a person says of a row is true once: in the ledger, of the gift, and on its receipt."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.money import Money
from campaign_app.donations import contacts
from campaign_app.donations import services as donations
from campaign_app.donations import states as giving
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.payments import by_hand, ledger, refunding
from campaign_app.payments.accounts import BANK, DEPOSIT, DONATION, GATEWAY, PAYOUT, UNASSIGNED
from campaign_app.payments.by_hand import Slip
from campaign_app.payments.ledger import Account, Entry, Leg
from campaign_app.payments.opening import till
from campaign_app.payments.refunding import Gift, Wish
from campaign_app.receipts import services as receipts
from campaign_app.receipts.models import GiftReceipt
from campaign_app.transfers import (
    deciding,
    doubting,
    forgetting,
    proposing,
    queries,
    services,
    states,
    telling,
)
from campaign_app.transfers.models import BankRow
from campaign_app.transfers.unpromised import Unpromised
from tests import given
from tests.cash.conftest import cash as cash  # a stall with two boxes
from tests.cash.counted import WON, Cash
from tests.transfers.lists import DAY, Line, bring, gift, kookmin, promise, shinhan, woori

KR = "pscore-kr"


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    """Ask within the app."""
    with app.app_context():
        yield


def promised(amount: int = 20_000, **more: Any) -> str:
    return str(transact(partial(promise, amount, **more)).reference)


def came(letters: str = "", amount: int = 20_000, **more: object) -> int:
    """Let the bank list a row; tell its number."""
    bring(kookmin([Line(amount, memo=letters.upper()).but(**more)]))
    return int(session.query(BankRow.id).order_by(BankRow.id.desc()).first()[0])  # type: ignore[index]


def do(work: Callable[..., BankRow], *args: object) -> BankRow:
    return transact(partial(work, *args))


def in_(kind: str, detail: str = "", currency: str = "KRW") -> int:
    """Tell what is in an account: more than nothing where money is, less where it came from."""
    session.rollback()
    assert ledger.prove(till().book) == []
    where = ledger.Where(KR, currency, Account(kind, detail))
    return ledger.balance(till().book, where).minor


def counts(letters: str) -> list[int]:
    """List the receipts of a gift that count."""
    session.rollback()
    found = session.query(GiftReceipt).filter_by(subject=gift(letters).subject, kind="issued")
    return [one.minor for one in found if not receipts.is_cancelled(one)]


def deeds() -> list[str]:
    session.rollback()
    return [one.action for one in session.query(AuditEntry).order_by(AuditEntry.id)]


# Gifts


def test_a_promise_that_is_kept_settles_with_what_came() -> None:
    letters = promised(20_000)
    row = do(services.assign, came(letters, 30_000), letters)
    found = gift(letters)
    assert (found.state, found.money, found.settled_on) == (
        giving.SETTLED, Money(30_000, "KRW"), DAY,
    )  # fmt: skip
    assert (row.state, row.donation_id) == (states.GIFT, found.id)
    assert counts(letters) == [30_000]
    assert (in_(BANK, "seoul"), in_(DONATION), in_(UNASSIGNED)) == (30_000, -30_000, 0)
    entry = ledger.find(till().book, f"{row.source}:gift")
    assert entry
    assert entry.about == found.subject


def test_a_promise_that_had_ended_is_kept_all_the_same() -> None:
    letters = promised()
    gift(letters).state = giving.ENDED
    session.commit()
    do(services.accept, came(letters), f"gift:{letters}")
    assert gift(letters).state == giving.SETTLED


def test_two_rows_cannot_be_one_gift() -> None:
    letters = promised()
    do(services.assign, came(letters), letters)
    second = came(letters, on=DAY + timedelta(days=30))
    with pytest.raises(services.SettledAlready):
        do(services.assign, second, letters)
    assert queries.row(second).state == states.UNASSIGNED  # type: ignore[union-attr]
    assert in_(UNASSIGNED) == -20_000
    assert counts(letters) == [20_000]


def test_one_row_cannot_be_two_gifts_even_at_the_same_moment(app: Flask) -> None:
    letters = [promised(), promised()]
    number, gate, heard = came(), Barrier(2), []

    def say(which: str) -> None:
        with app.app_context():
            gate.wait()
            try:
                do(services.assign, number, which)
            except deciding.DecidedAlready as refused:
                heard.append(refused)

    both = [Thread(target=say, args=[which]) for which in letters]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(heard) == 1
    assert sorted(gift(one).state for one in letters) == [giving.BEGUN, giving.SETTLED]
    assert session.query(GiftReceipt).count() == 1
    assert in_(DONATION) == -20_000


def test_two_rows_at_the_same_moment_settle_one_gift_once(app: Flask) -> None:
    letters = promised()
    rows = [came(), came(on=DAY + timedelta(days=1))]
    gate, heard = Barrier(2), []

    def say(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                do(services.assign, number, letters)
            except DomainError as refused:
                heard.append(refused)

    both = [Thread(target=say, args=[number]) for number in rows]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(heard) == 1
    assert counts(letters) == [20_000]
    assert (in_(DONATION), in_(UNASSIGNED)) == (-20_000, -20_000)


def test_a_gift_promised_to_another_body_is_refused() -> None:
    letters = promised(entity="friends-fr")
    with pytest.raises(services.OfAnotherBody):
        do(services.assign, came(letters), letters)
    assert gift(letters).state == giving.BEGUN
    with pytest.raises(services.NoSuchGift):
        do(services.assign, came("", 7), "zzzz")


def test_of_a_form_sent_twice_with_two_amounts_the_one_that_came_is_named() -> None:
    first = promised(10_000)
    twin = promised(20_000)
    gift(twin).nonce = gift(first).nonce
    session.commit()
    with pytest.raises(DomainError) as refused:
        do(services.assign, came(first), first)
    assert twin.upper() in str(refused.value.shown)
    do(services.assign, came(on=DAY + timedelta(days=1)), twin)
    assert gift(twin).state == giving.SETTLED


def test_a_standing_order_is_one_more_gift_of_the_same_donor() -> None:
    letters = promised()
    do(services.assign, came(letters), letters)
    row = do(services.again, came(letters, 5_000, on=DAY + timedelta(days=30)), letters)
    other = session.get_one(Donation, row.donation_id)
    assert other.reference != letters
    assert (other.money, other.state) == (Money(5_000, "KRW"), giving.SETTLED)
    known = contacts.open_(other.id, other.contact)
    assert known == Contact(name="김미나", mail="mina@example.org")
    assert in_(DONATION) == -25_000


def test_a_gift_that_nobody_announced_has_a_receipt_and_no_name() -> None:
    row = do(services.without_promise, came(), Unpromised(language="ko"))
    made = session.get_one(Donation, row.donation_id)
    assert (made.no_name, made.contact, made.state) == (True, None, giving.SETTLED)
    assert counts(str(made.reference)) == [20_000]
    told = Unpromised(language="fr", contact=Contact(name="Anna"))
    other = do(services.without_promise, came("", 7_000), told)
    assert receipts.donor_of(receipts.latest(other.gift.subject)) == "Anna"  # type: ignore[arg-type,union-attr]


# Mistakes


def test_a_mistake_is_taken_back_and_the_right_gift_found() -> None:
    wrong, right = promised(), promised()
    number = came(right)
    do(services.assign, number, wrong)
    do(services.mend, number)
    assert counts(wrong) == []
    assert (in_(DONATION), in_(UNASSIGNED)) == (0, -20_000)
    do(services.assign, number, right)
    assert counts(right) == [20_000]
    assert (in_(DONATION), in_(UNASSIGNED), in_(BANK, "seoul")) == (-20_000, 0, 20_000)
    # And when the other donor's money comes after all, its gift counts again.
    do(services.assign, came(wrong, on=DAY + timedelta(days=2)), wrong)
    assert counts(wrong) == [20_000]
    assert gift(wrong).returned == 0
    assert in_(DONATION) == -40_000
    assert {"transfer.assigned", "transfer.mended"} <= set(deeds())


def test_a_gift_that_was_taken_back_comes_again_only_as_it_was() -> None:
    letters = promised()
    number = came(letters)
    do(services.assign, number, letters)
    do(services.mend, number)
    with pytest.raises(services.OtherSum):
        do(services.assign, came(letters, 9_000), letters)
    do(services.again, came(letters, 8_000), letters)
    assert in_(DONATION) == -8_000


def test_what_is_decided_is_decided_until_it_is_taken_back() -> None:
    letters = promised()
    number = came(letters)
    do(services.assign, number, letters)
    for deed in (
        partial(services.assign, number, letters),
        partial(services.ignore, number, "interest"),
        partial(doubting.is_new, number),
    ):
        with pytest.raises(deciding.DecidedAlready):
            transact(deed)
    do(services.mend, number)
    with pytest.raises(deciding.DecidedAlready):
        do(services.mend, number)
    assert in_(UNASSIGNED) == -20_000


def test_many_changes_of_mind_leave_the_ledger_with_the_last_word() -> None:
    letters = promised()
    number = came(letters)
    for _turn in range(3):
        do(services.assign, number, letters)
        do(services.mend, number)
        do(services.ignore, number, "our own money")
        do(services.mend, number)
    assert (in_(BANK, "seoul"), in_(UNASSIGNED), in_(DONATION)) == (20_000, -20_000, 0)
    do(services.assign, number, letters)
    assert (in_(UNASSIGNED), in_(DONATION)) == (0, -20_000)
    assert counts(letters) == [20_000]


def test_a_gift_that_goes_back_to_its_donor_is_no_mistake_and_no_open_promise() -> None:
    letters, asks = promised(), transact(lambda: given.person("Mina", "finance").id)
    number = came(letters)
    do(services.assign, number, letters)
    found = gift(letters)
    whole = Gift(subject=found.subject, book=found.book, entity=found.entity, whole=found.money)
    wish = Wish(amount=found.money, reason="asked for", person_id=asks)
    refund = transact(lambda: refunding.ask_by_hand(whole, wish).id)
    with pytest.raises(services.WentBack):
        do(services.mend, number)
    slip = Slip(bank="seoul", number="7", on=DAY, person_id=asks)
    transact(partial(by_hand.sent_back, refund, slip))
    transact(lambda: donations.give_back(found.id, found.minor))
    with pytest.raises(services.WentBack):
        do(services.mend, number)
    again = came(letters, on=DAY + timedelta(days=3))
    [seen] = proposing.seen([session.get_one(BankRow, again)])
    assert [one.key for one in seen.proposals] == [f"again:{letters}"]
    with pytest.raises(services.SettledAlready):
        do(services.assign, again, letters)
    assert counts(letters) == []


# What is no gift


def test_what_is_left_out_leaves_the_ledger_with_its_reason() -> None:
    row = do(services.ignore, came("", 37), "interest")
    assert (row.state, row.reason) == (states.IGNORED, "interest")
    assert (in_(BANK, "seoul"), in_(UNASSIGNED)) == (0, 0)
    assert queries.waiting() == 0
    do(services.mend, row.id)
    assert (in_(BANK, "seoul"), in_(UNASSIGNED)) == (37, -37)


def paid_out(amount: int, name: str = "po_1") -> str:
    """Let a gateway pay out to a bank of ours."""
    source = f"gateway:paris:{name}"
    legs = [Leg(Account(PAYOUT, "paris"), Account(GATEWAY, "paris"), Money(amount, "KRW"))]
    entry = Entry(
        book=till().book, entity=KR, source=source, kind="payout", on=clock.today(), legs=legs
    )
    transact(partial(ledger.post, entry))
    return source


def test_a_payout_arrives_once() -> None:
    source = paid_out(90_000)
    today = clock.today()
    number = came("", 90_000, on=today)
    [seen] = proposing.seen([session.get_one(BankRow, number)])
    assert [one.key for one in seen.proposals] == [f"payout:{source}"]
    do(services.accept, number, f"payout:{source}")
    assert (in_(PAYOUT, "paris"), in_(BANK, "seoul"), in_(UNASSIGNED)) == (0, 90_000, 0)
    second = came("", 90_000, on=today + timedelta(days=1))
    assert proposing.seen([session.get_one(BankRow, second)])[0].proposals == []
    with pytest.raises(services.NotExpected):
        do(services.accept, second, f"payout:{source}")
    do(services.mend, number)
    assert in_(PAYOUT, "paris") == 90_000
    do(services.accept, second, f"payout:{source}")
    assert (in_(PAYOUT, "paris"), in_(UNASSIGNED)) == (0, -90_000)


@pytest.mark.parametrize(
    "key", ["payout:nothing", "cash:deposit:99", "cash:x", "nobody:1", "", ":"]
)
def test_what_nobody_waits_for_is_refused(key: str) -> None:
    number = came()
    with pytest.raises(DomainError):
        do(services.accept, number, key)
    assert queries.row(number).state == states.UNASSIGNED  # type: ignore[union-attr]
    assert in_(UNASSIGNED) == -20_000


def test_a_payout_of_another_amount_is_refused() -> None:
    with pytest.raises(services.NotExpected):
        do(services.accept, came(), f"payout:{paid_out(90_000)}")
    assert in_(PAYOUT, "paris") == 90_000


def test_a_bag_of_cash_arrives_with_its_entry(cash: Cash) -> None:
    deposit, amount = cash.deposited(cash.counted()), WON.minor
    number = came("", amount, on=clock.today())
    [seen] = proposing.seen([session.get_one(BankRow, number)])
    [one] = seen.proposals
    assert one.key == f"cash:deposit:{deposit}"
    do(services.accept, number, one.key)
    assert (in_(DEPOSIT), in_(UNASSIGNED), in_(BANK, "seoul")) == (0, 0, amount)
    with pytest.raises(services.NotMendable):
        do(services.mend, number)
    again = came("", amount, on=clock.today() + timedelta(days=1))
    with pytest.raises(services.NotExpected):
        do(services.accept, again, one.key)


# Rows that may be known


def test_a_doubtful_row_is_entered_only_when_somebody_says_that_it_is_new() -> None:
    twice = [Line(20_000, balance=1_020_000), Line(20_000, time="16:00:00", balance=1_040_000)]
    bring(kookmin(twice))
    bring(woori(twice))
    first, second = queries.open_rows(states.DOUBTFUL)
    assert in_(UNASSIGNED) == -40_000
    do(doubting.is_known, first.id)
    do(doubting.is_new, second.id)
    assert in_(UNASSIGNED) == -60_000
    assert queries.waiting() == 3
    # A third list in the second's words has nothing that is not known.
    made = bring(woori([*twice, Line(1, balance=9)]))
    assert (made.fresh, made.known, made.doubtful) == (1, 2, 0)
    letters = promised()
    do(services.assign, second.id, letters)
    assert in_(DONATION) == -20_000


# What is forgotten


def test_who_sent_money_is_forgotten_a_month_after_it_was_decided() -> None:
    decided, waits = came("", 37), came("", 38)
    do(services.ignore, decided, "interest")
    with clock.frozen(clock.now() + forgetting.KEPT_FOR + timedelta(days=1)):
        transact(forgetting.forget_old)
    session.rollback()
    assert not telling.open_(session.get_one(BankRow, decided))
    assert telling.open_(session.get_one(BankRow, waits)).name == "김미나"
    made = bring(kookmin([Line(37), Line(99)]))
    assert (made.fresh, made.known) == (1, 1)


def test_the_trail_names_no_donor() -> None:
    letters = promised()
    do(services.assign, came(letters), letters)
    told = [f"{one.subject} {one.detail}" for one in session.query(AuditEntry)]
    assert told
    assert not any("김미나" in one or gift(letters).id.hex in one for one in told)


def test_a_reference_of_two_rows_is_ticked_for_the_older_one_only() -> None:
    letters = promised()
    rows = [came(letters), came(letters, on=DAY + timedelta(days=1))]
    found = [session.get_one(BankRow, number) for number in rows]
    assert [one.sure for one in proposing.seen(found)] == [True, False]


def test_a_gift_cut_from_a_name_field_of_seven_letters_is_likely() -> None:
    letters = promised()
    bring(shinhan([Line(20_000, f"김미나 {letters[:3]}")]))
    [row] = queries.open_rows(states.UNASSIGNED)
    [seen] = proposing.seen([row])
    assert [(one.key, one.degree) for one in seen.proposals] == [(f"gift:{letters}", 1)]
