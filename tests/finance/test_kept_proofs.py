"""The books are added up in the night, or when somebody asks; pages show what that found, and when."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from campaign_app.core.db import db, session
from campaign_app.payments import jobs, proven
from campaign_app.payments.accounts import TEST
from campaign_app.payments.models import LedgerPosting
from campaign_app.receipts import jobs as receipts
from campaign_app.receipts.models import GiftReceipt
from tests.accounts.people import send
from tests.payments.giving import Giving

PROOF = "/console/money/proof/"


@pytest.fixture
def given_once(giving: Giving) -> Giving:
    gift = giving.gift(20000)
    giving.pay(gift)
    giving.deliver()
    giving.work()
    return giving


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_an_error_in_the_ledger_is_named_once_somebody_asks_for_the_proof(
    app: Flask, given_once: Giving, treasurer: FlaskClient
) -> None:
    with app.app_context():
        jobs.prove_ledger()
        posting = session.scalars(select(LedgerPosting)).first()
        assert posting is not None
        number = posting.transaction_id
        assert (proven.of_ledger(TEST).rows, proven.of_ledger(TEST).flaws) == (2, 0)  # type: ignore[union-attr]  # just kept
        with db.engine.begin() as hand:
            hand.execute(text("PRAGMA ignore_check_constraints = 1"))
            wrong = update(LedgerPosting).where(LedgerPosting.transaction_id == number)
            hand.execute(wrong.values(minor=0))
    assert "moves nothing" not in treasurer.get(PROOF).text
    assert "A posting that moves nothing" not in unescape(treasurer.get(PROOF).text)
    assert send(treasurer, f"{PROOF}now").status_code == 303
    given_once.work()
    page = unescape(treasurer.get(PROOF).text)
    assert "A posting that moves nothing" in page
    assert f"transaction {number}, leg 1" in page
    assert "The proof of our own books found 2 things" in treasurer.get("/console/money/").text


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_receipt_that_is_missing_is_named_by_the_proof_of_the_night(
    app: Flask, given_once: Giving, treasurer: FlaskClient
) -> None:
    with app.app_context():
        receipts.prove()
    assert "A number without a receipt" not in treasurer.get("/console/money/receipts/").text
    with app.app_context():
        with db.engine.begin() as hand:
            hand.execute(update(GiftReceipt).values(number=2))
        receipts.prove()
    for page in ("/console/money/receipts/", PROOF):
        assert "A number without a receipt" in treasurer.get(page).text
