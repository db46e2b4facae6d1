"""A gift goes back: Mina asks at her desk, the treasurer allows it on a phone without an account, Jun looks."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app import create_app
from campaign_app.core.db import db, session
from campaign_app.payments import states
from campaign_app.payments.taking_models import Refund
from config import Config
from tests import given
from tests.accounts.people import let_in
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.street import DESK, PHONE, Street, Visitor, database, overflow, sign_in, visitor
from tests.payments.giving import Giving
from tests.payments.returning import paid
from tests.serving import SECRET, Serving, serving, until

HOME = "/console/money/refunds"


@dataclass(frozen=True)
class Built:
    """What there is to give back."""

    gift: UUID
    disputed: UUID


@contextmanager
def till(app: Flask) -> Iterator[Street]:
    """Serve an app that takes money from the demo's bank."""
    config: Config = app.config["LANTERN"]
    with app.app_context():
        db.session.remove()
    more = {"PAYMENTS": "local"}
    with serving(Serving(config, config.instance_dir / "server.log", 1, more)) as server:
        yield Street(app, server)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Street, Built]]:
    """Serve two gifts, one of them disputed, and two people of finance."""
    folder = tmp_path_factory.mktemp("till")
    with ExitStack() as ends:
        url = ends.enter_context(database("sqlite", request, folder))
        config = Config.for_tests(
            database_url=url, instance_dir=folder, secret_key=SECRET, payments="local"
        )
        app = create_app(config)
        built = build(app)
        yield ends.enter_context(till(app)), built


def build(app: Flask) -> Built:
    """Let two people of finance in, and two gifts arrive."""
    for name in ("Mina", "Jun"):
        let_in(app, "finance", name=name)
    giving = Giving(app)
    gift, other = paid(giving), paid(giving, 50_000)
    giving.dispute(other)
    giving.deliver()
    giving.work()
    return Built(gift, other)


def looked_at(page: Page) -> None:
    """Nothing on a page is hard to use, by day or by night, and nothing sticks out."""
    page.emulate_media(color_scheme="dark")
    dark = faults(page, BY_CONTRAST)
    page.emulate_media(color_scheme="light")
    assert faults(page) + dark == [], page.url
    if page.viewport_size != DESK["viewport"]:
        assert overflow(page) == {}


def state(street: Street) -> str:
    with street.app.app_context():
        session.rollback()
        return str(session.query(Refund).one().state)


def test_a_large_gift_goes_back_with_four_eyes(
    served: tuple[Street, Built], browser: Browser
) -> None:
    street, built = served
    with visitor(browser, street, "en", **DESK) as mina:
        sign_in(mina, "mina@example.org")
        address = _asks(mina, built.gift)
        link = given.link_of(street.mail("treasurer@"))
        assert link.split("?")[0] not in mina.page.content()
        with visitor(browser, street, "fr", **PHONE) as treasurer:
            _allows(treasurer, link)
        until(lambda: state(street) != states.ALLOWED, "the job sends it")
        page = mina.go(address)
        looked_at(page)
    with visitor(browser, street, "en", **PHONE) as jun:
        sign_in(jun, "jun@example.org")
        _looks_around(jun, address, built)


def _asks(mina: Visitor, gift: UUID) -> str:
    page = mina.go(f"{HOME}/new/{gift.hex}")
    looked_at(page)
    page.fill("[name=amount]", "300000")
    page.fill("[name=reason]", "Given twice by mistake on 3 November")
    mina.press("main form .primary", 409)
    looked_at(page)
    page.fill("[name=amount]", "150,000")
    mina.press("main form .primary")
    looked_at(page)
    address = page.url
    page.check("[name=who]")
    mina.press("text=Send the link")
    looked_at(page)
    return address


def _allows(treasurer: Visitor, link: str) -> None:
    page = treasurer.go(link)
    assert page.locator("html").get_attribute("lang") == "en", "as the link says"
    looked_at(page)
    treasurer.press("[value=allow]")
    looked_at(page)
    treasurer.go(link, 404)


def _looks_around(jun: Visitor, address: str, built: Built) -> None:
    looked_at(jun.go(f"{HOME}/"))
    looked_at(jun.go(address))
    looked_at(jun.go(f"{HOME}/new/{built.disputed.hex}"))
    page = jun.go(f"{HOME}/disputes/")
    looked_at(page)
    with page.expect_navigation():
        page.click("main table a")
    looked_at(page)
