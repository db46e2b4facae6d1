"""Sums cut one way: card and bank in one column per purse, cash beside it, never one sum."""

import csv
import io
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import services, sums
from campaign_app.donations.models import Donation
from campaign_app.events.models import Campaign, Event
from campaign_app.finance import tables
from campaign_app.payments.accounts import TEST
from campaign_app.payments.flows import Purse, Span
from tests import given
from tests.accounts.people import send, signed_in
from tests.cash.counted import FRANCS, Cash
from tests.cash.counted import WON as THOUSANDS
from tests.events.announced import told
from tests.payments.giving import Giving

TOTALS = "/console/money/totals"
WON = Purse("pscore-kr", "KRW")


def span() -> Span:
    return Span(clock.today(), clock.today())


def settled(giving: Giving, minor: int, currency: str = "KRW", **where: Any) -> None:
    """Let a transfer come, given at some place."""
    gift = giving.gift(minor, currency, way="transfer")

    def work() -> None:
        row = session.get_one(Donation, gift)
        for name, value in where.items():
            setattr(row, name, value)
        services.settle(gift, on=clock.today())

    with giving.app.app_context():
        transact(work)


@pytest.fixture
def stall(app: Flask) -> dict[str, Any]:
    """Plan an event of a campaign at a place, with a board."""
    with app.app_context():

        def work() -> dict[str, Any]:
            campaign = Campaign(slug="camps", names={"en": "Close the camps", "ko": "수용소"})
            session.add(campaign)
            where = given.location()
            event: Event = told(where, f"{clock.today() + timedelta(days=1)}T14:00")
            session.flush()
            return {
                "campaign_id": campaign.id,
                "location_id": where.id,
                "event_id": event.id,
            }

        return transact(work)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("event", "event_id"),
        ("place", "location_id"),
        ("campaign", "campaign_id"),
    ],
)
def test_a_cut_tells_gifts_apart_and_sums_them(
    app: Flask, giving: Giving, stall: dict[str, Any], by: str, names: str
) -> None:
    settled(giving, 20000, **stall)
    settled(giving, 30001, **stall)
    settled(giving, 5000)
    with app.test_request_context("/en/"):
        found = sums.table(TEST, by, span())
    at = {row.key: (row.n, row.sums[WON].minor) for row in found.rows}
    assert at == {str(stall[names]): (2, 50001), "": (1, 5000)}
    assert found.total.sums[WON] == Money(55001, "KRW")
    assert found.rows[0].name != found.rows[0].key  # a name, not a number


def test_two_currencies_and_two_bodies_are_never_added(app: Flask, giving: Giving) -> None:
    settled(giving, 20000)
    settled(giving, 500, "CHF")
    settled(giving, 700, "CHF", entity="friends-fr")
    with app.test_request_context("/en/"):
        found = sums.table(TEST, "way", span())
    assert found.total.sums == {
        WON: Money(20000, "KRW"),
        Purse("pscore-kr", "CHF"): Money(500, "CHF"),
        Purse("friends-fr", "CHF"): Money(700, "CHF"),
    }


def test_months_stand_in_their_order(app: Flask, giving: Giving) -> None:
    settled(giving, 20000)
    gift = giving.gift(1000, way="transfer")
    with app.app_context():
        long_ago = clock.today() - timedelta(days=70)
        transact(partial(services.settle, gift, on=long_ago))
    with app.test_request_context("/en/"):
        found = sums.table(TEST, "month", Span(long_ago, clock.today()))
    assert [row.key for row in found.rows] == [
        long_ago.isoformat()[:7],
        clock.today().isoformat()[:7],
    ]


def test_every_cut_is_a_page_in_every_language(
    treasurer: FlaskClient, giving: Giving, stall: dict[str, Any]
) -> None:
    settled(giving, 20000, **stall)
    for by in sums.CUTS:
        for language in ("en", "ko", "fr"):
            page = treasurer.get(f"{TOTALS}?by={by}", headers={"Accept-Language": language})
            assert page.status_code == 200, by
            assert "20" in page.text
    assert treasurer.get(f"{TOTALS}?by=donor").status_code == 404


def rows_of(app: Flask, client: FlaskClient, by: str) -> list[list[str]]:
    answer = send(client, f"{TOTALS}.csv", by=by)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="TEST_totals')
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_says_what_the_page_says_and_cannot_calculate(
    app: Flask, treasurer: FlaskClient, giving: Giving, stall: dict[str, Any]
) -> None:
    with app.app_context():

        def rename() -> None:
            session.get_one(Campaign, stall["campaign_id"]).names = {"en": "=1+1"}

        transact(rename)
    settled(giving, 1250, "CHF", **stall)
    head, row = rows_of(app, treasurer, "campaign")
    assert row == ["'=1+1", "1", "12.50"]
    assert "CHF" in head[2]


def test_a_file_is_noted_in_the_trail(app: Flask, treasurer: FlaskClient, giving: Giving) -> None:
    settled(giving, 20000)
    rows_of(app, treasurer, "month")
    with app.app_context():
        session.rollback()
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "money.totals_exported")
        ).one()
    assert (entry.actor, entry.detail["by"]) == ("Sora", "month")


def test_cash_stands_beside_and_is_not_in_the_sum_of_gifts(
    app: Flask, giving: Giving, cash: Cash
) -> None:
    cash.counted()
    settled(giving, 20000, event_id=cash.stall.event)
    with app.test_request_context("/en/"):
        found = tables.table(TEST, "event", span())
        elsewhere = tables.table(TEST, "campaign", span())
    francs = Purse("pscore-kr", "CHF")
    assert [(one.purse, one.is_cash) for one in found.columns] == [
        (WON, False),
        (francs, True),
        (WON, True),
    ]
    assert list(found.rows[0].cells) == [Money(20000, "KRW"), FRANCS, THOUSANDS]
    assert list(found.total.cells) == [Money(20000, "KRW"), FRANCS, THOUSANDS]
    assert not elsewhere.has_cash


def test_each_legal_body_has_a_table_of_its_own(app: Flask, giving: Giving) -> None:
    settled(giving, 20000)
    settled(giving, 700, "CHF", entity="friends-fr")
    settled(giving, 800, "CHF", entity="friends-fr")
    with app.test_request_context("/en/"):
        parts = dict(tables.table(TEST, "way", span()).by_entity())
    assert set(parts) == {"friends-fr", "pscore-kr"}
    assert (parts["friends-fr"].total.n, parts["pscore-kr"].total.n) == (2, 1)
    assert list(parts["friends-fr"].total.cells) == [Money(1500, "CHF")]
    assert list(parts["pscore-kr"].total.cells) == [Money(20000, "KRW")]


def test_nobody_else_sees_or_takes_sums(app: Flask, giving: Giving) -> None:
    for role in ("administrator", "organiser", "viewer"):
        client = signed_in(app, role, name=role.title())
        assert client.get(TOTALS).status_code == 404
        assert send(client, f"{TOTALS}.csv", by="event").status_code == 404


def test_a_time_without_gifts_says_so(treasurer: FlaskClient) -> None:
    assert "Nothing came in this time" in unescape(treasurer.get(TOTALS).text)
