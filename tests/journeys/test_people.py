"""A colleague is invited, comes in on the phone, sets a second factor up, and is signed out again."""

import io
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import zxingcpp
from passlib.totp import TOTP  # type: ignore[import-untyped]  # libpass ships no types
from PIL import Image
from playwright.sync_api import Browser, Page

from tests import given
from tests.accounts.people import PASSWORD, let_in
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.street import (
    DESK,
    PHONE,
    Street,
    Visitor,
    building,
    database,
    overflow,
    sign_in,
    visitor,
)
from tests.serving import Serving, serving

MINA: Final = "mina@example.org"
NEW: Final = "quite another lantern"
FACTOR: Final = "/console/account/second-factor"


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Street]:
    """Serve a console that is no demo, since a demo has no second factors."""
    folder = tmp_path_factory.mktemp("people")
    with database("sqlite", request, folder) as url:
        app = building(url, folder)
        let_in(app, "administrator", name="Boss")
        config = app.config["LANTERN"]
        more = {"LANTERN_ENV": "test"}
        with serving(Serving(config, folder / "server.log", more=more)) as server:
            yield Street(app, server)


def looked_at(page: Page) -> Page:
    """Look at a page as axe does, by day and by night, on a phone and on a desk."""
    size = page.viewport_size
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found = faults(page)
        page.emulate_media(color_scheme="dark")
        found += faults(page, BY_CONTRAST)
        page.emulate_media(color_scheme="light")
        assert (page.url, found) == (page.url, [])
    if size:
        page.set_viewport_size(size)
    assert {width: much for width, much in overflow(page).items() if much} == {}
    return page


def keyed(page: Page, *keys: str) -> None:
    """Do it with the keyboard alone."""
    for key in keys:
        page.keyboard.press(key)


def tabbed_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(60):
        keyed(page, "Tab")
        if page.locator(selector).evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def sent(page: Page, what: Callable[[], None]) -> Page:
    """Do what leads to another page, and look at that."""
    with page.expect_navigation():
        what()
    return looked_at(page)


def test_a_colleague_comes_in_and_is_signed_out_again(house: Street, browser: Browser) -> None:
    with visitor(browser, house, "en", **DESK) as at_desk:
        boss = sign_in(at_desk, "boss@example.org")
        invite_by_keyboard(boss)
        with visitor(browser, house, "en", **PHONE) as on_phone:
            choose_password(house, on_phone)
            sign_in(on_phone, MINA, NEW)
            set_up(on_phone)
            come_back(on_phone)
            row = at_desk.go("/console/people/").locator("tr", has_text="Mina")
            assert "in use" in row.inner_text()
            row.locator("a").click()
            looked_at(boss)
            at_desk.press("form[action$='/sign-out'] .button:not(.leave *)")
            assert "is signed out everywhere" in boss.inner_text(".notice.good")
            assert on_phone.go("/console/account/").url.endswith(
                "/console/sign-in?next=/console/account/"
            )


def invite_by_keyboard(boss: Page) -> None:
    """Invite Mina without touching the mouse."""
    boss.goto("/console/people/")
    looked_at(boss)
    tabbed_to(boss, "main .primary")
    sent(boss, lambda: keyed(boss, "Enter"))
    tabbed_to(boss, "[name=name]")
    boss.keyboard.type("Mina")
    keyed(boss, "Tab")
    boss.keyboard.type(MINA)
    tabbed_to(boss, "[name=organiser]")
    keyed(boss, "Space")
    tabbed_to(boss, "main .primary")
    sent(boss, lambda: keyed(boss, "Enter"))
    assert "on its way to Mina" in boss.inner_text(".notice.good")
    assert "Take the invitation back" in boss.inner_text("main")


def choose_password(house: Street, on_phone: Visitor) -> None:
    """Follow the link in the mail."""
    page = on_phone.go(given.link_of(house.mail(MINA)))
    assert on_phone.context.cookies() == []
    looked_at(page)
    page.fill("[name=new_password]", NEW)
    page.fill("[name=new_password_confirm]", "a slip of the hand")
    on_phone.press(status=400)
    looked_at(page)
    page.fill("[name=new_password]", NEW)
    page.fill("[name=new_password_confirm]", NEW)
    on_phone.press()
    assert MINA in looked_at(page).inner_text("main")
    looked_at(on_phone.go(given.link_of(house.mail(MINA)), 410))


def set_up(on_phone: Visitor) -> None:
    """Set the factor up; another phone's camera reads the code from the screen."""
    page = looked_at(on_phone.go(FACTOR))
    page.fill("[name=password]", NEW)
    on_phone.press()
    looked_at(page)
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".factor").screenshot())))
    assert page.locator("main a[href^=otpauth]").get_attribute("href") == found.text
    app = TOTP.from_uri(str(found.text))
    page.fill("[name=code]", app.generate().token)
    on_phone.press()
    assert looked_at(page).locator(".recovery li").count() == 10


def come_back(on_phone: Visitor) -> None:
    """Sign out and in again: by a recovery code, since the app's code of this half minute is spent."""
    page = on_phone.page
    recovery = page.locator(".recovery code").first.inner_text()
    on_phone.press("main .primary")
    on_phone.press(".leave .button")
    page.fill("[name=email]", MINA)
    page.fill("[name=password]", NEW)
    on_phone.press()
    looked_at(page)
    page.fill("[name=code]", "000000")
    on_phone.press(status=400)
    looked_at(page)
    page.fill("[name=code]", recovery)
    on_phone.press()
    assert page.url.endswith("/console/")
    looked_at(on_phone.go(FACTOR))
    looked_at(on_phone.go("/console/account/"))


def test_whoever_forgot_the_password_is_told_the_same_whoever_they_are(
    house: Street, browser: Browser
) -> None:
    with visitor(browser, house, "en", **PHONE) as somebody:
        page = somebody.go("/console/sign-in")
        page.locator("main a", has_text="Password forgotten").click()
        looked_at(page)
        somebody.press(status=400)
        looked_at(page)
        page.fill("[name=email]", "boss@example.org")
        somebody.press()
        assert "Look into your mailbox" in looked_at(page).inner_text("h1")
        page = somebody.go(given.link_of(house.mail("boss@example.org")))
        assert "boss@example.org" in page.inner_text("main")
        assert PASSWORD not in page.content()
