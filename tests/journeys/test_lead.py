"""A lead's day on a phone: in by the PIN, out of the rain in four taps, and on to the next lead."""

from dataclasses import dataclass
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page

from campaign_app.core.db import transact
from campaign_app.shifts import kit
from campaign_app.shifts import services as crew
from campaign_app.shifts.services import ShiftPlan
from tests import given
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import PHONE, Street, Visitor, overflow, passer_by, visitor
from tests.serving import until
from tests.shifts import crewing
from tests.stall.conftest import PIN, Stall, build, picture

TOLD = "Today at exit 8, not exit 1. The rain is too heavy."


def stand(app: Flask) -> Stall:
    world = given.world(app)
    with app.app_context():
        stall = transact(lambda: build(world))
        plan = partial(crew.add_shift, stall.event)
        lead = transact(lambda: plan(ShiftPlan(role="lead", least=1, most=1)).id)
        board = transact(lambda: plan(ShiftPlan(role="board", least=1, most=3)).id)
        crewing.confirmed(lead, "Haneul")
        crewing.confirmed(board, "Bora", speaks=["ko", "fr"])
        transact(partial(kit.add, stall.event, ["Tent", "Water"]))
        return stall


@pytest.fixture
def street(open_street: OpenStreet) -> tuple[Street, Stall]:
    """Serve a stall that stands at exit 1, with Haneul in the lead and Bora at the board."""
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


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_the_next_lead_scans_their_link_and_the_old_one_shows_nothing(
    street: tuple[Street, Stall], browser: Browser, scripts: bool
) -> None:
    served, stall = street
    phone = PHONE | {"java_script_enabled": scripts}
    with visitor(browser, served, "en", **phone) as lead:
        page = come_in(lead, stall)
        thumb = Thumb(page)
        thumb.go(page.get_by_role("link", name="Who is here"))
        seen(page, scripts)
        thumb.go(page.locator("li", has_text="Bora").get_by_role("button", name="Came"))
        thumb.go(
            page.locator("li", has_text="Bora").get_by_role("button", name="Confirm the hours")
        )
        assert page.get_by_text("4:00 h confirmed").is_visible()
        thumb.go(page.get_by_role("link", name="Hand the lead over"))
        seen(page, scripts)
        lead.press(status=400)
        seen(page, scripts)
        page.get_by_label("Bora").check()
        page.fill("[name=pin]", "8064")
        lead.press()
        seen(page, scripts)
        theirs = page.locator("#lead-address").input_value().rpartition("/stall/")[2]
        lead.go(stall.page, 404)
    with visitor(browser, served, "en", **phone) as bora:
        page = bora.go(f"/stall/{theirs}")
        page.fill("[name=pin]", "8064")
        bora.press()
        assert page.get_by_role("link", name="We move").is_visible()


def seen(page: Page, scripts: bool) -> None:
    """Look at a page; where scripts are off only we can look, not axe."""
    if scripts:
        looked_at(page)


def test_the_day_is_wrapped_up_on_the_phone(street: tuple[Street, Stall], browser: Browser) -> None:
    served, stall = street
    with visitor(browser, served, "en", **PHONE) as lead:
        page = come_in(lead, stall)
        thumb = Thumb(page)
        looked_at(lead.go(f"{stall.page}boards/{stall.world.code_id}"))
        looked_at(lead.go(f"{stall.page}kit"))
        thumb.go(page.locator("li", has_text="Tent").get_by_role("button", name="Packed"))
        assert page.locator("[aria-pressed=true]").count() == 1
        looked_at(lead.go(f"{stall.page}after"))
        page.get_by_text("Add a photo", exact=True).tap()
        page.set_input_files(
            "[name=photo]",
            {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture().getvalue()},
        )
        page.get_by_label("What it shows").fill("Our table at dusk")
        thumb.go(page.get_by_role("button", name="Add the photo"))
        looked_at(page)  # not yet: nobody said whether there are faces
        assert "Say whether anybody can be recognised." in page.locator(".summary").inner_text()


def test_keys_alone_move_the_stall(street: tuple[Street, Stall], browser: Browser) -> None:
    served, stall = street
    with visitor(browser, served, "en") as lead:
        page = come_in(lead, stall)
        for name in ("We move", "Yongsan station, exit 8"):
            reach(page, name)
            with page.expect_navigation():
                page.keyboard.press("Enter")
        reach(page, "")
        page.keyboard.press("ArrowDown")  # round to the first reason
        reach(page, "Tell everybody")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.get_by_text("Today at exit 8, not exit 1.").is_visible()


def reach(page: Page, name: str) -> None:
    """Go on with the tabulator to what is called so; with no name to a choice."""
    for _step in range(30):
        page.keyboard.press("Tab")
        if name:
            here = page.evaluate("document.activeElement.innerText") or ""
        else:
            here = "" if page.evaluate("document.activeElement.type") == "radio" else "-"
        if here.strip() == name:
            return
    raise AssertionError(f"no key leads to {name or 'a choice'}")
