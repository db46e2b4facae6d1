"""An organiser's month in one go: from the first word of a petition to the last number of a stall."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser

from campaign_app.core import clock, db
from tests import given
from tests.accounts.people import let_in
from tests.given import LANGUAGES
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import WORDS, Desk
from tests.journeys.street import (
    DESK,
    Street,
    fill_in,
    passer_by,
    sign_in,
    visitor,
)
from tests.serving import until

SLUG: Final = "free-the-abductees"
SEOUL: Final = ZoneInfo("Asia/Seoul")
#: A code that is taken back leads nowhere in every process after this many seconds.
PROMISED: Final = 2.0


def build(app: Flask) -> None:
    """Let three people in, add two keys and two places, and nothing else."""
    let_in(app, "organiser", name="Hana")
    let_in(app, "organiser", name="Claire")
    let_in(app, "administrator", name="Admin")
    with app.app_context():
        db.transact(_build)


def _build() -> None:
    given.key()
    given.key()
    given.location()
    given.location("itaewon", kind="station", names={"en": "Itaewon station", "ko": "이태원역"})


@pytest.fixture(scope="module")
def served(open_street: OpenStreet) -> Street:
    """Serve a console in which nothing has happened yet."""
    return open_street("sqlite", build)[0]


@pytest.fixture
def hana(served: Street, browser: Browser) -> Iterator[Desk]:
    """Let Hana, an organiser, sit down."""
    with visitor(browser, served, "en", **DESK) as somebody:
        sign_in(somebody, "hana@example.org")
        yield Desk(somebody)


def test_an_organiser_takes_a_petition_from_the_first_word_to_the_last_number(
    served: Street, browser: Browser, hana: Desk, tmp_path: Path
) -> None:
    number = begin(hana)
    for language in LANGUAGES:
        write(hana, number, language)
    approve(served, browser, number)
    open_it(hana, number)
    first, second = make_codes(hana, plan_an_event(hana))
    address = printed(hana, first, tmp_path)
    assert address.startswith(f"{served.base}/q/")
    signed(served, browser, urlsplit(address).path, "first@example.org")
    move(hana, second)
    signed(served, browser, f"/q/{letters(hana, second)}", "second@example.org")
    assert counted(hana, number) == {"Yonsei University": 1, "Itaewon station": 1}
    correct(hana, first)
    assert counted(hana, number) == {"Itaewon station": 2}
    assert exported(hana, number) == {"Itaewon station": "2"}
    revoke(served, browser, hana, first)
    look_into_the_trail(served, browser)


def begin(hana: Desk) -> int:
    """Begin a petition; the next page is for its words."""
    hana.go("petitions/")
    hana.follow("/petitions/new")
    opens = clock.now().astimezone(SEOUL) - timedelta(hours=1)
    hana.fill(slug=SLUG, source_language="ko", goal="1000", country="KR", zone="Asia/Seoul")
    hana.fill(opens=f"{opens:%Y-%m-%dT%H:%M}", closes="")
    found = re.search(r"/petitions/(\d+)/texts/ko$", hana.save().url)
    assert found
    return int(found[1])


def write(hana: Desk, number: int, language: str) -> None:
    """Write the words, beside those that are translated; read them whole; ask somebody else."""
    page = hana.go(f"petitions/{number}/texts/{language}")
    source = page.locator(".source .reading")
    assert source.count() == (language != "ko")
    if language != "ko":
        assert source.get_attribute("lang") == "ko"
        assert WORDS["ko"]["title"] in source.inner_text()
        box, beside = page.locator("[name=title]").bounding_box(), source.bounding_box()
        assert box
        assert beside
        assert beside["x"] + beside["width"] <= box["x"]
    hana.fill(**WORDS[language])
    hana.visitor.press("main button[name=then]")
    assert WORDS[language]["title"] in page.locator(".reading").inner_text()
    assert page.locator("form[action$=approve]").count() == 0
    hana.save()


def approve(served: Street, browser: Browser, number: int) -> None:
    """Let a second person read and approve what the first one wrote."""
    with visitor(browser, served, "en", **DESK) as somebody:
        sign_in(somebody, "claire@example.org")
        claire = Desk(somebody)
        for language in LANGUAGES:
            claire.go(f"petitions/{number}/texts/{language}/1")
            claire.save("form[action$=approve] .primary")


def open_it(hana: Desk, number: int) -> None:
    """Open the petition: its words are approved, its keys are there."""
    page = hana.go(f"petitions/{number}")
    assert page.locator(".tag.warn", has_text="missing").count() == 0
    hana.save("form[action$='/open'] .primary")
    assert page.locator("a", has_text="Public page").count() == 3


def plan_an_event(hana: Desk) -> int:
    """Plan a stall that runs now."""
    hana.go("events/")
    hana.follow("/events/new")
    now = clock.now().astimezone(SEOUL)
    hana.fill(title_ko="가을 캠페인", title_en="Autumn stall", kind="street_campaign")
    hana.page.select_option("[name=location_id]", label="Yonsei University (Seoul)")
    hana.fill(
        starts=f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}",
        ends=f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}",
    )
    hana.save()
    hana.go("codes/new")
    options = hana.page.locator("[name=event_id] option", has_text="Autumn stall")
    return int(options.get_attribute("value") or 0)


def make_codes(hana: Desk, event: int) -> list[int]:
    """Make a code for each board of the stall, oldest first."""
    hana.go(f"codes/new?event={event}")
    hana.fill(boards="Board 1 – the map\nBoard 2 – the families")
    links = hana.save().locator("main table tbody th a")
    found = [str(link.get_attribute("href")) for link in links.all()]
    return sorted(int(href.rsplit("/", 1)[1]) for href in found)


def printed(hana: Desk, code: int, folder: Path) -> str:
    """Print the sheet of a code, and read it as a phone's camera does."""
    hana.go(f"codes/{code}")
    page = hana.follow("/print")
    assert faults(page) == []
    page.emulate_media(media="print")
    picture = folder / "sheet.png"
    page.screenshot(path=picture, full_page=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    page.emulate_media(media="screen")
    assert sheets == 1
    for words in WORDS.values():
        assert words["title"] in page.inner_text("main")
    [found] = zxingcpp.read_barcodes(Image.open(picture))
    return str(found.text)


def signed(served: Street, browser: Browser, path: str, address: str) -> None:
    """Sign and confirm as a passer-by."""
    with passer_by(browser, served, "ko") as somebody:
        page = somebody.go(path.lower())
        assert page.inner_text("h1") == WORDS["ko"]["title"]
        fill_in(page, address)
        somebody.press()
        page.fill("[name=code]", given.code_of(served.mail(address)))
        somebody.press()


def letters(hana: Desk, code: int) -> str:
    """Read the letters of a code."""
    found = re.search(r"/q/([a-z0-9]+)", hana.go(f"codes/{code}").inner_text(".facts"))
    assert found
    return found[1]


def move(hana: Desk, code: int) -> None:
    """Carry a board to another place; from now on it stands for that."""
    hana.go(f"codes/{code}/move")
    hana.fill(event_id="0", board="Board 2 – the families")
    hana.page.select_option("[name=location_id]", label="Itaewon station (Seoul)")
    hana.save()


def counted(hana: Desk, number: int) -> dict[str, int]:
    """Read the tally by place."""
    rows = hana.go(f"petitions/{number}/tallies?by=place").locator("table.counts tbody tr")
    return {
        row.locator("th a").inner_text(): int(row.locator(".num").first.inner_text())
        for row in rows.all()
    }


def correct(hana: Desk, code: int) -> None:
    """Say that a board stood somewhere else from its first hour on."""
    hana.go(f"codes/{code}")
    hana.follow("/correct")
    hana.fill(event_id="0", reason="The stall moved when it began to rain")
    hana.page.select_option("[name=location_id]", label="Itaewon station (Seoul)")
    assert "began to rain" in hana.save().inner_text("main")


def exported(hana: Desk, number: int) -> dict[str, str]:
    """Download the tally by place."""
    page = hana.go(f"petitions/{number}/tallies?by=place")
    with page.expect_download() as download:
        page.locator("form[action$='tallies.csv'] button").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    at = head.index("Counted")
    return {row[0]: row[at] for row in rows}


def revoke(served: Street, browser: Browser, hana: Desk, code: int) -> None:
    """Take a code back; within two seconds it leads nowhere, and offers what is open."""
    path = f"/q/{letters(hana, code)}"
    assert served.server.ask(path).status == 200
    hana.go(f"codes/{code}/revoke")
    hana.fill(reason="The board was lost")
    hana.save("main .danger")
    until(lambda: served.server.ask(path).status == 404, "the code still leads there", PROMISED)
    with passer_by(browser, served, "fr") as somebody:
        page = somebody.go(path, 404)
        assert page.inner_text(".offers").endswith(WORDS["fr"]["title"])


def look_into_the_trail(served: Street, browser: Browser) -> None:
    """See who did what, with the eyes of an administrator."""
    with visitor(browser, served, "en", **DESK) as somebody:
        sign_in(somebody, "admin@example.org")
        said = Desk(somebody).go("audit/").inner_text("main")
    for deed in (
        "began a petition",
        "wrote a text",
        "sent a text to review",
        "approved a text",
        "opened a petition for signing",
        "planned an event",
        "made a code",
        "moved a code",
        "corrected where a board stood",
        "exported a tally",
        "revoked a code",
    ):
        assert deed in said
    assert "first@example.org" not in said
