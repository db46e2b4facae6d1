"""Beside the volunteer whose phone's mail does not come: four digits, with and without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import given
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import Street, fill_in, overflow, passer_by
from tests.petitions import stalls
from tests.petitions.stalls import Stall, code_now, wrong
from tests.petitions.witnessed import give

Served = tuple[Street, Stall]


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> Served:
    """Serve a street whose board stands at a stall."""
    street, at = open_street("sqlite", stalls.stall)
    return street, at


def send(page: Page, code: str) -> None:
    """Type the stall's digits and press its own button by the keyboard alone."""
    page.locator("[name=stall_code]").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sound(page: Page) -> None:
    """See that everybody can use the page and that it fits the narrowest phone."""
    assert faults(page) == []
    assert set(overflow(page).values()) <= {0}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_the_four_digits_count_the_signature_of_a_phone(
    served: Served, browser: Browser, scripts: bool
) -> None:
    street, at = served
    before = given.counted(street.app, at.world.petition_id)[0]
    with passer_by(browser, street, "en", scripts=scripts) as somebody:
        page = somebody.go(at.board)
        fill_in(page, f"phone-{scripts}@example.org")
        somebody.press()
        assert page.locator("[name=stall_code]").is_visible()
        if scripts:
            page.locator("summary").click()
            sound(page)
        send(page, wrong(street.app, at.event_id))
        assert page.locator("[name=stall_code][aria-invalid=true]").count() == 1
        if scripts:
            sound(page)
            somebody.watch.complaints.clear()  # that a form was answered by 400
        send(page, code_now(street.app, at.event_id))
        assert "Your signature counts" in page.locator("h1").inner_text()
        assert page.locator("code.receipt").is_visible()
        if scripts:
            sound(page)
        somebody.watch.complaints.clear()
    assert given.counted(street.app, at.world.petition_id)[0] == before + 1


def test_this_was_not_me_takes_one_touch(served: Served, browser: Browser) -> None:
    street, at = served
    give(street.app, at.world, "not-me@example.org", language="ko")
    given.send_mail(street.app)
    mail = next(m for m in given.mails(street.app) if m["To"] == "not-me@example.org")
    text = given.text_of(mail)
    link = "/ko/not-me/" + Path(text.partition("/ko/not-me/")[2].split()[0]).name
    before = given.counted(street.app, at.world.petition_id)[0]
    with passer_by(browser, street, "ko", scripts=True) as somebody:
        page = somebody.go(link)
        sound(page)
        with page.expect_navigation():
            page.locator("main form button").press("Enter")
        sound(page)
    assert given.counted(street.app, at.world.petition_id)[0] == before - 1
