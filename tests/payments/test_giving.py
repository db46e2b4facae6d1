"""From the page to pay on to receipt and thanks: each gift once, whatever the bank tells, and how often."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.donations.models import Donation
from campaign_app.payments.taking_models import Dispute, Payment
from config import Config
from tests.payments.giving import Giving
from tests.payments.honest import Said


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture
def giving(app: Flask) -> Giving:
    return Giving(app)


def test_a_gift_that_was_paid_has_one_receipt_and_one_letter(giving: Giving) -> None:
    gift = giving.gift(20000, mail="mina@example.org")
    giving.pay(gift)
    assert giving.said(gift) == Said("begun"), "only the bank knows"
    assert set(giving.deliver(times=3)) == {200}
    assert giving.said(gift) == Said("begun"), "a signal is not believed before it is read"
    giving.work()
    assert giving.said(gift) == Said("settled", [20000], letters=1)
    giving.work()
    giving.poll()
    assert giving.said(gift) == Said("settled", [20000], letters=1)
    assert giving.wrong() == []


def test_a_promise_waits_and_then_settles_or_ends(giving: Giving) -> None:
    kept, broken = giving.gift(3333, "EUR", nonce="k"), giving.gift(3333, "EUR", nonce="b")
    giving.promise(kept)
    giving.promise(broken)
    giving.deliver()
    giving.work()
    assert giving.said(kept) == giving.said(broken) == Said("pending")
    giving.keep(kept)
    giving.break_(broken)
    giving.deliver_shuffled(random.Random(1))
    giving.work()
    giving.poll()
    assert giving.said(kept) == Said("settled", [3333], letters=1)
    assert giving.said(broken) == Said("ended")
    assert giving.wrong() == []


def test_what_goes_back_is_taken_off_the_receipt(giving: Giving) -> None:
    gift = giving.gift(20000)
    giving.pay(gift)
    giving.deliver()
    giving.work()
    giving.send_back(gift, 5000)
    giving.poll()
    assert giving.said(gift) == Said("settled", [15000], letters=1, returned=5000, cancelled=1)
    giving.send_back(gift, 15000)
    giving.poll()
    assert giving.said(gift) == Said("settled", [], letters=1, returned=20000, cancelled=2)
    assert giving.wrong() == []


def test_three_days_without_webhooks_are_made_up_by_one_poll(giving: Giving) -> None:
    """The same gifts, once told at once and once not at all, end in the same books."""
    told, untold = giving.gift(20000, nonce="a"), giving.gift(20000, nonce="b")
    giving.pay(told)
    giving.deliver()
    giving.work()
    giving.pay(untold)
    later = clock.now() + timedelta(days=3)
    with clock.frozen(later):
        giving.poll()
    assert giving.said(told) == giving.said(untold) == Said("settled", [20000], letters=1)
    with clock.frozen(later):
        assert giving.wrong() == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_any_order_of_five_events_ends_in_the_same_books(giving: Giving) -> None:
    """120 orders of: two events of a promise, two of its keeping, one of a refund; each order for itself."""
    ends = set()
    for number, order in enumerate(itertools.permutations(range(5))):
        gift = giving.gift(777, "USD", nonce=f"order {number}")
        giving.promise(gift)
        giving.keep(gift)
        giving.brought |= {one["id"] for one in giving.events()[5:]}
        events = giving.events()
        assert len(events) == 5
        for place in order:
            giving.deliver([events[place]])
            giving.work()
        ends.add(str(giving.said(gift)))
    assert ends == {str(Said("settled", [777], letters=1))}
    giving.poll()
    assert giving.wrong() == []


def test_a_dispute_that_is_told_before_its_payment_is_kept_until_that_is_known(
    giving: Giving,
) -> None:
    gift = giving.gift(20000)
    giving.pay(gift)
    charge = giving.charge(gift)
    giving.dispute(gift)
    told = giving.events()
    early = [one for one in told if one["type"].startswith("charge.dispute.")]
    assert early
    giving.deliver(early)
    giving.work()
    assert disputes(giving) == []
    giving.deliver()
    giving.work()
    giving.poll()
    assert disputes(giving) == [charge["id"]]


def disputes(giving: Giving) -> list[str | None]:
    """List the charges of which we know that they are disputed."""
    with giving.app.app_context():
        found = select(Payment.charge_id).join(Dispute, Dispute.payment_id == Payment.id)
        charges = list(session.scalars(found))
        session.rollback()
        return charges


def test_a_gift_at_the_turn_of_the_year_is_dated_by_whoever_takes_it(giving: Giving) -> None:
    """Half past eleven in London on the last day of December is half past midnight in Paris."""
    with clock.frozen(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        gift = giving.gift(20000)
        giving.pay(gift)
        giving.deliver()
        giving.work()
    with giving.app.app_context():
        assert session.get_one(Donation, gift).settled_on == date(2027, 1, 1)
        session.rollback()
