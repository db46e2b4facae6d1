"""Whoever runs a petition without a mouse: keys changed over, a tally stated, handed over, answered."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.accounts.people import let_in
from tests.given import World, world
from tests.journeys.conftest import OpenStreet
from tests.journeys.keyboard import Keyboard
from tests.journeys.street import PHONE, Street, sign_in, visitor
from tests.journeys.test_rotation import WORDS, Rotation, copies_of
from tests.journeys.test_rotation import build as rotation
from tests.journeys.test_setup import looked_at
from tests.petitions.stating import count, today

FEW: Final = 12


@pytest.fixture
def safe(open_street: OpenStreet) -> tuple[Street, Rotation]:
    """Serve a petition that some have signed, sealed to two of three proven keys."""
    return open_street("sqlite", lambda app: rotation(app, FEW))


@pytest.fixture
def town(open_street: OpenStreet) -> tuple[Street, World]:
    """Serve a petition with a tally."""
    return open_street("sqlite", build)


def build(app: Flask) -> World:
    built = world(app)
    count(app, built.petition_id, 640)
    let_in(app, "organiser")
    return built


def test_keys_are_changed_over_with_the_keyboard_alone(
    safe: tuple[Street, Rotation], browser: Browser, tmp_path: Path
) -> None:
    street, made = safe
    file = tmp_path / "mina.json"
    file.write_text(made.files[0].text, "utf-8")
    with visitor(browser, street, "en", **PHONE) as somebody:
        sign_in(somebody, "mina@example.org")
        page, hands = somebody.page, Keyboard(somebody.page)
        go(hands, "Settings")
        hands.follow("main .tabs a[href$='/keys/']")
        looked_at(page)
        seal_to_the_third(page, hands, file)
        assert copies_of(street, made.ids[2]) == FEW
        retire_the_first(page, hands)


def go(hands: Keyboard, label: str) -> None:
    """Choose a place in the console's own list."""
    links = hands.page.locator("nav.side a")
    here = links.all_inner_texts().index(label)
    hands.follow(f"nav.side li:nth-child({here + 1}) a")


def seal_to_the_third(page: Page, hands: Keyboard, file: Path) -> None:
    """Open the old key, slip, and let the page work."""
    hands.follow("main a[href$='/reseal']")
    looked_at(page)
    hands.press("[data-go]")
    expect(page.locator("#key-file")).to_be_focused()
    page.set_input_files("#key-file", file)  # the one thing that the system asks, not the page
    hands.type("#passphrase", WORDS.replace("noon", "moon"))
    hands.press("#passphrase")
    expect(page.locator("[data-says=wrong-passphrase]")).to_be_visible()
    expect(page.locator("#passphrase")).to_be_focused()
    looked_at(page)
    hands.type("#passphrase", WORDS)
    hands.press("[data-go]", "Space")
    expect(page.locator("[data-says=all-done]")).to_be_visible()
    looked_at(page)


def retire_the_first(page: Page, hands: Keyboard) -> None:
    """Read what it would do, turn back, do it."""
    hands.follow("main .crumbs a")
    hands.follow("main a[href$='/1/retire']")
    looked_at(page)
    hands.follow("main .actions a")
    hands.follow("main a[href$='/1/retire']")
    hands.follow("main .danger")
    assert "Retired" in page.locator(".notice.good").inner_text()
    looked_at(page)
    hands.follow("main .actions a[href$='/prove']")
    looked_at(page)


def test_a_tally_is_stated_handed_over_and_answered_with_the_keyboard_alone(
    town: tuple[Street, World], browser: Browser
) -> None:
    street, built = town
    with visitor(browser, street, "en", **PHONE) as somebody:
        sign_in(somebody, "mina@example.org")
        page, hands = somebody.page, Keyboard(somebody.page)
        go(hands, "Petitions")
        hands.follow(f"main a[href$='/petitions/{built.petition_id}']")
        hands.follow("main .tabs a[href$='/statements']")
        looked_at(page)
        hands.follow("main form .primary")
        looked_at(page)
        hand_over(page, hands)
        answered(page, hands)
        look_at_the_sheet(page, hands)
        take_back(page, hands)


def hand_over(page: Page, hands: Keyboard) -> None:
    """Forget something, put it right, and end the petition with it."""
    hands.follow("main a[href$='/handovers/new']")
    looked_at(page)
    hands.type("main [name=place_en]", "Geneva")
    hands.type("main [name=receiver_en]", "UN Human Rights Office")
    hands.follow("main .primary", 400)
    expect(page.locator(".summary")).to_be_focused()
    looked_at(page)
    hands.press(".summary a")
    expect(page.locator("main [name=handed_by]")).to_be_focused()
    hands.type("main [name=handed_by]", "Mina and two students")
    hands.follow("main .primary", 409)
    expect(page.locator(".summary")).to_be_focused()
    hands.press("main [name=ends]", "Space")
    hands.follow("main .primary")
    assert "Geneva" in page.locator(".timeline").inner_text()
    looked_at(page)


def answered(page: Page, hands: Keyboard) -> None:
    """Write down what came back; a day is typed as the field shows it."""
    hands.follow("main a[href$='/answer']")
    looked_at(page)
    hands.to("main [name=on]")
    page.keyboard.type(typed(today()))
    assert page.locator("main [name=on]").input_value() == today().isoformat()
    hands.type("main [name=sender_en]", "The Office")
    hands.type("main [name=text_en]", "We have read it.")
    hands.follow("main .primary")
    looked_at(page)


def typed(day: date) -> str:
    """Write a day as the field of this browser takes it from the keyboard."""
    return f"{day:%m%d%Y}"


def look_at_the_sheet(page: Page, hands: Keyboard) -> None:
    """Open the statement that is printed, and come back."""
    hands.follow("main .table a[href$='/sheet']")
    looked_at(page)
    page.go_back()


def take_back(page: Page, hands: Keyboard) -> None:
    """Undo the hand-over, with a reason."""
    hands.follow("main a[href$='/take-back']")
    looked_at(page)
    hands.type("main [name=reason]", "It was the wrong office")
    hands.follow("main .danger")
    assert page.locator("h1 .tag").inner_text() == "open"
    looked_at(page)
