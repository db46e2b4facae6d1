"""Somebody counts in a cellar: the network goes, the page is left and found again, and nothing typed is lost."""

from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app.cash import boxes, counters
from campaign_app.cash.boxes import Closing
from campaign_app.core.db import transact
from tests import given
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import PHONE, overflow, visitor
from tests.stall.conftest import build

Paths = tuple[str, str]


def shared_out(app: Flask) -> Paths:
    """Let a box be counted by two."""
    world = given.world(app)

    def work() -> Paths:
        opening = boxes.open_at(build(world).event, boxes.add("0412", "").id, "S-1")
        boxes.close(opening.id, Closing("S-2", 0))
        first, second = counters.name_two(opening.id, "Mina", "Theo")
        return f"/en/count/{first.token}", f"/en/count/{second.token}"

    with app.app_context():
        return transact(work)


def notes(page: Page, name: str = "₩10,000") -> str:
    return page.get_by_label(name, exact=True).input_value()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_nothing_typed_is_lost_without_network_and_a_phone_hands_in_one_count(
    open_street: OpenStreet, browser: Browser
) -> None:
    served, (first, second) = open_street("sqlite", shared_out)
    with visitor(browser, served, "en", **PHONE) as mina:
        page = mina.go(first)
        page.get_by_label("₩10,000").fill("3")
        page.locator("summary", has_text="Swiss Franc").click()
        page.get_by_label("CHF5", exact=True).fill("1")

        page.context.set_offline(True)
        page.get_by_role("button", name="Add up").click()
        page.get_by_text("There is no network").wait_for()
        assert (notes(page), notes(page, "CHF5")) == ("3", "1")
        assert faults(page) == []
        assert overflow(page) == {}

        page.context.set_offline(False)
        page.goto("about:blank")
        page = mina.go(first)
        page.get_by_text("Here is what you typed before").wait_for()
        assert (notes(page), notes(page, "CHF5")) == ("3", "1")

        press(page, "Add up")
        press(page, "Hand this count in")
        assert page.evaluate("sessionStorage.length") == 0

        page = mina.go(second)
        assert notes(page) == ""
        assert "Two people count on two phones" in page.inner_text("main")
        assert faults(page) == []
