"""An organiser on a phone: a stall is asked for, announced, moved; a place and a board get pictures."""

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events.models import Event
from tests import given
from tests.accounts.people import let_in
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import PHONE, Street, Visitor, overflow, sign_in, visitor
from tests.permits import asking


def build(app: Flask) -> int:
    """Plan a stall at an exit far from now; a code of a petition stands there."""
    given.world(app)
    let_in(app, "organiser", name="Hana")
    return asking.planned(app, starts="2031-12-13T14:00")


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> tuple[Street, int]:
    """Serve the console to one organiser."""
    return open_street("sqlite", build)


def looked_at(page: Page) -> None:
    """Nothing on a page is hard to use, by day or by night, or wider than a phone."""
    page.emulate_media(color_scheme="dark")
    dark = faults(page, BY_CONTRAST)
    page.emulate_media(color_scheme="light")
    assert faults(page) + dark == [], page.url
    assert overflow(page) == {}, page.url


def pdf(folder: Path) -> Path:
    """Scan a permit."""
    path = folder / "notice.pdf"
    path.write_bytes(b"%PDF-1.7 the notice")
    return path


def photo(folder: Path) -> Path:
    """Photograph a place."""
    path = folder / "exit.png"
    picture = Image.new("RGB", (2000, 1000), (60, 80, 110))
    ImageDraw.Draw(picture).ellipse((600, 100, 1400, 900), fill=(230, 220, 200))
    out = io.BytesIO()
    picture.save(out, "PNG")
    path.write_bytes(out.getvalue())
    return path


def test_a_stall_is_asked_for_announced_and_moved_on_a_phone(
    served: tuple[Street, int], browser: Browser, tmp_path: Path
) -> None:
    street, event_id = served
    with visitor(browser, street, "en", **PHONE) as hana:
        sign_in(hana, "hana@example.org")
        page = hana.go("/console/permits/")
        looked_at(page)
        with page.expect_navigation():
            page.click("text=Nobody has said what is needed")
        page.click("text=What we know of them")
        looked_at(page)
        page.uncheck("[name=rules][value=kr-district-office]")
        hana.press()
        looked_at(page)
        _file_both(hana)
        assert page.get_by_text("All that is needed is filed.").is_visible()
        _keep_a_paper(hana, tmp_path)
        assert _announced_and_moved(street, event_id) == "moved"
        page = hana.go(f"/console/events/{event_id}")
        assert page.get_by_text("names Yongsan station, exit 1").count() == 2
        page = hana.go(f"/console/events/{event_id}/permits")
        looked_at(page)
        for left in (1, 0):
            hana.press("main button:text('They know of the change') >> nth=0")
            assert page.get_by_text("names Yongsan station, exit 1").count() == left


def _file_both(hana: Visitor) -> None:
    for number in range(2):
        with hana.page.expect_navigation():
            hana.page.locator(".permits > li").nth(number).get_by_text("It was filed").click()
        if not number:
            looked_at(hana.page)
        hana.page.fill("[name=reference]", f"2031-{number}")
        hana.press()


def _keep_a_paper(hana: Visitor, folder: Path) -> None:
    page = hana.page
    with page.expect_navigation():
        page.locator(".permits h2 a").first.click()
    page.set_input_files("[name=paper]", pdf(folder))
    hana.press()
    looked_at(page)
    with page.expect_download() as coming:
        page.click("main .timeline a")
    assert coming.value.suggested_filename == "notice.pdf"
    assert Path(coming.value.path()).read_bytes() == b"%PDF-1.7 the notice"


def _announced_and_moved(street: Street, event_id: int) -> str:
    """Do what the lead's page and the event's page do."""

    def move() -> None:
        exit_8 = asking.station("yongsan-8", exit_number="8").id
        changing.move(event_id, changing.Elsewhere(location_id=exit_8))

    with street.app.app_context():
        transact(lambda: changing.confirm(event_id))
        transact(move)
        return session.get_one(Event, event_id).state


def test_a_place_and_a_board_get_pictures_on_a_phone(
    served: tuple[Street, int], browser: Browser, tmp_path: Path
) -> None:
    street, _event_id = served
    with visitor(browser, street, "en", **PHONE) as hana:
        sign_in(hana, "hana@example.org")
        _write_a_place(hana)
        page = hana.page
        with page.expect_navigation():
            page.click("main table a:text('Hongdae playground')")
        _give_a_picture(hana, photo(tmp_path), "The playground at noon", "Keep the photo")
        page = hana.go("/console/boards/new")
        page.fill("[name=title_en]", "Behind the wire")
        page.fill("[name=text_en]", "They hold tens of thousands.\n\nNobody had a trial.")
        page.fill("[name=codes]", "ACDE FGHJ")
        hana.press()
        _give_a_picture(hana, photo(tmp_path), "A camp from above", "Keep the picture")
        looked_at(hana.go("/console/boards/"))
        with page.expect_navigation():
            page.click("main td a[lang=en]")
        looked_at(page)
        shown = page.locator("img.picture")
        assert shown.evaluate("it => it.naturalWidth") == 1600
        assert "/q/acdefghj" in page.locator("p.address").inner_text()


def _write_a_place(hana: Visitor) -> None:
    page = hana.go("/console/places/new")
    hana.press(status=400)
    looked_at(page)
    page.fill("[name=name_en]", "Hongdae playground")
    page.fill("[name=city_en]", "Seoul")
    page.select_option("[name=country]", "KR")
    page.click("text=How one finds it")
    page.fill("[name=station_en]", "Hongik University")
    looked_at(page)
    hana.press()


def _give_a_picture(hana: Visitor, path: Path, words: str, button: str) -> None:
    page = hana.page
    page.set_input_files("[name=photo]", path)
    page.fill("[name=alt_en]", words)
    hana.press(f"main button:text-is('{button}')")
    expect(page.locator(f"main img[alt='{words}']")).to_be_visible()
    looked_at(page)
