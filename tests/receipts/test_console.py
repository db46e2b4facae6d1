"""The finance role finds, reads, cancels and exports receipts; that a name was read is written down."""

import csv
import io
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session, transact
from campaign_app.receipts import services
from campaign_app.receipts.models import GiftReceipt
from tests.accounts.people import signed_in, token_in
from tests.receipts.conftest import FRIENDS, SEOUL, asked

HOME = "/console/money/receipts/"


@pytest.fixture
def receipt(app: Flask) -> GiftReceipt:
    """Write a receipt with a name on it."""
    with app.app_context():
        made = transact(lambda: services.issue(asked(donor="=Mina")))
        session.refresh(made)
        session.expunge(made)
        return made


@pytest.fixture
def treasurer(app: Flask) -> FlaskClient:
    """Sign somebody of finance in."""
    return signed_in(app, "finance", name="Sora")


def deeds(app: Flask) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_receipt_is_found_by_its_number_and_shown_without_the_name(
    app: Flask, treasurer: FlaskClient, receipt: GiftReceipt
) -> None:
    answer = treasurer.get(HOME, query_string={"number": receipt.name.lower()})
    assert answer.location == f"{HOME}{receipt.id}"
    page = treasurer.get(answer.location).text
    assert receipt.name in page
    assert "Mina" not in page
    assert "receipt.read" not in deeds(app)
    assert treasurer.get(HOME, query_string={"number": "PSCORE-1"}).status_code == 200


def test_whoever_reads_the_name_is_written_down_each_time(
    app: Flask, treasurer: FlaskClient, receipt: GiftReceipt
) -> None:
    here = f"{HOME}{receipt.id}"
    for _time in range(2):
        token = token_in(treasurer.get(here))
        answer = treasurer.post(f"{here}/paper", data={"csrf_token": token})
        assert answer.content_type == "application/pdf"
    assert deeds(app).count("receipt.read") == 2


def test_a_receipt_is_cancelled_with_a_reason_and_stays(
    app: Flask, treasurer: FlaskClient, receipt: GiftReceipt
) -> None:
    here = f"{HOME}{receipt.id}"
    token = token_in(treasurer.get(here))
    assert treasurer.post(f"{here}/cancel", data={"csrf_token": token}).status_code == 400
    said = {"csrf_token": token, "reason": "Written twice"}
    answer = treasurer.post(f"{here}/cancel", data=said)
    assert answer.status_code == 303
    assert receipt.name in treasurer.get(answer.location).text
    assert treasurer.post(f"{here}/cancel", data=said).status_code >= 400
    assert deeds(app).count("receipt.cancelled") == 1


def test_a_year_is_listed_and_exported_without_a_resident_number(
    app: Flask, treasurer: FlaskClient, receipt: GiftReceipt
) -> None:
    year = f"{HOME}{SEOUL}/{receipt.year}"
    page = treasurer.get(year)
    assert receipt.name in page.text
    token = token_in(page)
    answer = treasurer.post(f"{year}/korean.csv", data={"csrf_token": token})
    head, row = csv.reader(io.StringIO(answer.get_data(as_text=True)))
    assert row[:4] == ["1", "2026-11-14", "20000", "KRW"]
    assert row[-3:] == [receipt.name, "'=Mina", ""]  # no formula, and no number at the end
    assert len(head) == len(row)
    assert deeds(app).count("receipts.exported") == 1


def test_only_a_korean_body_has_a_korean_export(app: Flask, treasurer: FlaskClient) -> None:
    with app.app_context():
        made = transact(partial(services.issue, asked(entity=FRIENDS)))
        year = f"{HOME}{FRIENDS}/{made.year}"
    page = treasurer.get(year)
    assert "korean.csv" not in page.text
    token = token_in(treasurer.get(f"{HOME}{made.id}"))
    assert treasurer.post(f"{year}/korean.csv", data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("role", ["administrator", "organiser", "viewer"])
def test_nobody_else_knows_these_pages(app: Flask, receipt: GiftReceipt, role: str) -> None:
    client = signed_in(app, role)
    for path in ("", f"{receipt.id}", f"{SEOUL}/{receipt.year}"):
        assert client.get(HOME + path).status_code == 404
