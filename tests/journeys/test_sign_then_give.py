"""From a board to the console's total: somebody signs, proves the mailbox, gives 20,000 won, has the receipt.

The server is the one that `make run` becomes; the demo's bank carries its own webhooks, and once it loses them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from tests import given
from tests.accounts.people import let_in
from tests.given import World
from tests.journeys.street import (
    DESK,
    Street,
    Visitor,
    database,
    fill_in,
    overflow,
    passer_by,
    sign_in,
    visitor,
)
from tests.journeys.test_demo_bank import Bank, open_bank
from tests.paper import text_of
from tests.serving import until

AMOUNT: Final = "20000"
NOBODY_TOLD: Final = "lost"


@dataclass(frozen=True)
class Stall:
    """A served stall with one board, the bank behind it, and somebody of finance at the console."""

    bank: Bank
    world: World
    treasurer: Visitor

    @property
    def street(self) -> Street:
        return self.bank.street

    def settled(self) -> int:
        """Read in the console how many won have settled, with either body."""
        page = self.treasurer.go("/console/money/")
        purses = page.locator("section.purse").filter(has_text=re.compile("won", re.I))
        said = [one.locator("dl.five dd").first.inner_text() for one in purses.all()]
        return sum(int(re.sub(r"\D", "", one.split("\n")[0]) or 0) for one in said)


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path, browser: Browser) -> Iterator[Stall]:
    with (
        database("sqlite", request, tmp_path) as url,
        open_bank(url, tmp_path, browser) as bank,
    ):
        world = given.world(bank.street.app)
        email = let_in(bank.street.app, "finance", name="Sora").email
        with visitor(browser, bank.street, "en", **DESK) as treasurer:
            sign_in(treasurer, email)
            yield Stall(bank, world, treasurer)


def test_three_people_sign_and_give_each_in_their_language(stall: Stall, browser: Browser) -> None:
    assert stall.settled() == 0
    for number, (language, how) in enumerate(
        (("ko", "once"), ("en", NOBODY_TOLD), ("fr", "twice")), start=1
    ):
        mailbox = f"mina.{language}@example.org"
        with passer_by(browser, stall.street, language) as somebody:
            sign(stall, somebody, mailbox)
            give(somebody, f"giver.{language}@example.org")
            pay(stall, somebody, how)
            see_the_receipt(stall, somebody, language)
        assert stall.settled() == number * int(AMOUNT)
        assert len(stall.street.mails(f"giver.{language}@example.org")) == 1
    # The letters have left the outbox, where that question looks for them.
    assert [one for one in stall.bank.giving.wrong() if "thanked" not in one] == []
    assert len(stall.bank.giving.gifts()) == 3


def sign(stall: Stall, somebody: Visitor, mailbox: str) -> None:
    """Scan the board, sign, prove the mailbox by the mail's link."""
    page = somebody.go(f"/q/{stall.world.code}")
    fill_in(page, mailbox)
    somebody.press()
    somebody.go(given.link_of(stall.street.mail(mailbox)))
    somebody.press()
    assert page.locator("code.receipt").count() == 1


def give(somebody: Visitor, mailbox: str) -> None:
    """Follow the offer below the thanks, choose 20,000 won, ask for the receipt by mail."""
    page = somebody.page
    offer = page.locator(".give-too a")
    assert re.fullmatch(r"/\w\w/give/", offer.get_attribute("href") or ""), (
        "it carries nothing along"
    )
    offer.click()
    won = page.locator(".coins a", has_text="KRW")
    if won.count() and not won.get_attribute("aria-current"):
        won.click()
    assert overflow(page) == {}
    page.locator(f"label[for='{chip(somebody)}']").click()
    page.locator("[name=way][value=card]").check()
    page.fill("[name=name]", "Mina Giver")
    page.fill("[name=mail]", mailbox)
    somebody.press()
    assert "/payments/local/" in page.url


def chip(somebody: Visitor) -> str:
    """Find the chip of the amount."""
    found = somebody.page.locator(f"[name=amount][value='{AMOUNT}']").get_attribute("id")
    assert found
    return found


def pay(stall: Stall, somebody: Visitor, how: str) -> None:
    """Pay at the bank, which tells of it or not; what it did not tell is found by asking."""
    page = somebody.page
    page.check(f"[name=how][value={how}]")
    somebody.press("button[name=deed][value=pay]")
    assert "/give/thanks/" in page.url
    if how == NOBODY_TOLD:
        page.reload()
        assert page.locator("[data-gift]").get_attribute("data-gift") == "begun"
        stall.bank.giving.poll()
    until(lambda: phase(somebody) == "settled", "the thanks never say that the money came")


def phase(somebody: Visitor) -> str | None:
    """Read what the page of the gift says now."""
    somebody.page.reload()
    return somebody.page.locator("[data-gift]").get_attribute("data-gift")


def see_the_receipt(stall: Stall, somebody: Visitor, language: str) -> None:
    """Open the receipt from the page and from the mail: it is the same paper."""
    page = somebody.page
    assert overflow(page) == {}
    number = page.locator(".facts dd").first.inner_text()
    address = page.locator("main a[href$='.pdf']").get_attribute("href") or ""
    mail = stall.street.mail(f"giver.{language}@example.org")
    assert mail.get_all("Subject")
    assert number in said(mail)
    assert address in said(mail)
    paper = somebody.context.request.get(address)
    assert paper.headers["content-type"] == "application/pdf"
    words = text_of(paper.body())
    assert number in words
    assert "Mina Giver" in words


def said(mail: EmailMessage) -> str:
    """Read the words of a mail."""
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""
