"""Money on pages of others: what an event brought, and what waits, each for those whom it concerns."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.donations import services
from campaign_app.donations.models import Donation
from tests.accounts.people import signed_in
from tests.cash.counted import Cash
from tests.payments.giving import Giving


def given_here(giving: Giving, event: int, minor: int = 20000) -> None:
    gift = giving.gift(minor, way="transfer", name="Yun Dongju", mail="dongju@example.org")

    def work() -> None:
        session.get_one(Donation, gift).event_id = event
        services.settle(gift, on=clock.today())

    with giving.app.app_context():
        transact(work)


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser", name="Olga")


def page_of(client: FlaskClient, event: int) -> str:
    return unescape(client.get(f"/console/events/{event}").text)


def test_organisers_see_what_an_event_brought_and_no_donor(
    organiser: FlaskClient, giving: Giving, cash: Cash
) -> None:
    given_here(giving, cash.stall.event)
    given_here(giving, cash.stall.event, 3000)
    cash.counted()
    page = page_of(organiser, cash.stall.event)
    assert "₩23,000" in page
    assert "₩30,500" in page
    assert "₩53,500" not in page  # gifts and cash are never one sum
    assert "2 gifts by card and bank" in page
    assert "Dongju" not in page
    assert "dongju@" not in page


def test_another_event_brought_nothing(organiser: FlaskClient, giving: Giving, cash: Cash) -> None:
    given_here(giving, cash.stall.event)
    page = page_of(organiser, cash.stall.event)
    assert "₩20,000" in page
    with giving.app.app_context():

        def elsewhere() -> None:
            session.query(Donation).update({"event_id": None})

        transact(elsewhere)
    assert "₩20,000" not in page_of(organiser, cash.stall.event)


def test_finance_sees_on_the_first_page_what_waits_and_nobody_else_does(
    treasurer: FlaskClient, organiser: FlaskClient, cash: Cash
) -> None:
    cash.counted()
    assert 'href="/console/money/cash/"' in treasurer.get("/console/").text
    assert "/console/money/" not in organiser.get("/console/").text


def test_nothing_waits_and_the_first_page_is_quiet(treasurer: FlaskClient) -> None:
    assert "money-waits" not in treasurer.get("/console/").text
