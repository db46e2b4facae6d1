"""Many hands on one gift: it settles once, and what goes back of it is taken off once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core.db import session
from campaign_app.donations.jobs import follow
from campaign_app.payments import reading
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import Payment
from config import Config
from tests.payments.giving import PARIS, Giving
from tests.payments.honest import Said

AT_ONCE = 8


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Let money be the demo's."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


def at_once(app: Flask, *works: Callable[[], object]) -> None:
    """Do things in threads that start in the same moment, each with its own connection."""
    gate = Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        with app.app_context():
            work()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(run, works))


def payment_of(app: Flask, gift: UUID) -> str:
    with app.app_context():
        found = session.scalars(select(Payment.id).where(Payment.subject == f"donation:{gift.hex}"))
        return found.one().hex


def test_workers_that_read_and_follow_one_payment_settle_it_once(app: Flask) -> None:
    giving = Giving(app)
    gift = giving.gift(20000)
    payment = payment_of(app, gift)
    giving.pay(gift)
    giving.deliver()

    def work() -> None:
        reading.read_signals(PARIS, till())
        follow({"payment": payment})

    at_once(app, *[work] * AT_ONCE)

    assert giving.said(gift) == Said("settled", [20000], letters=1)
    assert giving.wrong() == []


def test_a_refund_and_a_dispute_in_the_same_moment_are_both_taken_off_once(app: Flask) -> None:
    giving = Giving(app)
    gift = giving.gift(20000)
    giving.pay(gift)
    giving.deliver()
    giving.work()
    giving.send_back(gift, 5000)
    giving.dispute(gift)

    at_once(app, *[lambda: reading.catch_up(PARIS, till())] * 4)
    giving.poll()

    said = giving.said(gift)
    assert (said.state, said.receipts) == ("settled", [15000])
    assert giving.wrong() == []
