"""Two organisers and a stack of paper: printed, typed with the keyboard alone, checked, ended."""

from dataclasses import dataclass
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from campaign_app.core.db import session
from campaign_app.paper import queries, states
from tests import given
from tests.accounts.people import let_in
from tests.given import World
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

PEOPLE: Final = (
    "김미나", "Anna Müller", "Jean Dupont", "이보라", "O'Brien", "박하늘", "Zoë", "최강", "Li Wei", "Ana",
)  # fmt: skip


@dataclass(frozen=True)
class Built:
    """Where the batch is."""

    world: World


def build(app: Flask) -> Built:
    """Open a petition, and let two organisers in."""
    world = given.world(app)
    let_in(app, "organiser", name="Mina")
    let_in(app, "organiser", name="Haneul")
    return Built(world)


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> tuple[Street, Built]:
    """Serve the console to both."""
    return open_street("sqlite", build)


def looked_at(page: Page) -> None:
    """Nothing on a page is hard to use, by day or by night."""
    page.emulate_media(color_scheme="dark")
    dark = faults(page, BY_CONTRAST)
    page.emulate_media(color_scheme="light")
    assert faults(page) + dark == [], page.url


def type_name(page: Page, name: str, email: str) -> None:
    """Type a line without touching the mouse: the cursor stands in the name already."""
    # Chromium gives the focus with the first picture, which may come after the page is loaded.
    page.wait_for_function("document.activeElement.name === 'name'")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(email)
    page.keyboard.press("Tab")  # the country of the batch
    for _box in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_ten_lines_are_typed_by_keyboard_and_checked_by_somebody_else(
    served: tuple[Street, Built], browser: Browser
) -> None:
    street, built = served
    with visitor(browser, street, "en", **DESK) as mina:
        sign_in(mina, "mina@example.org")
        _print_a_list(mina)
        _type_it(mina)
        assert given.counted(street.app, built.world.petition_id) == (len(PEOPLE), 0)
        mina.go("/console/paper/1")
        mina.press("text=Draw the sample")
    with visitor(browser, street, "en", **PHONE) as haneul:
        sign_in(haneul, "haneul@example.org")
        _check_it(haneul)
        _see_to_its_end(haneul)
    with street.app.app_context():
        session.rollback()
        assert not queries.awaited(built.world.petition_id)


def _print_a_list(mina: Visitor) -> None:
    page = mina.go("/console/paper/")
    with page.expect_navigation():
        page.click("main a[href$='/new']")
    page.select_option("[name=kind]", states.LISTS)
    page.fill("[name=pages]", "1")
    page.select_option("[name=language]", "en")
    looked_at(page)
    mina.press()
    looked_at(page)


def _type_it(mina: Visitor) -> None:
    page = mina.page
    with page.expect_navigation():
        page.click("text=Type this sheet")
    looked_at(page)
    for number, name in enumerate(PEOPLE):
        type_name(page, name, "" if number % 2 else f"person{number}@example.org")
        said = page.locator(".notice.good").inner_text()
        assert said == f"Sheet 1, line {number + 1} is entered."
    looked_at(page)


def _check_it(haneul: Visitor) -> None:
    page = haneul.go("/console/paper/1")
    assert overflow(page) == {}
    with page.expect_navigation():
        page.click("text=Check the next line")
    looked_at(page)
    assert overflow(page) == {}
    while "/check" in page.url:
        line = int(page.locator("[name=line]").input_value())
        page.fill("[name=name]", PEOPLE[line - 1])
        page.fill("[name=email]", "" if line % 2 == 0 else f"person{line - 1}@example.org")
        haneul.press()
    haneul.press("text=All is checked")


def _see_to_its_end(haneul: Visitor) -> None:
    page = haneul.page
    page.fill("[name=numbers]", "1")
    page.select_option("main [name=state]", states.DESTROYED)
    haneul.press("text=Note it", 400)
    looked_at(page)
    page.fill("[name=words]", "Shredded at the office, before Mina")
    haneul.press("text=Note it")
    haneul.press("text=Close the batch")
    looked_at(page)
    assert overflow(page) == {}


def test_a_stranger_who_scans_a_sheet_reads_what_it_is(
    served: tuple[Street, Built], browser: Browser
) -> None:
    street, _built = served
    for language in ("en", "ko", "fr"):
        with passer_by(browser, street, language) as stranger:
            page = stranger.go("/paper/acdefghj")
            assert faults(page) == []
            assert overflow(page) == {}
            assert page.locator("a[href^='/console/paper/sheets/acdefghj']").count() == 1
