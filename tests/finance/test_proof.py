"""Reconciliation: the sums agree or are named, each account adds up, and the accountant gets every posting."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import db, session, transact
from campaign_app.core.money import Money
from campaign_app.finance import accounting, proofs
from campaign_app.payments import ledger, proving, statement
from campaign_app.payments.accounts import GATEWAY, PAYOUT, TEST
from campaign_app.payments.flows import Span
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.opening import till
from campaign_app.payments.statement import Statement
from tests.accounts.people import send, signed_in
from tests.payments.giving import Giving

PROOF = "/console/money/proof/"
PARIS = Where("friends-fr", "KRW", Account(GATEWAY, "paris"))


def around() -> Span:
    return Span(clock.today() - timedelta(days=3), clock.today() + timedelta(days=3))


@pytest.fixture
def history(giving: Giving) -> Giving:
    """Let two people give, one get a part back, and the gateway pay out."""
    for minor in (20000, 35000):
        gift = giving.gift(minor, name="Yun Dongju", mail="dongju@example.org")
        giving.pay(gift)
        giving.deliver()
        giving.work()
    giving.send_back(gift, 5000)
    giving.bank(lambda at: at.pay_out("krw"))
    giving.poll()
    return giving


def stated(app: Flask, where: Where = PARIS, span: Span | None = None) -> Statement:
    with app.app_context():
        session.rollback()
        return statement.statement(TEST, where, span or around())


def test_a_statement_goes_from_its_opening_to_its_closing(app: Flask, history: Giving) -> None:
    found = stated(app)
    assert found.moved["gifts"] == Money(55000, "KRW")
    assert found.moved["refunds"] == Money(-5000, "KRW")
    assert found.moved["fees"].minor < 0
    assert found.moved["payouts"].minor < 0
    assert (found.opening, found.gap) == (Money(0, "KRW"), Money(0, "KRW"))
    total = Money.sum_of(found.moved.values(), "KRW")
    with app.app_context():
        assert found.closing == total == ledger.balance(TEST, PARIS)


def test_what_is_paid_out_is_on_its_way_until_the_bank_shows_it(
    app: Flask, history: Giving
) -> None:
    here = stated(app).moved["payouts"]
    there = stated(app, Where("friends-fr", "KRW", Account(PAYOUT, "paris")))
    assert there.moved == {"payouts": -here}


def test_two_times_follow_each_other_without_a_gap(app: Flask, history: Giving) -> None:
    today = clock.today()
    before = stated(app, span=Span(today - timedelta(days=9), today - timedelta(days=1)))
    now = stated(app, span=Span(today, today))
    assert before.closing == now.opening
    later = stated(app, span=Span(today + timedelta(days=1), today + timedelta(days=2)))
    assert (later.opening, later.closing, later.moved) == (now.closing, now.closing, {})


def plant(app: Flask, mistake: str) -> None:
    """Change the database by hand, as nobody should, past all that keeps it whole."""
    with app.app_context(), db.engine.connect() as by_hand:
        if db.engine.dialect.name == "sqlite":
            by_hand.exec_driver_sql("ROLLBACK")  # inside a transaction it would not be heard
            by_hand.exec_driver_sql("PRAGMA foreign_keys=OFF")
            by_hand.exec_driver_sql("BEGIN")
        else:
            by_hand.execute(text("SET session_replication_role = replica"))
        by_hand.execute(text(mistake))
        by_hand.commit()
        by_hand.invalidate()


def test_a_planted_error_is_seen_and_named(
    app: Flask, treasurer: FlaskClient, history: Giving
) -> None:
    with app.app_context():
        proving.prove("paris", till())
    clean = unescape(treasurer.get(PROOF).text)
    assert "What differs" not in clean
    plant(app, "UPDATE ledger_posting SET minor = minor + 1 WHERE minor = 35000")
    with app.app_context():
        (proof,) = [one for one in proving.prove("paris", till()) if one.currency == "KRW"]
        assert proof.difference == 1
        (source,) = proof.mismatches["different"]
    page = unescape(treasurer.get(PROOF).text)
    assert "What differs at “paris”" in page
    assert source in page
    assert "/console/money/proof/" in treasurer.get("/console/money/").text


def test_a_posting_whose_transaction_was_deleted_is_a_gap(app: Flask, history: Giving) -> None:
    largest = "SELECT transaction_id FROM ledger_posting WHERE minor = 35000"
    plant(app, f"DELETE FROM ledger_transaction WHERE id IN ({largest})")  # noqa: S608 -- our own words
    assert stated(app).gap
    with app.app_context():
        (sheet,) = [
            one
            for one in proofs.sheets(statement.of_gateways(till(), around()))
            if one.currency == "KRW"
        ]
        assert not sheet.adds_up


def test_the_page_shows_the_statement_in_every_language(
    treasurer: FlaskClient, history: Giving
) -> None:
    for language in ("en", "ko", "fr"):
        page = treasurer.get(PROOF, headers={"Accept-Language": language})
        assert page.status_code == 200
        assert "55" in page.text
        assert "Yun Dongju" not in page.text


def test_somebody_can_have_it_proven_now_and_that_is_noted(
    app: Flask, treasurer: FlaskClient, history: Giving
) -> None:
    assert "What differs" not in treasurer.get(PROOF).text
    send(treasurer, f"{PROOF}now")
    send(treasurer, f"{PROOF}now")  # pressed twice, it is done once
    history.work()
    with app.app_context():
        session.rollback()
        newest = proofs.latest(TEST)
        assert [one.difference for one in newest] == [0] * len(newest)
        assert newest
        noted = select(AuditEntry).where(AuditEntry.action == "money.proof_asked")
        assert len(session.scalars(noted).all()) == 2


# For the accountant


def read(client: FlaskClient, **said: str) -> list[dict[str, str]]:
    answer = send(client, f"{PROOF}ledger.csv", **said)
    assert answer.status_code == 200, answer.text
    told = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(told), delimiter=";" if said.get("apart") else ","))


def test_the_files_postings_sum_to_the_balances(
    app: Flask, treasurer: FlaskClient, history: Giving
) -> None:
    sums: Counter[tuple[str, str, str]] = Counter()
    for row in read(treasurer):
        minor = int(Decimal(row["Amount"]))  # won have no decimals
        sums[row["Who received it"], row["Currency"], row["Into"]] += minor
        sums[row["Who received it"], row["Currency"], row["Out of"]] -= minor
    with app.app_context():
        balances = {
            (w.entity, w.currency, accounting.account_name(w.account.kind, w.account.detail)): m
            for w, m in ledger.balances(TEST).items()
        }
    assert {key: total for key, total in sums.items() if total} == {
        key: money.minor for key, money in balances.items() if money
    }


def test_a_gifts_lines_carry_its_receipt_and_no_donor(
    treasurer: FlaskClient, history: Giving
) -> None:
    rows = read(treasurer)
    gifts = [row for row in rows if row["What"] in ("Gift", "Refund")]
    assert gifts
    assert all(row["Receipt"].startswith("TEST-FRIENDS-FR-") for row in gifts)
    everything = str(rows)
    assert "Dongju" not in everything
    assert "dongju@" not in everything


def test_a_spreadsheet_in_french_gets_commas(treasurer: FlaskClient, giving: Giving) -> None:
    gift = giving.gift(1250, "CHF")
    giving.pay(gift)
    giving.deliver()
    giving.work()
    (gave,) = [row for row in read(treasurer, apart="comma") if row["Out of"] == "donation"]
    assert gave["Amount"] == "12,50"


def test_a_time_without_postings_is_a_file_with_a_head(treasurer: FlaskClient) -> None:
    assert read(treasurer, **{"from": "2020-01-01", "to": "2020-01-31"}) == []


def test_no_cell_of_the_file_can_calculate(app: Flask, history: Giving) -> None:
    plant(app, "UPDATE ledger_transaction SET source = '=cmd|x' WHERE kind = 'payout'")
    with app.test_request_context("/en/"):
        session.rollback()
        body = "".join(accounting.as_csv(TEST, around()))
    assert "'=cmd|x" in body
    assert ",=cmd" not in body


def test_taking_the_ledger_is_noted(app: Flask, treasurer: FlaskClient) -> None:
    read(treasurer)
    with app.app_context():
        session.rollback()
        noted = select(AuditEntry).where(AuditEntry.action == "money.ledger_exported")
        entry = session.scalars(noted).one()
    this_month = clock.today().replace(day=1)
    assert (entry.actor, entry.detail["from"]) == ("Sora", this_month.isoformat())


def test_nobody_else_sees_or_takes_the_books(app: Flask) -> None:
    for role in ("administrator", "organiser", "viewer"):
        client = signed_in(app, role, name=role.title())
        assert client.get(PROOF).status_code == 404
        for deed in ("now", "ledger.csv"):
            assert send(client, f"{PROOF}{deed}").status_code == 404


def test_a_form_without_its_token_moves_nothing(treasurer: FlaskClient) -> None:
    for deed in ("now", "ledger.csv"):
        assert treasurer.post(f"{PROOF}{deed}").status_code == 400


def test_nothing_proven_yet_is_said(treasurer: FlaskClient) -> None:
    assert "Nothing was proven yet" in treasurer.get(PROOF).text


def test_an_old_time_has_nothing_in_it(app: Flask, history: Giving) -> None:
    with app.app_context():
        assert list(accounting.lines(TEST, Span(date(2020, 1, 1), date(2020, 1, 31)))) == []
        assert accounting.closing(TEST, Span(date(2020, 1, 1), date(2020, 1, 31))) == []
        assert transact(partial(ledger.prove, TEST)) == []
