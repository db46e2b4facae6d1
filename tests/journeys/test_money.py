"""Somebody of finance looks at the money: the five numbers, one of them down to its gift, the books, the sums."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app import create_app
from campaign_app.cash import boxes
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.donations import services, sums
from campaign_app.donations.models import Donation
from campaign_app.payments import proving
from campaign_app.payments.opening import till
from config import Config
from tests import given
from tests.accounts.people import let_in
from tests.cash.counted import Cash
from tests.journeys import test_refunds as refunds
from tests.journeys.axe import BY_WORDS, faults
from tests.journeys.street import (
    DESK,
    PHONE,
    Street,
    Visitor,
    database,
    overflow,
    sign_in,
    visitor,
)
from tests.payments.giving import Giving
from tests.serving import SECRET
from tests.stall.conftest import build as stall

MONEY = "/console/money"


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Street]:
    """Serve a house in which money came in every way."""
    folder = tmp_path_factory.mktemp("till")
    with ExitStack() as ends:
        url = ends.enter_context(database("sqlite", request, folder))
        config = Config.for_tests(
            database_url=url, instance_dir=folder, secret_key=SECRET, payments="local"
        )
        app = create_app(config)
        build(app)
        yield ends.enter_context(refunds.till(app))


def build(app: Flask) -> None:
    """Let people give by card and bank, count a box, and prove the books."""
    let_in(app, "finance", name="Sora")
    giving, cash = Giving(app), _boxes(app)
    cash.counted()
    _given_at_the_stall(giving, cash)
    for minor, currency in ((35000, "KRW"), (2500, "CHF"), (4000, "EUR")):
        giving.pay(giving.gift(minor, currency, name="Yun Dongju", mail="dongju@example.org"))
    giving.promise(giving.gift(12000))
    giving.deliver()
    giving.work()
    giving.poll()
    with app.app_context():
        proving.prove("paris", till())


def _boxes(app: Flask) -> Cash:
    world = given.world(app)
    with app.app_context():
        where = transact(lambda: stall(world))
        numbers = transact(lambda: [boxes.add(n, "").id for n in ("0412", "0413")])
    return Cash(app, where, (numbers[0], numbers[1]))


def _given_at_the_stall(giving: Giving, cash: Cash) -> None:
    gift = giving.gift(50000, way="transfer", name="Yun Dongju", mail="dongju@example.org")

    def work() -> None:
        session.get_one(Donation, gift).event_id = cash.stall.event
        services.settle(gift, on=clock.today())

    with giving.app.app_context():
        transact(work)


def read_in(visit: Visitor, language: str) -> None:
    """Look at each page once in a language: its words may not push anything out."""
    for path in pages():
        page = visit.go(f"{MONEY}{path}")
        assert page.locator("html").get_attribute("lang") == language
        assert faults(page, BY_WORDS) == [], path
        assert overflow(page) == {}, path


def pages() -> list[str]:
    return ["/", "/gifts/", "/proof/", *(f"/totals?by={by}" for by in sums.CUTS)]


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
def test_pages_about_money_hold_on_a_phone_in_every_language(
    served: Street, browser: Browser, language: str
) -> None:
    with visitor(browser, served, language, **PHONE) as sora:
        sign_in(sora, "sora@example.org")
        read_in(sora, language)


def test_a_number_leads_to_its_gifts_and_a_gift_to_its_ledger(
    served: Street, browser: Browser
) -> None:
    with visitor(browser, served, "en", **DESK) as sora:
        sign_in(sora, "sora@example.org")
        page = sora.go(f"{MONEY}/")
        refunds.looked_at(page)
        _follow(page, "a[href*='state=settled'][href*='currency=CHF']")
        refunds.looked_at(page)
        _follow(page, "tbody th a")
        refunds.looked_at(page)
        assert "gateway:paris:" in page.locator("main").inner_text()
        _opens_the_contact(sora)
        for path in ("/proof/", "/totals"):
            refunds.looked_at(sora.go(f"{MONEY}{path}"))


def _follow(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(f"main {selector}").first.click()


def _opens_the_contact(sora: Visitor) -> None:
    page = sora.page
    assert "Dongju" not in page.content()
    sora.press("main form[action$='/contact'] button")
    assert "Yun Dongju" in page.locator("main").inner_text()
    refunds.looked_at(page)
    page.goto(page.url.removesuffix("/contact"))
    assert "Dongju" not in page.content()
    _follow(page, "a[href$='/forget']")
    refunds.looked_at(page)


def test_the_file_for_the_accountant_is_downloaded(served: Street, browser: Browser) -> None:
    with visitor(browser, served, "en", **DESK) as sora:
        sign_in(sora, "sora@example.org")
        page = sora.go(f"{MONEY}/proof/")
        with page.expect_download() as told:
            page.click("text=Download the ledger")
        assert told.value.suggested_filename.startswith("TEST_ledger_")
        assert "cash:0412" in told.value.path().read_text("utf-8-sig")
