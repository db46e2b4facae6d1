"""From a table tent to the receipt, in a real browser, with the demo's bank and its real webhooks.

The server is the one that `make run` becomes; nobody but its own worker and its own bank tell it anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign_app import create_app
from campaign_app.core.db import db, session, transact
from campaign_app.donations.models import Donation
from config import Config
from tests import given
from tests.donations.conftest import Stall, put_up
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.street import Street, Visitor, database, overflow, passer_by
from tests.payments import honest
from tests.payments.giving import Giving
from tests.serving import SECRET, Serving, serving, until

NUMBER = re.compile(r"TEST-FRIENDS-FR-\d{4}-\d{6}")


@dataclass
class Tent:
    """A served stall with a tent, and its bank."""

    street: Street
    stall: Stall
    giving: Giving

    def newest(self) -> Donation:
        """Find the gift that was begun last."""
        with self.street.app.app_context():
            session.rollback()
            return session.query(Donation).order_by(Donation.created_at.desc()).first()  # type: ignore[return-value]

    def books_are_the_banks(self) -> None:
        """Wait until our ledger says what the bank's books say."""

        def differ() -> list[str]:
            with self.street.app.app_context():
                session.rollback()
                return honest.unlike_the_bank(self.giving.account)

        until(lambda: not differ(), "the books differ")


@pytest.fixture(scope="module")
def tent(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tent]:
    """Serve a stall at which a tent stands."""
    folder = tmp_path_factory.mktemp("tent")
    with database("sqlite", request, folder) as url:
        made = Config.for_tests(
            database_url=url, instance_dir=folder, secret_key=SECRET, payments="local"
        )
        server = Serving(made, folder / "server.log", more={"PAYMENTS": "local"})
        address = f"http://127.0.0.1:{server.port}"
        app = create_app(replace(made, public_url=address))
        world = given.world(app)
        with app.app_context():
            stall = transact(lambda: put_up(world))
            session.remove()
        try:
            with serving(server):
                yield Tent(Street(app, server), stall, Giving(app))
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def sound(page: Page) -> None:
    """See that everybody can use a page, by day and by night, on the narrowest phone."""
    found = faults(page)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += faults(page, BY_CONTRAST)
    assert found == []
    assert overflow(page) == {}


def choose(somebody: Visitor, tent: Tent, language: str, **typed: str) -> Page:
    """Open the tent's page, choose 20,000 won by card, and send the form."""
    page = somebody.go(f"{tent.stall.tent}?lang={language}")
    page.locator("label.chip").nth(2).click()
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    return somebody.press()


def receipt_is_shown(somebody: Visitor, tent: Tent) -> None:
    """Come back until the receipt is there, without pressing more than one must; open its paper."""
    gift = tent.newest()
    until(lambda: tent.giving.said(gift.id).state == "settled", "the gift does not settle")
    page = somebody.go(f"/{gift.language}/give/thanks/{gift.id.hex}")
    assert NUMBER.search(page.locator("main").inner_text())
    paper = page.locator("main a.primary").get_attribute("href")
    assert paper is not None
    answer = page.request.get(paper)
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")


@pytest.mark.parametrize("language", ["ko", "fr"])
def test_a_passer_by_gives_in_a_minute_without_scripts(
    tent: Tent, browser: Browser, language: str
) -> None:
    mailbox = f"{language}@example.org"
    with passer_by(browser, tent.street, language, scripts=False) as somebody:
        page = choose(somebody, tent, language, mail=mailbox)
        assert "/payments/local/paris/checkout/" in page.url
        page = somebody.press("button[name=deed][value=pay]")
        assert f"/{language}/give/thanks/" in page.url
        receipt_is_shown(somebody, tent)
    gift = tent.newest()
    assert (gift.minor, gift.currency) == (20000, "KRW")
    assert NUMBER.search(given.text_of(tent.street.mail(mailbox)))
    tent.books_are_the_banks()


def test_the_page_finds_out_by_itself_where_scripts_run(tent: Tent, browser: Browser) -> None:
    with passer_by(browser, tent.street, "en") as somebody:
        page = somebody.go(f"{tent.stall.tent}?lang=en")
        sound(page)
        page.locator("label.other").click()
        page.fill("[name=own]", "1,234.5")
        page = somebody.press(status=400)
        sound(page)
        assert page.locator("[name=own]").input_value() == "1,234.5"
        page.fill("[name=own]", "20,000")
        somebody.press()
        somebody.press("button[name=deed][value=pay]")
        page = somebody.page
        page.wait_for_selector("[data-gift=settled]", timeout=20_000)
        sound(page)
        receipt_is_shown(somebody, tent)
    assert tent.newest().minor == 20000


def test_a_lost_webhook_is_found_by_looking_again(tent: Tent, browser: Browser) -> None:
    with passer_by(browser, tent.street, "en", scripts=False) as somebody:
        page = choose(somebody, tent, "en")
        page.check("[name=how][value=lost]")
        page = somebody.press("button[name=deed][value=pay]")
        assert page.locator("[data-gift=begun]").count() == 1
        page = somebody.press()
        assert page.locator("[data-gift=arrived], [data-gift=settled]").count() == 1
        receipt_is_shown(somebody, tent)
    tent.books_are_the_banks()


def test_a_transfer_shows_its_reference_and_copies_it(tent: Tent, browser: Browser) -> None:
    with passer_by(browser, tent.street, "ko") as somebody:
        page = somebody.go(f"{tent.stall.tent}?lang=ko")
        page.check("[name=way][value=transfer]")
        page.check("[name=no_name]")
        assert not page.locator("[name=name]").is_visible()
        page = somebody.press()
        sound(page)
        reference = (tent.newest().reference or "").upper()
        assert page.locator(".mark4").inner_text() == reference
        somebody.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator("[data-copy]").first.click()
        expect(page.locator("[data-copied]")).not_to_be_empty()
        assert page.evaluate("navigator.clipboard.readText()") == reference
