"""A box is counted on two phones, and finance carries it to the bank: in a browser, as people see it."""

import os
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app.cash import boxes
from campaign_app.core.db import transact
from tests import given
from tests.accounts.people import PASSWORD, let_in
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import PHONE, Street, Visitor, overflow, visitor
from tests.stall.conftest import PIN, Stall, build

#: Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("LANTERN_PICTURES", "")


def stand(app: Flask) -> Stall:
    world = given.world(app)
    let_in(app, "finance", "organiser", name="Jiwoo")
    with app.app_context():
        stall = transact(lambda: build(world))
        for number in ("0412", "0413"):
            transact(lambda number=number: boxes.add(number, "red box"))  # type: ignore[misc]
        return stall


@pytest.fixture
def street(open_street: OpenStreet) -> tuple[Street, Stall]:
    """Serve a stall with Haneul in the lead, and two boxes in the office."""
    return open_street("sqlite", stand)


def looked_at(page: Page, name: str) -> None:
    """Let axe look at a page in light and dark, and a narrow phone show it."""
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, BY_CONTRAST) == []
    page.emulate_media(color_scheme="light")
    assert overflow(page) == {}
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def click(page: Page, name: str) -> Page:
    """Press what has this name, and wait for the page that it leads to."""
    found = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
    with page.expect_navigation():
        found.first.click()
    return page


def counts(phone: Visitor, path: str, notes: int, name: str) -> Page:
    """Fill the sheet in, add it up, hand it in."""
    page = phone.go(path)
    if name:
        looked_at(page, f"{name}-sheet")
    page.get_by_label("₩10,000").fill(str(notes))
    page.get_by_label("₩500", exact=True).fill("1")
    page.locator("summary", has_text="Swiss Franc").click()
    page.get_by_label("CHF5", exact=True).fill("1")
    click(page, "Add up")
    if name:
        looked_at(page, f"{name}-sum")
    return click(page, "Hand this count in")


def test_two_phones_count_a_box_and_finance_carries_it_to_the_bank(
    street: tuple[Street, Stall], browser: Browser
) -> None:
    served, stall = street
    with (
        visitor(browser, served, "en", **PHONE) as lead,
        visitor(browser, served, "en", **PHONE) as mina,
        visitor(browser, served, "en", java_script_enabled=False, **PHONE) as theo,
    ):
        first, second = _at_the_stall(lead, stall)
        _two_differ(mina, theo, (first, second))
        _count_again(lead, stall)
        counts(mina, first, 3, "mina-again")
        again = counts(theo, second, 3, "")
        assert "₩30,500" in again.inner_text("body")
        again.get_by_label("Number on the bag’s seal").fill("B-77")
        click(again, "The bag is sealed")
        assert "B-77" in again.inner_text("body")
        looked_at(lead.go(f"{stall.page}money"), "lead-counted")
        assert lead.page.locator("[data-live=cash]").inner_text() == "₩30,500 · CHF5.00"
    _finance(browser, served, stall)


def _at_the_stall(lead: Visitor, stall: Stall) -> list[str]:
    """Open a box, give a receipt, take the box away, and make two links."""
    page = lead.go(stall.page)
    page.fill("[name=pin]", PIN)
    lead.press()
    looked_at(click(page, "Giving and cash boxes"), "lead-empty")
    looked_at(click(page, "Open a box"), "lead-open")
    page.get_by_label("Number on the seal").fill("S-1001")
    click(page, "The box is sealed")
    looked_at(page, "lead-standing")

    looked_at(click(page, "Somebody wants a receipt"), "lead-receipt")
    page.get_by_label("Amount").fill("20,000")
    looked_at(click(page, "Give the receipt"), "lead-receipt-given")
    click(page, "Done")

    looked_at(click(page, "Seal the box and take it away"), "lead-close")
    page.get_by_label("Number on the new seal").fill("S-2001")
    page.get_by_label("How many wanted no receipt").fill("3")
    click(page, "Seal the box and take it away")
    click(page, "Let two people count")
    page.get_by_label("Who counts first").fill("Mina")
    page.get_by_label("Who counts second").fill("mina")
    looked_at(click(page, "Let two people count"), "lead-same-person")
    page.get_by_label("Who counts second").fill("Theo")
    looked_at(click(page, "Let two people count"), "lead-links")
    links = [one.inner_text() for one in page.locator(".cash-address").all()]
    click(page, "Done")
    return ["/" + link.split("/", 3)[3] for link in links]


def _two_differ(mina: Visitor, theo: Visitor, paths: tuple[str, str]) -> None:
    """Count three notes on one phone and two on the other, which runs no script."""
    looked_at(counts(mina, paths[0], 3, "mina"), "mina-waits")
    blind = theo.go(paths[1])
    assert "30,500" not in blind.inner_text("body")
    for typed in ("two", "2"):
        blind.get_by_label("₩10,000").fill(typed)
        click(blind, "Add up")
        assert blind.get_by_label("₩10,000").input_value() == typed
    assert "₩20,000" in blind.locator(".cash-sum").inner_text()
    click(blind, "Hand this count in")
    assert "not the same" in blind.inner_text("body")


def _count_again(lead: Visitor, stall: Stall) -> None:
    page = lead.go(f"{stall.page}money")
    looked_at(page, "lead-differs")
    assert "20,000" not in page.inner_text("body")
    click(page, "Both count again")
    page.get_by_label("Why?").fill("Two notes stuck together.")
    click(page, "Both count again")


def _finance(browser: Browser, served: Street, stall: Stall) -> None:
    """Deposit what was counted, on a phone and on a wide screen."""
    with visitor(browser, served, "en", **PHONE) as finance:
        page = finance.go("/console/money/cash/", 200)
        page.get_by_label("E-mail address").fill("jiwoo@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        click(page, "Sign in")
        finance.go("/console/money/cash/")
        looked_at(page, "finance-waiting")
        page.set_viewport_size({"width": 1280, "height": 800})
        looked_at(page, "finance-waiting-wide")
        page.set_viewport_size({"width": 360, "height": 740})
        looked_at(click(page, "Carry bags to"), "finance-deposit")
        page.get_by_label("Amount on the slip").fill("30,000")
        page.get_by_label("Number of the deposit slip").fill("KB-77")
        looked_at(click(page, "Write the deposit down"), "finance-refused")
        page.get_by_label("Amount on the slip").fill("30,500")
        looked_at(click(page, "Write the deposit down"), "finance-deposited")
        looked_at(finance.go("/console/money/cash/"), "finance-sent")
        for path, name in (
            (f"/console/cash/events/{stall.event}", "console-event"),
            ("/console/cash/", "console-boxes"),
            (f"/console/cash/events/{stall.event}/open", "console-open"),
        ):
            looked_at(finance.go(path), name)
        page.set_viewport_size({"width": 1280, "height": 800})
        looked_at(finance.go(f"/console/cash/events/{stall.event}"), "console-event-wide")
