"""A lead's day on a phone: in by the PIN, out of the rain in four taps, and on to the next lead."""

from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page

from campaign_app.core.db import transact
from tests import given
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import PHONE, Street, Visitor, overflow, passer_by, visitor
from tests.serving import until
from tests.stall.conftest import PIN, Stall, build

TOLD = "Today at exit 8, not exit 1. The rain is too heavy."


def stand(app: Flask) -> Stall:
    world = given.world(app)
    with app.app_context():
        return transact(lambda: build(world))


@pytest.fixture
def street(open_street: OpenStreet) -> tuple[Street, Stall]:
    """Serve a stall that stands at exit 1."""
    return open_street("sqlite", stand)


def come_in(lead: Visitor, stall: Stall) -> Page:
    """Type the PIN."""
    page = lead.go(stall.page)
    page.fill("[name=pin]", PIN)
    return lead.press()


def looked_at(page: Page) -> None:
    """Let axe look at a page in light and dark, and a narrow phone show it."""
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, BY_CONTRAST) == []
    page.emulate_media(color_scheme="light")
    assert overflow(page) == {}


@dataclass
class Thumb:
    """Counts what a person taps."""

    page: Page
    taps: int = 0

    def tap(self, what: Locator) -> None:
        """Tap once."""
        what.tap()
        self.taps += 1

    def go(self, what: Locator) -> Page:
        """Tap once, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.tap(what)
        return self.page


def test_a_lead_moves_the_stall_in_four_taps_and_everybody_reads_of_it(
    street: tuple[Street, Stall], browser: Browser
) -> None:
    served, stall = street
    with visitor(browser, served, "en", **PHONE) as lead:
        looked_at(lead.go(stall.page))
        page = come_in(lead, stall)
        looked_at(page)
        thumb = Thumb(page)

        looked_at(thumb.go(page.get_by_role("link", name="We move")))
        looked_at(thumb.go(page.get_by_role("link", name="Yongsan station, exit 8")))
        thumb.tap(page.get_by_label("The rain is too heavy."))
        thumb.go(page.get_by_role("button", name="Tell everybody"))

        assert thumb.taps == 4
        assert page.url.endswith(stall.page)
        assert page.get_by_text(TOLD).is_visible()
        looked_at(page)
    with passer_by(browser, served, "en") as somebody:
        said = [f"/q/{stall.world.code}", f"/en/events/{stall.letters}"]
        until(lambda: all(_reads(somebody, path, TOLD) for path in said), "nobody was told")
        feed = somebody.page.request.get("/en/calendar.ics").text().replace("\r\n ", "")
        assert "LOCATION:Yongsan station\\, exit 8" in feed
        assert "SEQUENCE:2" in feed


def _reads(somebody: Visitor, path: str, text: str) -> bool:
    return text in somebody.go(path).inner_text("body")
