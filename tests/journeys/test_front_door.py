"""Somebody heard of us: from the front page to an event and a petition, without JavaScript; and the
two people of ours who write the first sentence that everybody reads."""

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.accounts.people import let_in
from tests.given import World
from tests.journeys import tour
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import Desk
from tests.journeys.street import DESK, Street, Visitor, passer_by, sign_in, visitor
from tests.serving import until

ORIGINAL = "Nobody is forgotten"
TRANSLATED = "Personne n’est oublié"
#: Seconds after which everybody reads what was published; machines under test are slow.
PROMISED = 10.0


def build(app: Flask) -> World:
    """Build events and petitions of every kind, and two organisers."""
    let_in(app, "organiser", name="Hana")
    let_in(app, "organiser", name="Claire")
    return tour.build(app)


@pytest.fixture(scope="module")
def house(open_street: OpenStreet) -> tuple[Street, World]:
    """Serve the house."""
    return open_street("sqlite", build)


@pytest.fixture
def street(house: tuple[Street, World]) -> Street:
    """Give the street alone."""
    return house[0]


@pytest.fixture
def hana(street: Street, browser: Browser) -> Iterator[Desk]:
    """Let Hana sit down; she reads English."""
    with visitor(browser, street, "en", **DESK) as somebody:
        sign_in(somebody, "hana@example.org")
        yield Desk(somebody)


def test_a_stranger_finds_the_event_the_place_and_the_petition_without_javascript(
    street: Street, browser: Browser
) -> None:
    with passer_by(browser, street, "fr", scripts=False) as somebody:
        page = somebody.go("/")
        assert page.locator("html").get_attribute("lang") == "fr"
        with page.expect_navigation():
            page.locator("nav.site a").nth(1).click()
        month = page.locator("main")
        expect(month.locator(".state.cancelled")).to_have_count(1)
        expect(month.locator(".state.moved")).to_have_count(1)
        with page.expect_navigation():
            month.locator("a[href$='/events/movedmvd']").click()
        expect(page.locator(".banner.moved")).to_be_visible()
        with page.expect_navigation():
            page.locator(".when a").click()
        assert "/fr/places/itaewon" in page.url
        expect(page.locator(".locator svg")).to_be_visible()
        page.go_back()
        with page.expect_navigation():
            page.locator(".to-sign .primary").click()
        assert "/fr/petitions/" in page.url
        assert page.locator("nav.site").count() == 0


def test_two_people_write_the_first_sentence_and_everybody_reads_it(
    street: Street, hana: Desk, browser: Browser
) -> None:
    with passer_by(browser, street, "en") as reader:
        expect(reader.go("/en/").locator("h1")).not_to_contain_text(ORIGINAL)
        _write(hana, "en", ORIGINAL)
        expect(reader.go("/en/").locator("h1")).not_to_contain_text(ORIGINAL)
        hana.save("main .actions .primary")
        _reads(reader, "/en/", ORIGINAL)
        _write(hana, "fr", TRANSLATED, source="1")
        hana.save("main .actions .primary")
        with visitor(browser, street, "en", **DESK) as other:
            sign_in(other, "claire@example.org")
            claire = Desk(other)
            claire.go("pages/front/fr")
            claire.save("main .actions .primary")
            claire.go("pages/")
        _reads(reader, "/fr/", TRANSLATED)


def _reads(reader: Visitor, path: str, words: str) -> None:
    """A page is kept for a moment, and no longer."""
    seen = partial(reader.go, path)
    until(lambda: seen().locator("h1").inner_text() == words, f"nobody reads {words}", PROMISED)


def _write(desk: Desk, language: str, title: str, **more: str) -> None:
    desk.go(f"pages/front/{language}")
    desk.fill(title=title, lead="We ask for those who cannot.", **more)
    desk.save("main form[action$='/front/" + language + "'] .button")
