"""A tablet becomes ours: in the console, and on a lead's phone; every page looked at by axe."""

import os
import re
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from campaign_app.core.db import transact
from campaign_app.stall import leads
from tests import given
from tests.accounts import people
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import DESK, PHONE, Street, overflow, sign_in, visitor
from tests.kiosk import devices, stations
from tests.kiosk.stations import Station

#: Where to put pictures of what is looked at, for whoever wants to see them.
PICTURES: Final = os.environ.get("LANTERN_PICTURES", "")
PIN: Final = "2580"


def stand(app: Flask) -> tuple[Station, str]:
    """Stand at a stall with one tablet and a lead."""
    at = stations.station(app, given.world(app))
    token = leads.draw_token()
    new = leads.New(alias="Haneul", language="en", token=token, pin_hash=leads.hash_pin(PIN))
    with app.app_context():
        transact(partial(leads.issue, at.event_id, new))
    return at, f"/stall/{token}/"


@pytest.fixture
def street(open_street: OpenStreet) -> tuple[Street, tuple[Station, str]]:
    return open_street("sqlite", stand)


def looked_at(page: Page, name: str) -> None:
    """Let axe look in light and dark, and a narrow phone show it."""
    size = page.viewport_size
    assert faults(page) == [], name
    page.emulate_media(color_scheme="dark")
    assert faults(page, BY_CONTRAST) == [], name
    page.emulate_media(color_scheme="light")
    _picture(page, f"{name}-wide")
    assert overflow(page) == {}, name
    _picture(page, name)
    page.set_viewport_size(size or {"width": 1280, "height": 800})


def _picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("language", ["en"] if not PICTURES else ["en", "ko"])
def test_an_organiser_makes_a_tablet_and_enrols_it(
    street: tuple[Street, tuple[Station, str]], browser: Browser, language: str
) -> None:
    served, (at, _lead) = street
    with visitor(browser, served, language, **DESK) as who:
        sign_in(who, people.let_in(served.app, "organiser", name=f"Mina-{language}").email)
        page = who.go("/console/kiosk/")
        looked_at(page, f"list-{language}")
        page = who.go("/console/kiosk/new")
        page.fill("main [name=name]", "Tablet 9")
        page.fill("main [name=pin]", "8025")
        page.select_option("main [name=event]", str(at.event_id))
        looked_at(page, f"new-{language}")
        page = who.press("main .primary")
        looked_at(page, f"code-{language}")
        letters = page.locator(".enrol-code code").inner_text()
        assert devices.enrol(served.app.test_client(), letters).status_code == 200
        with page.expect_navigation():
            page.locator("main a.primary").click()
        looked_at(page, f"tablet-{language}")
        looked_at(who.go(f"/console/kiosk/events/{at.event_id}"), f"event-{language}")
        looked_at(who.go(f"/console/kiosk/{at.tablet_id}/state/lost"), f"state-{language}")


@pytest.mark.parametrize("shape", [PHONE])
def test_a_lead_enrols_a_tablet_on_the_phone(
    street: tuple[Street, tuple[Station, str]], browser: Browser, shape: dict[str, object]
) -> None:
    served, (at, lead) = street
    with visitor(browser, served, "en", **shape) as who:
        page = who.go(lead)
        page.fill("[name=pin]", PIN)
        page = who.press()
        with page.expect_navigation():
            page.get_by_role("link", name="Tablets and stall code").tap()
        looked_at(page, "lead-tablets")
        shown = page.locator("[data-now]").inner_text()
        assert len(shown) == 4
        assert page.locator("[data-left]").inner_text().startswith("a new one in")
        _renewed(page, shown)
        with page.expect_navigation():
            page.get_by_role("link", name="Add a tablet").tap()
        page.fill("[name=name]", "Tablet 5")
        page.fill("[name=pin]", "8025")
        looked_at(page, "lead-new")
        page = who.press()
        looked_at(page, "lead-code")
        _typed_on_a_tablet(browser, served, page.locator(".enrol-code code").inner_text())
        assert "Tablet 5" in who.go(f"{lead}tablets").inner_text("main")
        assert page.get_by_text("just now").is_visible()
        for part in ("pin", "lost"):
            looked_at(who.go(f"{lead}tablets/{at.tablet_id}/{part}"), f"lead-{part}")
        who.press("main .danger")
        assert page.locator(f"#t{at.tablet_id} .tag.bad").inner_text() == "Lost"


def _typed_on_a_tablet(browser: Browser, served: Street, letters: str) -> None:
    """Open the tablet's page by the picture of the code, and let it enrol itself and fetch its pack."""
    with visitor(browser, served, "en", **DESK) as tablet:
        page = tablet.go(f"/kiosk/#code={letters}")
        page.click("form .primary")
        # It speaks the language of the stall from then on, not the browser's.
        begin = page.get_by_role("button", name=re.compile("Begin collecting|서명받기 시작"))
        expect(begin).to_be_enabled(timeout=20_000)


def _renewed(page: Page, shown: str) -> None:
    """Let the ten minutes pass: the page fetches the digits again and writes what comes."""
    other = "0000" if shown != "0000" else "1111"
    page.route(
        "**/tablets/code.json",
        lambda route: route.fulfill(json={"digits": other, "seconds": 600}),
    )
    page.clock.install()
    page.reload()
    page.clock.fast_forward(601_000)
    page.locator("[data-now]", has_text=other).wait_for()
    page.unroute("**/tablets/code.json")
