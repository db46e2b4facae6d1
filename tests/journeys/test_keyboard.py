"""Whoever has no mouse meets things in the order in which they are read, and errors first."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import given
from tests.given import World
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import Street, Visitor, fill_in, passer_by

FOCUSED = """() => {
  const it = document.activeElement;
  return it.name || it.className || it.tagName.toLowerCase();
}"""
#: More than any of our pages needs.
PATIENCE = 30


@pytest.fixture(scope="module")
def stall(open_street: OpenStreet) -> tuple[Street, World]:
    """Serve a stall with one board."""
    return open_street("sqlite", given.world)


@pytest.fixture(scope="module", params=[True, False], ids=["scripts", "no-scripts"])
def somebody(
    request: pytest.FixtureRequest, stall: tuple[Street, World], browser: Browser
) -> Iterator[Visitor]:
    """Open the page of a board's code, with and without JavaScript."""
    served, world = stall
    with passer_by(browser, served, "en", scripts=request.param) as visitor:
        visitor.go(f"/q/{world.code}")
        yield visitor


@pytest.fixture
def page(somebody: Visitor) -> Page:
    """Begin at the top of a fresh page."""
    somebody.page.goto(somebody.page.url)
    return somebody.page


def focused(page: Page) -> str:
    """Name what has the focus: by its name, its class or its tag."""
    return str(page.evaluate(FOCUSED))


def tabbed(page: Page) -> list[str]:
    """Press Tab until the page ends, and list what was met."""
    met: list[str] = []
    while len(met) < PATIENCE:
        page.keyboard.press("Tab")
        if focused(page) == "body":
            break
        met.append(focused(page))
    return met


def test_tab_leads_from_field_to_field_to_the_button(page: Page) -> None:
    met = tabbed(page)
    names = [box.get_attribute("name") for box in page.locator("[type=checkbox]").all()]
    first = met.index("name")
    assert met[first:][: 4 + len(names)] == ["name", "email", "country", *names, "button primary"]
    assert met[0] == "skip"
    assert len(names) == 3


def test_the_first_tab_offers_a_way_past_the_languages(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]  # it is there
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "summary"


def test_a_whole_signature_needs_the_keyboard_only(page: Page, somebody: Visitor) -> None:
    page.locator("[name=name]").focus()
    page.keyboard.type("Mina Kim")
    page.keyboard.press("Tab")
    page.keyboard.type("keys@example.org")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator(".primary").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[name=code]").count() == 1


def test_focus_lands_on_what_must_be_put_right(page: Page, somebody: Visitor) -> None:
    somebody.press(status=400)
    assert focused(page) == "summary"
    wrong = page.locator(".summary a")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#name"
    page.keyboard.press("Enter")
    assert focused(page) == "name"
    assert wrong.count() == 3
    assert page.locator("[aria-invalid=true]").count() == 3


def test_focus_lands_on_the_error_of_a_wrong_code_too(page: Page, somebody: Visitor) -> None:
    fill_in(page, "wrong@example.org")
    somebody.press()
    page.fill("[name=code]", "12")
    somebody.press(status=400)
    assert focused(page) == "summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "code"
