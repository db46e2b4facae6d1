"""What people gave in the demo went the way of real gifts, and adds up."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaign_app import create_app, demo
from campaign_app.cash.models import BoxOpening
from campaign_app.core.db import db, session
from campaign_app.donations import states
from campaign_app.donations.models import Donation
from campaign_app.outbox.models import OutboxRow
from campaign_app.payments import ledger, proving, reading
from campaign_app.payments.accounts import TEST
from campaign_app.payments.opening import till
from campaign_app.qr.models import Placement
from campaign_app.receipts import proving as receipts
from campaign_app.receipts.models import GiftReceipt
from config import Config


@pytest.fixture
def engine_name() -> str:
    """Load on one engine: what the demo does, the tests of these deeds do on both."""
    return "sqlite"


def test_gifts_receipts_boxes_and_the_bank_agree(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "lantern.sqlite3")
    url = f"sqlite:///{tmp_path / 'lantern.sqlite3'}"
    app = create_app(Config.for_tests(database_url=url, instance_dir=tmp_path, payments="local"))
    demo.load(app, tmp_path)
    demo.load(app, tmp_path)  # a second start adds nothing
    with app.app_context():
        by_state = dict(
            session.execute(select(Donation.state, func.count()).group_by(Donation.state)).all()
        )
        settled = by_state[states.SETTLED]
        assert settled >= 10
        assert by_state[states.BEGUN] >= 1
        issued = select(func.count()).where(GiftReceipt.kind == "issued")
        assert session.scalar(issued) == settled
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
        assert ledger.prove(TEST) == []
        assert receipts.prove(TEST) == []
        reading.catch_up("paris", till())  # what the bank wrote of a refund and a dispute
        assert {one.difference for one in proving.prove("paris", till())} == {0}
        assert {"counted", "deposited"} <= set(session.scalars(select(BoxOpening.state)))
        tent = session.scalars(select(Placement).where(Placement.target == "gift")).one()
        letters = tent.code.letters
        session.rollback()
    page = app.test_client().get(f"/q/{letters}")
    assert page.status_code == 200
    assert 'name="amount"' in page.text
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
