"""Cash that a donor wants back: nothing leaves a box, and every way there is stands in ledger, receipt and trail."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.cash import queries, stall_receipts
from campaign_app.cash.stall_receipts import Handed
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.payments import ledger
from campaign_app.payments.accounts import BANK, REFUND, TEST
from campaign_app.payments.ledger import Account, Where
from campaign_app.receipts import queries as receipts
from tests.accounts.people import send, signed_in
from tests.cash.counted import Cash

HOME = "/console/money/refunds"
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


def receipt_for(cash: Cash, minor: int, currency: str = "KRW") -> Donation:
    """Put money into the box, and get a receipt for it."""
    opening = cash.ask(queries.openings)
    row = opening[0].id if opening else cash.opened()
    told = Handed(
        nonce=f"n{minor}", amount=Money(minor, currency), language="ko", contact=Contact(name="Yun")
    )
    return cash.do(stall_receipts.give_receipt, row, told)


def amounts(cash: Cash, gift: Donation) -> list[tuple[str, int]]:
    """List the receipts of a gift: cancelled ones with what cancels them."""
    found = cash.ask(receipts.of_subject, gift.subject)
    return sorted((one.kind, one.minor) for one in found)


def holds(cash: Cash, kind: str, detail: str, currency: str) -> int:
    where = Where("pscore-kr", currency, Account(kind, detail))
    return cash.ask(lambda: ledger.balance(TEST, where).minor)


@pytest.mark.parametrize(
    ("currency", "minor", "places"), [("KRW", 50_000, ["seoul", "elsewhere"]), ("EUR", 2_000, ["elsewhere"])]
)  # fmt: skip
def test_a_receipt_for_cash_goes_back_by_bank_or_from_the_office_and_is_cancelled(
    cash: Cash, treasurer: FlaskClient, currency: str, minor: int, places: list[str]
) -> None:
    gift = receipt_for(cash, minor, currency)
    asked = send(
        treasurer,
        f"{HOME}/new/{gift.id.hex}",
        amount=gift.money.plain,
        reason="Thought better of it",
    )
    page = str(asked.headers["Location"])
    form = treasurer.get(page).text
    assert re.findall(r'<option value="(\w+)"', form) == places, "there is always a way"
    told = {"bank": "elsewhere", "number": "A-7", "on": clock.today().isoformat()}
    assert send(treasurer, f"{page}/slip", **told).status_code == 303
    assert holds(cash, BANK, "elsewhere", currency) == -minor
    assert holds(cash, REFUND, "", currency) == minor
    assert amounts(cash, gift) == [("cancelling", minor), ("issued", minor)]
    assert "A-7" in treasurer.get(page).text
    story = treasurer.get(f"/console/money/gifts/{gift.id}").text
    assert f"refund:{asked.headers['Location'].rsplit('/')[-1]}" in story, (
        "the ledger is on the gift's page"
    )


def test_a_receipt_that_says_too_much_is_taken_back_and_moves_nothing(
    app: Flask, cash: Cash, treasurer: FlaskClient
) -> None:
    gift = receipt_for(cash, 500_000)
    address = f"{HOME}/new/{gift.id.hex}"
    assert send(treasurer, f"{address}/mistake", why="").status_code == 400
    assert signed_in(app, "administrator", name="A").post(f"{address}/mistake").status_code == 404
    answer = send(treasurer, f"{address}/mistake", why="A nought too many")
    assert answer.status_code == 303
    assert amounts(cash, gift) == [("cancelling", 500_000), ("issued", 500_000)]
    assert holds(cash, REFUND, "", "KRW") == 0
    sums = cash.ask(lambda: queries.receipts(queries.openings()[0]).sums)
    assert sums == {}, "the box is not asked for money that was never in it"
    with app.app_context():
        noted = select(AuditEntry).where(AuditEntry.action == "donation.mistake")
        assert session.scalars(noted).one().detail["reason"] == "A nought too many"
    send(treasurer, f"{address}/mistake", why="Once more")
    assert len(amounts(cash, gift)) == 2
    assert send(treasurer, address, amount="500000", reason="Now in earnest").status_code == 409


def test_a_gift_that_goes_back_is_no_mistake(cash: Cash, treasurer: FlaskClient) -> None:
    gift = receipt_for(cash, 30_000)
    send(treasurer, f"{HOME}/new/{gift.id.hex}", amount="10000", reason="A part")
    send(treasurer, f"{HOME}/new/{gift.id.hex}/mistake", why="Both at once")
    assert amounts(cash, gift) == [("issued", 30_000)]
