"""A volunteer's way from a link in a chat to hours on paper, and the organiser's beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from campaign_app.core import clock, db
from campaign_app.shifts import services
from tests import given
from tests.accounts.people import let_in
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import (
    DESK,
    PHONE,
    Street,
    Visitor,
    overflow,
    passer_by,
    sign_in,
    visitor,
)
from tests.shifts import crewing
from tests.shifts.crewing import Stall, confirmed

#: The dates of the tests of the room are counted from this one.
SATURDAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def town(open_street: OpenStreet) -> tuple[Street, Stall]:
    """Serve an event of next week with shifts, and one of the week after."""
    return open_street("sqlite", build)


def build(app: Flask) -> Stall:
    let_in(app, "organiser", name="Sol")
    days = (clock.today() - SATURDAY).days + 7
    later = crewing.stall(app, "hongdae", days=days + 7)
    stall = crewing.stall(app, days=days)
    with app.app_context():
        sol = confirmed(later.lead, "Sora")
        db.transact(lambda: services.offer(sol, crewing.whose(sol), offered=True))
    return stall


@dataclass
class Thumb:
    """Counts what a person taps."""

    taps: int = 0

    def tap(self, what: Locator) -> None:
        """Tap once."""
        what.tap()
        self.taps += 1


def looked_at(page: Page) -> None:
    """Let axe look at a page in light and dark, and a narrow phone show it."""
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, BY_CONTRAST) == []
    page.emulate_media(color_scheme="light")
    assert overflow(page) == {}


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_a_volunteer_signs_up_in_three_taps(
    town: tuple[Street, Stall], browser: Browser, language: str, scripts: bool
) -> None:
    street, stall = town
    with passer_by(browser, street, language, scripts=scripts) as somebody:
        page, thumb = somebody.go(f"/v/{stall.link}"), Thumb()
        if scripts:
            looked_at(page)
        thumb.tap(page.locator(".shift", has=page.locator(f"[value='{stall.board}']:enabled")))
        thumb.tap(page.locator("[name=alias]"))
        page.keyboard.type("Mina")
        page.keyboard.press("Tab")
        page.keyboard.type("010-1234-5678")
        with page.expect_navigation():
            thumb.tap(page.locator("main .primary"))
        assert thumb.taps == 3
        assert f"/{language}/my-shifts/" in page.url
        expect(page.locator("h1")).to_contain_text("Mina")
        if scripts:
            looked_at(page)
        _leave(somebody)


def _leave(somebody: Visitor) -> None:
    """Cancel, so that the next one finds a seat."""
    somebody.page.locator("details summary").first.tap()
    somebody.press(".own .danger")


def test_whoever_is_known_comes_again_with_one_tap(
    town: tuple[Street, Stall], browser: Browser
) -> None:
    street, stall = town
    with street.app.app_context():
        link = crewing.token(confirmed(stall.tablet, "Jun", language="ko"))
    with passer_by(browser, street, "ko") as somebody:
        page = somebody.go(f"/ko/my-shifts/{link}")
        looked_at(page)
        somebody.press("[action*='/take/'] button")
        expect(page.locator(".own > li")).to_have_count(2)
        looked_at(page)


@pytest.fixture
def organiser(town: tuple[Street, Stall], browser: Browser) -> Iterator[Visitor]:
    with visitor(browser, town[0], "en", **DESK) as somebody:
        sign_in(somebody, "sol@example.org")
        yield somebody


def test_an_organiser_says_yes_and_the_volunteer_reads_it(
    town: tuple[Street, Stall], browser: Browser, organiser: Visitor
) -> None:
    street, stall = town
    with passer_by(browser, street, "fr") as somebody:
        page = somebody.go(f"/v/{stall.link}")
        page.check(f"[value='{stall.board}']")
        page.fill("[name=alias]", "Camille")
        page.fill("[name=contact]", "camille@example.org")
        somebody.press()
        looked_at(page)
        link = given.link_of(street.mail("camille@example.org"))
        desk = organiser.go(f"/console/events/{stall.event}/crew")
        looked_at(desk)
        organiser.press(".roster li:has-text('Camille') [action$='/confirm'] button")
        expect(desk.locator(".notice.good")).to_contain_text("Camille")
        page = somebody.go(link)
        expect(page.locator(".state.confirmed")).to_be_visible()


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "laptop"])
def test_the_organisers_pages_are_fit_for_everybody(
    town: tuple[Street, Stall], browser: Browser, device: dict[str, object]
) -> None:
    street, stall = town
    with visitor(browser, street, "en", **device) as somebody:
        sign_in(somebody, "sol@example.org")
        for path in (
            f"/console/events/{stall.event}/crew",
            f"/console/shifts/{stall.board}",
            "/console/volunteers/",
            "/console/volunteers/templates/",
            "/console/volunteers/templates/kit/new",
        ):
            looked_at(somebody.go(path))
        somebody.go("/console/volunteers/")
        looked_at(somebody.press("tbody tr:first-child th a"))
