"""Money goes back once, never more than came, and above a threshold never by one person alone unseen."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.money import Money
from campaign_app.donations import services as donations
from campaign_app.donations.models import Donation
from campaign_app.outbox import worker
from campaign_app.payments import (
    by_hand,
    ledger,
    outside,
    reading,
    refunding,
    sending,
    states,
    steps,
)
from campaign_app.payments.accounts import BANK, HELD, REFUND, TEST
from campaign_app.payments.by_hand import Slip
from campaign_app.payments.gateway import GatewayUnreachable, Refunded
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.opening import till
from campaign_app.payments.refunding import Gift, Wish
from campaign_app.payments.stripe_gateway import StripeGateway
from campaign_app.payments.taking_models import Payment, Refund
from config import Config
from tests import given
from tests.payments.giving import Giving
from tests.payments.returning import ask, finance, in_the_app, paid, payment_of, refund, send

__all__ = ["in_the_app"]
pytestmark = pytest.mark.usefixtures("in_the_app")


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture
def giving(app: Flask) -> Giving:
    return Giving(app)


@pytest.fixture
def mina(app: Flask) -> int:
    return finance(app, "Mina")


@pytest.fixture
def jun(app: Flask) -> int:
    return finance(app, "Jun")


def refused(deed: Callable[[], object], why: type[DomainError]) -> None:
    with pytest.raises(why):
        transact(deed)
    session.rollback()


def story(refund_id: UUID) -> list[str]:
    return [one.what for one in steps.of(f"refund:{refund_id.hex}")]


def at_the_bank(giving: Giving) -> list[int]:
    return [one["amount"] for one in giving.things("refund")]


def wrong(giving: Giving) -> list[str]:
    giving.poll()
    return giving.wrong()


# Who may


def test_a_small_refund_leaves_when_one_person_asks_for_it(giving: Giving, mina: int) -> None:
    gift = paid(giving, 99_999)
    row = ask(gift, 99_999, mina)
    assert refund(row).state == states.ALLOWED
    giving.work()
    assert at_the_bank(giving) == [99_999]
    assert refund(row).state == states.SENT
    assert giving.said(gift).returned == 99_999
    assert story(row) == ["asked", "small", "sent"]
    assert wrong(giving) == []


def test_a_large_refund_waits_for_somebody_else(giving: Giving, mina: int, jun: int) -> None:
    gift = paid(giving)
    row = ask(gift, 100_000, mina)
    giving.work()
    assert at_the_bank(giving) == []
    refused(partial(refunding.allow, row, mina), refunding.SecondPersonNeeded)
    refused(
        partial(refunding.allow_alone, row, mina, "Nobody is here"), refunding.SecondPersonNeeded
    )
    transact(partial(refunding.allow, row, jun))
    giving.work()
    assert at_the_bank(giving) == [100_000]
    assert giving.said(gift).receipts == [100_000]
    deeds = select(AuditEntry.action).where(AuditEntry.action.startswith("refund."))
    assert sorted(session.scalars(deeds)) == ["refund.allowed", "refund.asked"]


def test_small_ones_of_one_gift_add_up_to_a_large_one(giving: Giving, mina: int) -> None:
    gift = paid(giving)
    rows = [ask(gift, 50_000, mina) for _half in range(2)]
    assert [refund(row).state for row in rows] == [states.ALLOWED, states.ASKED]


@pytest.mark.parametrize(
    ("currency", "small", "large"),
    [("KRW", 99_999, 100_000), ("CHF", 9_999, 10_000), ("JPY", 9_999, 10_000)],
)
def test_each_currency_has_a_threshold_of_its_own(currency: str, small: int, large: int) -> None:
    limit = refunding.threshold("nobody", currency)
    assert Money(small, currency) < limit <= Money(large, currency)


def test_whoever_is_alone_may_act_alone_and_it_shows_until_somebody_looks(
    app: Flask, giving: Giving, mina: int
) -> None:
    gift = paid(giving)
    row = ask(gift, 150_000, mina)
    refused(partial(refunding.allow_alone, row, mina, "  "), refunding.ReasonNeeded)
    transact(partial(refunding.allow_alone, row, mina, "The board is abroad"))
    giving.work()
    assert refund(row).one_person
    assert at_the_bank(giving) == [150_000]
    alone = select(AuditEntry.detail).where(AuditEntry.action == "refund.allowed_alone")
    assert session.scalars(alone).one()["one_person"] is True
    refused(partial(refunding.look_again, row, mina), refunding.SecondPersonNeeded)
    transact(partial(refunding.look_again, row, finance(app, "Jun")))
    assert not refund(row).one_person
    assert refund(row).alone_reason == "The board is abroad"


def test_after_a_day_without_an_answer_one_may_act_alone(
    giving: Giving, mina: int, jun: int
) -> None:
    row = ask(paid(giving), 150_000, mina)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        transact(partial(refunding.allow_alone, row, mina, "Jun is on a train"))
    assert refund(row).alone_reason == "Jun is on a train"
    assert refund(row).allowed_by is None


def test_the_database_itself_refuses_one_person_twice_and_a_large_one_unseen(
    giving: Giving, mina: int
) -> None:
    row = ask(paid(giving), 150_000, mina)
    for wrong in ({"allowed_by": mina}, {"state": "allowed"}, {"state": "sent"}):
        with pytest.raises(IntegrityError):
            transact(partial(_change, row, wrong))
    assert refund(row).state == states.ASKED


def _change(row: UUID, values: dict[str, Any]) -> None:
    session.execute(update(Refund).where(Refund.id == row).values(**values))


def test_what_was_refused_leaves_nothing_and_can_be_asked_for_again(
    giving: Giving, mina: int, jun: int
) -> None:
    gift = paid(giving)
    row = ask(gift, 200_000, mina)
    refused(lambda: ask_inside(gift, 1, mina), refunding.TooMuch)
    transact(partial(refunding.refuse, row, jun))
    refused(partial(refunding.allow, row, jun), refunding.AlreadyDecided)
    giving.work()
    assert at_the_bank(giving) == []
    assert refund(ask(gift, 200_000, mina)).state == states.ASKED


def ask_inside(gift: UUID, minor: int, person: int) -> Refund:
    payment = session.scalars(
        select(Payment).where(Payment.subject == f"donation:{gift.hex}")
    ).one()
    wish = Wish(amount=Money(minor, payment.currency), reason="x", person_id=person)
    return refunding.ask(payment.id, wish)


def test_what_did_not_arrive_does_not_go_back(giving: Giving, mina: int) -> None:
    gift = giving.gift()
    refused(lambda: ask_inside(gift, 100, mina), refunding.NotPaid)


@pytest.mark.parametrize("minor", [0, 200_001])
def test_nothing_and_more_than_there_is_are_refused(giving: Giving, mina: int, minor: int) -> None:
    gift = paid(giving)
    refused(lambda: ask_inside(gift, minor, mina), refunding.TooMuch)


# Somebody from outside


def opened(row: UUID, person: int) -> str:
    """Ask the demo's treasurer, and read the link from the letter."""
    [treasurer] = outside.known("friends-fr")
    sent = outside.write(refund(row), treasurer)
    session.rollback()
    transact(partial(outside.post, row, sent, person))
    return sent.name


def link(app: Flask) -> str:
    worker.drain()
    mail = next(one for one in given.mails(app) if "treasurer" in str(one["To"]))
    return given.link_of(mail).split("/refunds/")[1].split("?")[0]


def test_somebody_outside_allows_by_a_link_that_opens_once(
    app: Flask, giving: Giving, mina: int
) -> None:
    gift = paid(giving, name="Kim Jiwoo")
    row = ask(gift, 150_000, mina)
    name = opened(row, mina)
    token = link(app)
    assert token.encode() not in (refund(row).link_hash or b"")
    found = transact(partial(outside.decide, token, allowed=True))
    assert found is not None
    assert (refund(row).state, refund(row).by_outside, refund(row).outside) == (
        states.ALLOWED, True, name,
    )  # fmt: skip
    assert transact(partial(outside.decide, token, allowed=False)) is None
    giving.work()
    assert at_the_bank(giving) == [150_000]


def test_a_link_of_last_week_opens_nothing(app: Flask, giving: Giving, mina: int) -> None:
    row = ask(paid(giving), 150_000, mina)
    opened(row, mina)
    token = link(app)
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert outside.find(token) is None
        assert transact(partial(outside.decide, token, allowed=True)) is None
    assert refund(row).state == states.ASKED


# At once


def both(app: Flask, deeds: Sequence[Callable[[], object]]) -> list[str]:
    """Do things at the same moment; tell which went well."""
    told: list[str] = []
    gate = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                transact(deed)
                told.append("done")
            except DomainError as no:
                told.append(type(no).__name__)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_of_two_who_ask_at_once_for_all_of_it_one_may(
    app: Flask, giving: Giving, mina: int
) -> None:
    gift = paid(giving, 60_000)
    asked = both(app, [partial(ask_inside, gift, 40_000, mina)] * 4)
    assert asked == ["TooMuch", "TooMuch", "TooMuch", "done"]
    giving.work()
    assert at_the_bank(giving) == [40_000]


def test_of_two_who_allow_at_once_one_is_the_second_person(
    app: Flask, giving: Giving, mina: int, jun: int
) -> None:
    row = ask(paid(giving), 150_000, mina)
    sora = finance(app, "Sora")
    deeds = [partial(refunding.allow, row, one) for one in (jun, sora)]
    assert both(app, deeds) == ["AlreadyDecided", "done"]
    giving.work()
    assert at_the_bank(giving) == [150_000]


def test_twenty_jobs_send_it_once(app: Flask, giving: Giving, mina: int) -> None:
    row = ask(paid(giving, 50_000), 50_000, mina)

    def run() -> None:
        with app.app_context():
            send(row)

    threads = [threading.Thread(target=run) for _one in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert at_the_bank(giving) == [50_000]
    assert payment_of_row(row).refunded == 50_000


def payment_of_row(row: UUID) -> Payment:
    return session.get_one(Payment, refund(row).payment_id, populate_existing=True)


# Crashes and lost answers


class Died(BaseException):
    """The server was killed here."""


def test_a_crash_between_the_call_and_our_note_sends_it_once(
    giving: Giving, mina: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = paid(giving, 50_000)
    row = ask(gift, 50_000, mina)

    def die(_told: Refunded) -> None:
        raise Died

    with monkeypatch.context() as killed:
        killed.setattr(reading, "read_refund", die)
        with pytest.raises(Died):
            send(row)
    session.rollback()
    assert refund(row).state == states.ALLOWED
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert sending.sweep(till()) == 1
        giving.work()
    assert at_the_bank(giving) == [50_000]
    assert giving.said(gift).returned == 50_000
    assert wrong(giving) == []


def test_a_crash_found_after_the_gateway_forgot_the_key_sends_it_once(
    giving: Giving, mina: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(paid(giving, 50_000), 20_000, mina)
    real = StripeGateway.refund

    def lost(self: StripeGateway, **said: Any) -> Refunded:
        real(self, **said)
        raise GatewayUnreachable

    with monkeypatch.context() as line:
        line.setattr(StripeGateway, "refund", lost)
        with pytest.raises(GatewayUnreachable):
            send(row)
    with giving.vault.open_() as desk:
        desk.line.execute("DELETE FROM answered")  # a day later Stripe forgets
    with clock.frozen(clock.now() + timedelta(days=2)):
        sending.sweep(till())
    assert at_the_bank(giving) == [20_000]
    assert refund(row).state == states.SENT


def test_what_the_gateway_will_not_do_is_dropped_with_its_word(giving: Giving, mina: int) -> None:
    gift = paid(giving, 50_000)
    charge = giving.charge(gift)
    row = ask(gift, 50_000, mina)
    giving.bank(lambda at: at.refund({"charge": charge["id"], "amount": 30_000}))
    assert not send(row)
    assert (refund(row).state, refund(row).said) == (states.DROPPED, "amount_too_large")
    assert story(row)[-1] == "declined"


# What comes back, and what others did


def end(giving: Giving, *, well: bool) -> None:
    [made] = giving.things("refund")
    giving.bank(lambda at: at.end_refund(made["id"], well=well))
    giving.deliver()
    giving.work()


def test_a_refund_that_comes_back_brings_the_receipt_back(giving: Giving, mina: int) -> None:
    gift = paid(giving, 50_000)
    row = ask(gift, 50_000, mina)
    giving.work()
    assert giving.said(gift).receipts == []
    end(giving, well=False)
    said = giving.said(gift)
    assert (said.receipts, said.returned, said.cancelled) == ([50_000], 0, 1)
    assert refund(row).state == states.CAME_BACK
    assert payment_of(gift).refunded == 0
    assert wrong(giving) == []


def test_a_refund_can_come_back_days_after_it_arrived_and_never_arrives_again(
    giving: Giving, mina: int
) -> None:
    gift = paid(giving, 50_000)
    row = ask(gift, 20_000, mina)
    giving.work()
    end(giving, well=True)
    assert refund(row).state == states.ARRIVED
    told = till().gateway("paris").refunded(str(refund(row).gateway_id))
    session.rollback()
    for state in ("failed", "succeeded", "pending"):
        reading.read_refund(_as(told, state))
    giving.work()
    assert refund(row).state == states.CAME_BACK
    assert payment_of(gift).refunded == 0
    assert giving.said(gift).receipts == [50_000]


def _as(told: Refunded, state: str) -> Refunded:
    return Refunded(
        id=told.id, reference=told.reference, charge_id=told.charge_id, amount=told.amount, state=state
    )  # fmt: skip


def test_one_made_at_the_gateway_past_us_is_entered_and_counts(giving: Giving, mina: int) -> None:
    gift = paid(giving, 50_000)
    charge = giving.charge(gift)
    giving.bank(lambda at: at.refund({"charge": charge["id"], "amount": 30_000}))
    giving.deliver(times=2)
    giving.work()
    [row] = session.scalars(select(Refund)).all()
    assert row.made_elsewhere
    assert row.minor == 30_000
    assert giving.said(gift).receipts == [20_000]
    refused(lambda: ask_inside(gift, 20_001, mina), refunding.TooMuch)
    assert wrong(giving) == []


# Disputes


def held() -> int:
    return ledger.balance(TEST, Where("friends-fr", "KRW", Account(HELD, "paris"))).minor


def disputed(giving: Giving, gift: UUID) -> str:
    made = giving.dispute(gift)
    giving.deliver()
    giving.poll()
    return str(made["id"])


def decided(giving: Giving, dispute: str, *, won: bool) -> None:
    giving.bank(lambda at: at.end_dispute(dispute, won=won))
    giving.deliver()
    giving.poll()


def test_while_a_dispute_is_open_nothing_can_be_asked_for(giving: Giving, mina: int) -> None:
    gift = paid(giving, 50_000)
    dispute = disputed(giving, gift)
    assert held() == 50_000
    refused(lambda: ask_inside(gift, 100, mina), refunding.Held)
    decided(giving, dispute, won=True)
    assert held() == 0
    assert giving.said(gift).receipts == [50_000]
    assert refund(ask(gift, 100, mina)).state == states.ALLOWED


def test_a_lost_dispute_takes_the_gift_and_its_receipt(giving: Giving, mina: int) -> None:
    gift = paid(giving, 50_000)
    decided(giving, disputed(giving, gift), won=False)
    said = giving.said(gift)
    assert (said.returned, said.receipts, said.cancelled, held()) == (50_000, [], 1, 0)
    refused(lambda: ask_inside(gift, 1, mina), refunding.TooMuch)
    assert wrong(giving) == []


def test_a_dispute_after_a_part_went_back_takes_only_the_rest(giving: Giving, mina: int) -> None:
    gift = paid(giving, 50_000)
    ask(gift, 20_000, mina)
    giving.work()
    dispute = disputed(giving, gift)
    assert held() == 30_000
    assert giving.said(gift).receipts == [30_000]
    decided(giving, dispute, won=False)
    assert giving.said(gift).returned == 50_000
    assert wrong(giving) == []


def test_what_was_allowed_waits_when_a_dispute_comes_first(
    giving: Giving, mina: int, jun: int
) -> None:
    gift = paid(giving)
    row = ask(gift, 150_000, mina)
    dispute = disputed(giving, gift)
    transact(partial(refunding.allow, row, jun))
    giving.work()
    assert at_the_bank(giving) == []
    assert refund(row).state == states.ALLOWED
    decided(giving, dispute, won=True)
    charge = giving.charge(gift)
    with giving.vault.open_() as desk:  # at Stripe what was won can be given back
        desk.put(charge | {"disputed": False})
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        sending.sweep(till())
    assert at_the_bank(giving) == [150_000]


# By bank


def transferred(giving: Giving, minor: int = 200_000) -> Donation:
    gift = giving.gift(minor, way="transfer")
    transact(partial(donations.settle, gift, on=clock.today()))
    return session.get_one(Donation, gift)


def by_bank(gift: Donation, minor: int, person: int) -> Refund:
    what = Gift(subject=gift.subject, book=gift.book, entity=gift.entity, whole=gift.money)
    wish = Wish(amount=Money(minor, gift.currency), reason="Asked", person_id=person)
    return refunding.ask_by_hand(what, wish)


def in_the_bank() -> int:
    return ledger.balance(TEST, Where("pscore-kr", "KRW", Account(BANK, "seoul"))).minor


def test_a_transfer_goes_back_by_bank_with_its_slip_and_the_same_four_eyes(
    giving: Giving, mina: int, jun: int
) -> None:
    gift = transferred(giving)
    row = transact(partial(by_bank, gift, 120_000, mina)).id
    slip = Slip(bank="seoul", number="0412-77", on=clock.today(), person_id=mina)
    refused(partial(by_hand.sent_back, row, slip), by_hand.NotAllowedYet)
    refused(partial(by_bank, gift, 80_001, mina), refunding.TooMuch)
    transact(partial(refunding.allow, row, jun))
    elsewhere = Slip(bank="zurich", number="1", on=clock.today(), person_id=mina)
    refused(partial(by_hand.sent_back, row, elsewhere), by_hand.AnotherBank)
    transact(partial(by_hand.sent_back, row, slip))
    refused(partial(by_hand.sent_back, row, slip), by_hand.NotAllowedYet)
    assert in_the_bank() == -120_000
    transact(partial(by_hand.came_back, row, clock.today(), mina))
    assert in_the_bank() == 0
    assert ledger.balance(TEST, Where("pscore-kr", "KRW", Account(REFUND))).minor == 0
    assert session.scalar(select(func.count()).select_from(Refund)) == 1
