"""From the tally to the answer, as an organiser, a receiver and a signer's friend see it."""

from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.accounts.people import let_in
from tests.given import LANGUAGES, World, link_of, world
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import Desk
from tests.journeys.street import (
    DESK,
    PHONE,
    Street,
    Visitor,
    fill_in,
    overflow,
    passer_by,
    sign_in,
    visitor,
)
from tests.petitions.stating import count, hand_over, reply, state, today

SHARED = "Object.defineProperty(navigator, 'share', {value: async (what) => (window.given = what)})"


@pytest.fixture(scope="module")
def town(open_street: OpenStreet) -> tuple[Street, World]:
    """Serve a petition that many have signed, some from countries with few."""
    return open_street("sqlite", build)


def build(app: Flask) -> World:
    built = world(app)
    for country, n in (("KR", 640), ("FR", 41), ("DE", 12), ("LA", 2)):
        count(app, built.petition_id, n, country=country)
    let_in(app, "organiser")
    return built


@pytest.fixture
def stated(town: tuple[Street, World]) -> str:
    """State the tally and give its number."""
    return state(town[0].app, town[1].petition_id).serial


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "laptop"])
def test_an_organiser_states_hands_over_and_records_the_answer(
    town: tuple[Street, World], browser: Browser, device: dict[str, object]
) -> None:
    street, built = town
    home = f"petitions/{built.petition_id}/"
    with visitor(browser, street, "en", **device) as somebody:
        sign_in(somebody, "mina@example.org")
        desk = Desk(somebody)
        desk.go(f"{home}statements")
        page = desk.save("main form .button")
        serial = page.locator("main .serial").first.inner_text()
        desk.go(f"{home}handovers/new")
        desk.fill(place_en="Geneva", receiver_en="UN Human Rights Office", handed_by="We")
        page.check("main [name=ends]")
        desk.save()
        assert faults(page) == []
        assert fits(page)
        desk.follow("/answer")
        assert faults(page) == []
        desk.fill(on=day(), sender_en="The Office", text_en="We have read it.")
        desk.save()
        assert "The Office" in page.locator(".timeline").inner_text()
        reader = somebody.go(f"/en/petitions/{built.slug}")
        assert "We have read it." in reader.locator("main").inner_text()
        assert serial in reader.locator("main").inner_text()
        desk.go(f"{home}statements")
        desk.follow("/take-back")
        assert faults(page) == []
        desk.fill(reason="The other device tries the same")
        desk.save("main .danger")
        assert page.locator("h1 .tag").inner_text() == "open"


def day() -> str:
    """Write today as the browser's field takes it."""
    found: date = today()
    return found.isoformat()


def fits(page: Page) -> bool:
    """Tell whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receiver_reads_and_checks_a_statement_on_a_phone(
    town: tuple[Street, World], browser: Browser, stated: str, language: str
) -> None:
    with passer_by(browser, town[0], language) as somebody:
        somebody.go(f"/{language}/statements")
        assert checked(somebody.page, language) == []
        somebody.page.fill("[name=number]", "2000-1")
        somebody.press(status=404)
        assert checked(somebody.page, language) == []
        somebody.page.fill("[name=number]", stated)
        page = somebody.press()
        assert checked(page, language) == []
        sha256 = page.locator("main .hash").first.inner_text()
        somebody.go(f"/{language}/statements/{stated}/sheet")
        assert checked(page, language) == []
        assert page.locator("footer .hash").inner_text() == sha256
        assert "640" in page.locator("main").inner_text()


def checked(page: Page, language: str) -> list[str]:
    """List what is wrong with a page: for those who see, hear, and read by night."""
    found = [*faults(page), *(f"too wide at {width}" for width in overflow(page))]
    page.emulate_media(color_scheme="dark")
    found += faults(page, BY_CONTRAST)
    page.emulate_media(color_scheme="light")
    spoken = page.locator("html").get_attribute("lang")
    return found if spoken == language else [*found, f"in {spoken}"]


def test_each_printed_page_has_room_for_number_and_fingerprint(
    town: tuple[Street, World], browser: Browser, stated: str
) -> None:
    with visitor(browser, town[0], "en", **DESK) as somebody:
        page = somebody.go(f"/en/statements/{stated}/sheet")
        page.emulate_media(media="print")
        shown = partial(
            page.evaluate, "(it) => getComputedStyle(document.querySelector(it)).display"
        )
        assert shown(".foot") == "table-footer-group"  # which browsers repeat on each page
        assert shown(".how") == "none"


@pytest.fixture
def signer(town: tuple[Street, World], browser: Browser) -> Iterator[Visitor]:
    """Let somebody sign whose browser has a share sheet and a clipboard."""
    with passer_by(browser, town[0], "en") as somebody:
        somebody.context.grant_permissions(["clipboard-read", "clipboard-write"])
        somebody.context.add_init_script(SHARED)
        yield somebody


def confirm(street: Street, somebody: Visitor, path: str, address: str) -> Page:
    """Sign and prove the mailbox."""
    page = somebody.go(path)
    fill_in(page, address)
    somebody.press()
    somebody.go(link_of(street.mail(address)))
    return somebody.press()


def test_a_signer_shares_with_what_the_phone_has(
    town: tuple[Street, World], signer: Visitor
) -> None:
    street, built = town
    page = confirm(street, signer, f"/q/{built.code}", "sharing@example.org")
    link = page.locator(".copy").get_attribute("href")
    assert link
    assert link.endswith(f"/en/petitions/{built.slug}?from=shared")
    assert faults(page) == []
    page.locator("[data-send]").click()
    assert page.evaluate("given.url") == link
    page.locator("[data-copy]").click()
    expect(page.locator("section [role=status]")).to_have_text("The address is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert overflow(page) == {}


def test_without_scripts_there_is_a_link_to_copy_and_a_mail_to_write(
    town: tuple[Street, World], browser: Browser
) -> None:
    street, built = town
    with passer_by(browser, street, "fr", scripts=False) as somebody:
        page = confirm(street, somebody, f"/fr/petitions/{built.slug}", "sans@example.org")
        assert page.locator("[data-send]").is_hidden()
        assert page.locator("[data-copy]").is_hidden()
        assert page.locator(".copy").is_visible()
        mail = page.locator("main a[href^='mailto:']")
        assert mail.is_visible()
        assert "%3Ffrom%3Dshared" in str(mail.get_attribute("href"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_delivered_petition_shows_where_it_went_and_what_came_back(
    open_street: OpenStreet, browser: Browser, language: str
) -> None:
    street, built = open_street("sqlite", delivered)
    with passer_by(browser, street, language) as somebody:
        for path in (f"/{language}/petitions/{built.slug}", f"/{language}/"):
            page = somebody.go(path)
            assert checked(page, language) == []
            assert page.locator("bdi", has_text="Geneva" if language != "ko" else "제네바").count()


def delivered(app: Flask) -> World:
    built = build(app)
    reply(app, hand_over(app, state(app, built.petition_id)))
    return built
