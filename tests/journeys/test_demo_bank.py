"""Each button of the demo's bank, pressed in a real browser; what it tells comes by real webhooks.

The server is the one that `make run` becomes: its own worker carries the bank's events to its own address.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from campaign_app import create_app
from campaign_app.core.db import db
from config import Config
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.street import DESK, Street, Visitor, database, overflow, visitor
from tests.payments.giving import Giving
from tests.serving import SECRET, Serving, serving, until

#: Where pictures of the pages go, if somebody wants to look at them.
PICTURES: Final = os.environ.get("LANTERN_PICTURES", "")


@dataclass
class Bank:
    """A served app whose bank is the demo's, and somebody's browser at it."""

    giving: Giving
    street: Street
    somebody: Visitor

    def page(self, language: str = "en", minor: int = 20000, currency: str = "KRW") -> UUID:
        """Begin to give, and open the page to pay on."""
        gift = self.giving.gift(minor, currency, language=language)
        self.somebody.go(self.path(gift))
        return gift

    def path(self, gift: UUID) -> str:
        """Tell where the page of a gift lies."""
        return f"/payments/local/paris/checkout/{self.giving.page(gift)['id']}"

    def press(self, deed: str, how: str = "once") -> str:
        """Choose how it is told, press a button; tell where that led."""
        page = self.somebody.page
        if how != "once":
            page.check(f"[name=how][value={how}]")
        return self.somebody.press(f"button[name=deed][value={deed}]").url

    def back_to(self, gift: UUID) -> None:
        """Open the page of a gift again."""
        self.somebody.go(self.path(gift))

    def leads(self, gift: UUID, where: str) -> str:
        """Tell where the app said that the page should lead."""
        return str(self.giving.page(gift)[where])

    def becomes(self, gift: UUID, state: str) -> None:
        """Wait until our books say so, told by the bank alone; what settled has its one receipt."""
        until(lambda: self.giving.said(gift).state == state, f"the gift does not become {state}")
        assert len(self.giving.said(gift).receipts) == (state == "settled")

    def all_told(self) -> None:
        """Wait until the carrier has brought everything."""
        until(lambda: not self.waiting(), "the carrier stands still")

    def waiting(self) -> list[str]:
        """List what is still on its way."""
        with self.giving.vault.open_() as desk:
            return [one.event for one in desk.parcels().values() if one.times]


@contextmanager
def open_bank(url: str, folder: Path, browser: Browser) -> Iterator[Bank]:
    """Serve an app whose bank is the demo's, and open a phone's browser."""
    made = Config.for_tests(
        database_url=url, instance_dir=folder, secret_key=SECRET, payments="local"
    )
    server = Serving(made, folder / "server.log", more={"PAYMENTS": "local"})
    config = Config.for_tests(
        database_url=url,
        instance_dir=folder,
        secret_key=SECRET,
        payments="local",
        public_url=f"http://127.0.0.1:{server.port}",
    )
    app = create_app(config)
    try:
        with serving(server), visitor(browser, street := Street(app, server), "fr") as somebody:
            yield Bank(Giving(app), street, somebody)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def bank(request: pytest.FixtureRequest, tmp_path: Path, browser: Browser) -> Iterator[Bank]:
    with database("sqlite", request, tmp_path) as url, open_bank(url, tmp_path, browser) as opened:
        yield opened


def look(page: Page, name: str) -> None:
    """See that everybody can use a page, by day and by night; take its picture if wanted."""
    found = faults(page)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += faults(page, BY_CONTRAST)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{scheme}.png", full_page=True)
    assert found == [], name
    assert overflow(page) == {}, name
    if PICTURES:
        page.set_viewport_size(DESK["viewport"])
        page.screenshot(path=f"{PICTURES}/{name}-desk.png", full_page=True)
        page.set_viewport_size({"width": 360, "height": 640})


def test_every_button_of_the_bank_does_what_it_says(bank: Bank) -> None:
    """Decline, pay, dispute and lose; promise, keep and break; close the tab; cancel."""
    page = bank.somebody.page
    paid = bank.page("en")
    look(page, "open")
    assert bank.press("refuse").endswith(bank.path(paid)), "the page stays open"
    look(page, "refused")
    assert bank.press("pay") == bank.leads(paid, "success_url")
    bank.becomes(paid, "settled")
    bank.all_told()
    bank.back_to(paid)
    look(page, "paid")
    bank.press("dispute")
    bank.press("lose")
    assert page.locator(".notice.bad").count() == 1

    promised, broken = bank.page("fr", 2500, "EUR"), None
    page.check("[name=method][value=sepa_debit]")
    assert bank.press("promise") == bank.leads(promised, "success_url")
    bank.becomes(promised, "pending")
    bank.back_to(promised)
    look(page, "promised")
    bank.press("keep")
    bank.becomes(promised, "settled")
    broken = bank.page("fr", 2600, "EUR")
    bank.press("promise")
    bank.back_to(broken)
    bank.press("break")
    bank.becomes(broken, "ended")

    closed = bank.page("ko")
    assert bank.press("close").endswith(bank.path(closed))
    assert page.locator("code").inner_text() == bank.leads(closed, "success_url")
    look(page, "closed")
    bank.becomes(closed, "settled")

    given_up = bank.page("ko", 3000)
    assert bank.press("cancel") == bank.leads(given_up, "cancel_url")
    assert bank.giving.said(given_up).state == "begun"
    bank.somebody.go("/payments/local/paris/")
    look(page, "latest")
    assert page.locator(".pages li").count() == 5


def test_however_the_bank_tells_of_a_gift_it_is_one_gift(bank: Bank) -> None:
    """Twice, out of order, lost and found by asking; and a refund that comes back."""
    gifts = {}
    for how in ("twice", "shuffled", "lost"):
        gifts[how] = bank.page("ko", 10000)
        bank.press("pay", how)
    for how in ("twice", "shuffled"):
        bank.becomes(gifts[how], "settled")
    bank.all_told()
    assert bank.giving.said(gifts["lost"]).state == "begun", "nobody has told us"
    bank.back_to(gifts["lost"])
    look(bank.somebody.page, "lost")
    assert bank.somebody.page.locator(".told .lost").count() == 3
    bank.giving.poll()
    assert {len(bank.giving.said(gift).receipts) for gift in gifts.values()} == {1}
    assert {bank.giving.said(gift).state for gift in gifts.values()} == {"settled"}

    spoilt, disputed = bank.page("fr", 8000), bank.page("fr", 9000)
    bank.press("pay_and_dispute")
    bank.back_to(disputed)
    bank.press("win")
    bank.back_to(spoilt)
    bank.press("pay_and_spoil")
    for back in ("spoilt", "arrives", "returns"):
        bank.giving.bank(
            lambda at: at.refund({"charge": at.desk.every("charge")[0]["id"], "amount": 100})
        )
        bank.back_to(spoilt)
        if back != "spoilt":
            bank.press("arrive" if back == "arrives" else "return")
    assert [one["status"] for one in bank.giving.things("refund")] == [
        "failed",
        "succeeded",
        "failed",
    ]
    look(bank.somebody.page, "refunds")
    bank.becomes(spoilt, "settled")
    bank.all_told()
