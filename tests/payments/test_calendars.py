"""Every day that stands beside money is a day of the calendar of whoever takes it, however late we hear."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.donations.models import Donation
from campaign_app.payments import proving
from campaign_app.payments.models import LedgerTransaction
from campaign_app.payments.opening import till
from config import Config
from tests.payments.giving import FRIENDS, PARIS, Giving

#: Where the body that takes the money sits → a moment just after midnight there, and its two neighbours.
SEOUL, NEW_YORK = "Asia/Seoul", "America/New_York"
JUST_BEFORE = {
    SEOUL: datetime(2026, 11, 30, 14, 59, tzinfo=UTC),
    NEW_YORK: datetime(2026, 12, 1, 4, 59, tzinfo=UTC),
}


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture(params=[SEOUL, NEW_YORK])
def giving(app: Flask, request: pytest.FixtureRequest) -> Giving:
    with app.app_context():
        entities = till().ways.entities
        entities[FRIENDS] = replace(entities[FRIENDS], zone=request.param)  # type: ignore[index]
    return Giving(app)


def days_of(giving: Giving) -> dict[str, list[date]]:
    """List the days of gifts, and of what the ledger entered, oldest first."""
    with giving.app.app_context():
        entered = select(LedgerTransaction.kind, LedgerTransaction.happened_on)
        found = session.execute(entered.order_by(LedgerTransaction.happened_on)).all()
        gifts = session.scalars(select(Donation.settled_on).order_by(Donation.settled_on)).all()
        session.rollback()
    days: dict[str, list[date]] = {"settled": [one for one in gifts if one]}
    for kind, on in found:
        days.setdefault(kind, []).append(on)
    return days


def zone(giving: Giving) -> str:
    with giving.app.app_context():
        return till().ways.zone_of(FRIENDS)


def test_gifts_around_midnight_stand_on_the_same_day_in_ledger_and_receipts(giving: Giving) -> None:
    last = JUST_BEFORE[zone(giving)]
    for moment in (last, last + timedelta(minutes=2)):
        with clock.frozen(moment):
            giving.pay(giving.gift(20000))
            giving.deliver()
            giving.work()
    both = [date(2026, 11, 30), date(2026, 12, 1)]
    assert days_of(giving) == {"settled": both, "gift": both}


def test_what_we_hear_of_days_later_is_dated_by_the_day_on_which_it_came(giving: Giving) -> None:
    with clock.frozen(JUST_BEFORE[zone(giving)]):
        gift = giving.gift(20000)
        giving.pay(gift)
    with clock.frozen(JUST_BEFORE[zone(giving)] + timedelta(days=3)):
        giving.poll()
    assert days_of(giving) == {"settled": [date(2026, 11, 30)], "gift": [date(2026, 11, 30)]}


def test_what_is_lost_in_a_dispute_is_dated_there_too(giving: Giving) -> None:
    with clock.frozen(JUST_BEFORE[zone(giving)]):
        gift = giving.gift(20000)
        giving.pay(gift)
        made = giving.dispute(gift)
        giving.bank(lambda at: at.end_dispute(made["id"], won=False))
        giving.poll()
        giving.poll()
    days = days_of(giving)
    assert days["dispute_opened"] == days["dispute_lost"] == [date(2026, 11, 30)]


def test_the_proof_begins_with_the_same_line_on_both_sides(giving: Giving) -> None:
    """A line of the first day that is looked at, in the hours in which that day is another one in London."""
    paid_at = JUST_BEFORE[zone(giving)]
    with clock.frozen(paid_at):
        giving.pay(giving.gift(20000))
        giving.poll()
    with clock.frozen(paid_at + timedelta(minutes=2)):
        giving.pay(giving.gift(30000))
        giving.poll()
    for later in (timedelta(0), timedelta(minutes=2), timedelta(hours=12), timedelta(hours=20)):
        with clock.frozen(paid_at + proving.RECENT + later), giving.app.app_context():
            proofs = proving.prove(PARIS, till())
            assert [one.difference for one in proofs] == [0]
            assert [any(one.mismatches.values()) for one in proofs] == [False]
