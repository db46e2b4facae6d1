"""The finance role brings a bank's list and accepts what was recognised; nobody else sees a name."""

import pytest
from flask import Flask

from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.donations import states as giving
from campaign_app.payments import ledger
from campaign_app.payments.opening import till
from campaign_app.receipts.models import GiftReceipt
from campaign_app.transfers import queries
from campaign_app.transfers.models import BankRow
from tests.transfers.desk import finance
from tests.transfers.lists import KOREAN, Line, gift, promised


def unassigned(app: Flask) -> dict[str, Money]:
    with app.app_context():
        session.rollback()
        assert ledger.prove(till().book) == []
        return dict(queries.unassigned(till().book))


def entered(app: Flask) -> int:
    with app.app_context():
        session.rollback()
        return session.query(BankRow).count()


@pytest.mark.parametrize("shape", KOREAN)
def test_a_promise_becomes_a_settled_gift_with_a_receipt(app: Flask, shape: str) -> None:
    letters = promised(app, 20_000)
    listed = [Line(20_000, "김미나", letters.upper()), Line(5_000, "이준호", balance=1_025_000)]
    desk = finance(app)
    text = KOREAN[shape](listed)
    assert desk.enter(text).status_code == 303
    assert unassigned(app) == {"KRW": Money(25_000, "KRW")}
    assert desk.offered(ticked=True) == desk.offered()
    assert desk.accept().status_code == 303
    with app.app_context():
        assert gift(letters).state == giving.SETTLED
        assert session.query(GiftReceipt).one().minor == 20_000
    assert unassigned(app) == {"KRW": Money(5_000, "KRW")}
    desk.enter(text)
    desk.enter(text + "\n")
    assert entered(app) == 2
    assert unassigned(app) == {"KRW": Money(5_000, "KRW")}
