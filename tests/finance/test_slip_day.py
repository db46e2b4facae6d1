"""Days on finance's pages are those of the bodies whose money it is."""

from datetime import UTC, datetime
from functools import partial

import pytest
from flask import Flask

from campaign_app.core import clock
from campaign_app.core.db import transact
from campaign_app.donations import services as donations
from tests.accounts.people import send, signed_in
from tests.payments.giving import Giving


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_slip_of_a_morning_in_seoul_is_taken_while_it_is_yesterday_in_london(
    app: Flask, giving: Giving
) -> None:
    with clock.frozen(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)):
        mina = signed_in(app, "finance", name="Mina")
        gift = giving.gift(50_000, way="transfer")
        with app.app_context():
            transact(partial(donations.settle, gift, on=clock.today()))
        asked = send(
            mina, f"/console/money/refunds/new/{gift.hex}", amount="30000", reason="Given twice"
        )
        page = asked.headers["Location"]
        early = send(mina, f"{page}/slip", bank="seoul", number="7", on="2026-12-02")
        assert early.status_code == 400
        send(mina, f"{page}/slip", bank="seoul", number="7", on="2026-12-01")
        assert giving.said(gift).receipts == [20_000]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_month_that_opens_is_the_one_that_has_begun_in_seoul(app: Flask) -> None:
    with clock.frozen(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)):
        page = signed_in(app, "finance", name="Mina").get("/console/money/").text
    assert 'value="2026-12-01"' in page
    assert 'value="2026-12-31"' in page
