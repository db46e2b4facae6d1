"""What of the demo's gifts goes back, so that its pages of refunds are not empty."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.demo import returns
from campaign_app.events.models import DONE
from campaign_app.finance import jobs
from campaign_app.outbox.models import OutboxRow
from campaign_app.payments import states
from campaign_app.payments.taking_models import Dispute, Refund
from config import Config
from tests.events.announced import place, told
from tests.payments.giving import Giving
from tests.payments.returning import finance, paid


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture
def giving(app: Flask) -> Giving:
    """Let a stall have stood and gifts have come, some days ago."""
    found = Giving(app)
    with app.app_context():
        transact(_a_stall)
    with clock.frozen(clock.now() - timedelta(days=10)):
        for minor in (5_000, 20_000):
            paid(found, minor, mail="")
    return found


def _a_stall() -> None:
    day = clock.now() - timedelta(days=10)
    told(place("yongsan"), day.strftime("%Y-%m-%dT14:00")).state = DONE


def brought(app: Flask) -> tuple[list[str], list[str], int]:
    with app.app_context():
        returns.bring()
        session.rollback()
        refunds = session.scalars(select(Refund.state).order_by(Refund.created_at)).all()
        disputes = session.scalars(select(Dispute.state)).all()
        letters = session.scalar(select(func.count()).where(OutboxRow.is_mail)) or 0
        return list(refunds), list(disputes), letters


def test_one_went_back_one_waits_and_one_is_disputed_and_no_letter_goes_out(
    app: Flask, giving: Giving
) -> None:
    finance(app, "Mina")
    for _twice in range(2):
        assert brought(app) == ([states.ARRIVED, states.ASKED], ["needs_response"], 0)
    giving.poll()
    assert giving.wrong() == []
    with app.app_context():
        jobs.watch()
        assert session.scalar(select(func.count()).where(OutboxRow.is_mail)) == 0


def test_without_anybody_to_ask_nothing_goes_back(app: Flask, giving: Giving) -> None:
    assert brought(app) == ([], [], 0)
    assert len(giving.gifts()) == 2


def test_without_gifts_nothing_goes_back(app: Flask) -> None:
    finance(app, "Mina")
    assert brought(app) == ([], [], 0)
    with app.app_context():
        assert transact(partial(session.scalar, select(func.count()).select_from(Refund))) == 0
