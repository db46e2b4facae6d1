"""WCAG 2.2 AA and best practice, on every state of every public page.

In one language every rule, by day and by night; in the others what their words may change.
"""

from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.given import LANGUAGES, World
from tests.journeys.axe import BY_CONTRAST, BY_WORDS, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import Street, overflow, visitor
from tests.journeys.tour import Tour, build

IN_FULL: Final = "en"
#: Public pages set none; the door of the console needs one for its form.
FOR_SIGNING_IN: Final = {"lantern"}
BAD_PAGE: Final = """<!doctype html><html><title></title><body><h3>Sign</h3>
<p style="color:#bbb;background:#fff">Nobody can read this.</p><input><div>
<button style="width:9px;height:9px;padding:0">a</button><button style="width:9px;height:9px;padding:0">b</button>
</div></body></html>"""


@pytest.fixture(scope="module")
def town(open_street: OpenStreet) -> tuple[Street, World]:
    """Serve petitions of every kind."""
    return open_street("sqlite", build)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_public_page(
    town: tuple[Street, World], browser: Browser, language: str
) -> None:
    with visitor(browser, town[0], language) as somebody:
        tour = Tour(*town, somebody, language)
        found = {name: problems(page, language) for name, page in tour.states()}
        assert {cookie["name"] for cookie in somebody.context.cookies()} == FOR_SIGNING_IN
    assert {name: said for name, said in found.items() if said} == {}
    assert len(found) == 39


def problems(page: Page, language: str) -> list[str]:
    """List what is wrong with a page on a phone; in full, and by night, in one language."""
    found = faults(page) if language == IN_FULL else faults(page, BY_WORDS)
    if language == IN_FULL:
        page.emulate_media(color_scheme="dark")
        found += [f"in the dark: {fault}" for fault in faults(page, BY_CONTRAST)]
        page.emulate_media(color_scheme="light")
    if page.locator("html").get_attribute("lang") != language:
        found.append("another language")
    return found + [f"at {width} too wide by {much}" for width, much in overflow(page).items()]


def test_axe_would_find_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(BAD_PAGE)
    found = {fault.split(":")[0] for fault in faults(page)}
    page.close()
    assert found >= {
        "color-contrast",
        "document-title",
        "html-has-lang",
        "label",
        "landmark-one-main",
        "target-size",
    }
