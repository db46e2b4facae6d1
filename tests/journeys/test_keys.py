"""Keys on a phone: made, printed, proven, sealed to, retired; nothing secret leaves the page."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import unquote_plus

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from campaign_app.core import keyfile
from campaign_app.core.db import session
from campaign_app.petitions import queries
from tests.accounts.people import let_in
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import Desk
from tests.journeys.street import Street, overflow, sign_in, visitor

KEYS: Final = "settings/keys/"


def build(app: Flask) -> None:
    """Let one person in who may do everything, and nothing else."""
    let_in(app, "administrator", "organiser", name="Mina")


@pytest.fixture
def served(open_street: OpenStreet, engine_name: str) -> Street:
    """Serve an empty console."""
    return open_street(engine_name, build)[0]


@dataclass
class Holder:
    """Somebody who makes keys on a phone, and all that this phone sent."""

    desk: Desk
    folder: Path
    sent: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """Give the page that is open."""
        return self.desk.page

    def note(self, request: Request) -> None:
        """Keep what was asked and sent."""
        body = request.post_data_buffer or b""
        said = unquote_plus(body.decode("utf-8", "replace"))
        self.sent.append(f"{request.url}\n{request.headers}\n{said}")


@pytest.fixture
def mina(served: Street, browser: Browser, tmp_path: Path) -> Iterator[Holder]:
    """Let Mina sit down with a phone."""
    with visitor(browser, served, "en") as somebody:
        sign_in(somebody, "mina@example.org")
        holder = Holder(Desk(somebody), tmp_path)
        somebody.context.on("request", holder.note)
        yield holder


def begin_key(mina: Holder, holder: str, kind: str) -> str:
    """Fill in whose key it is, make it, write the words down and type them again."""
    page = mina.desk.go(f"{KEYS}new")
    page.fill("[name=holder]", holder)
    page.fill("[name=place]", "Seoul office")
    page.check(f"[name=kind][value={kind}]")
    page.click("[data-make]")
    expect(page.locator(".six-words")).not_to_be_empty()
    words = page.locator(".six-words").inner_text()
    assert len(words.split()) == 6
    assert set(words.split()) <= set(keyfile.words())
    assert faults(page) == []
    assert overflow(page) == {}
    page.fill("#again", words.replace(" ", "  ", 1))
    page.press("#again", "Enter")
    expect(page.locator("[data-step=keep]")).to_be_visible()
    assert faults(page) == []
    return words


def send_public_half(mina: Holder) -> None:
    mina.desk.visitor.press("[data-send]")
    assert "Prove a key" in mina.page.locator("h1").inner_text()


def make_file(mina: Holder, holder: str) -> tuple[Path, str]:
    """Make a working key; give its file and its words."""
    words = begin_key(mina, holder, "working")
    with mina.page.expect_download() as download:
        mina.page.click("[data-for=working] [data-download]")
    path = mina.folder / download.value.suggested_filename
    download.value.save_as(path)
    send_public_half(mina)
    return path, words


def make_sheets(mina: Holder, holder: str) -> tuple[str, str]:
    """Make a recovery key and read its two printed sheets."""
    words = begin_key(mina, holder, "recovery")
    page = mina.page
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("[data-print]")
    assert page.evaluate("window.printed")
    pdf = mina.folder / "sheets.pdf"
    pdf.write_bytes(page.pdf(format="A4"))
    page.emulate_media(media="print")
    text = read_code(page)
    assert page.locator("[data-sheet-words]").inner_text() == words
    assert page.locator("[data-sheet-text]").inner_text() == text
    expect(page.locator("h1")).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 2
    page.emulate_media(media="screen")
    send_public_half(mina)
    return text, words


def read_code(page: Page) -> str:
    """Read the code of the first sheet as another phone's camera would."""
    drawn = page.locator("[data-sheet-code] svg").evaluate("image => image.outerHTML")
    assert page.context.browser
    camera = page.context.browser.new_page()
    camera.set_content(f'<body style="width:600px">{drawn}')
    seen = camera.locator("svg").screenshot()
    camera.close()
    found = zxingcpp.read_barcodes(Image.open(BytesIO(seen)).convert("L"))
    assert len(found) == 1
    return str(found[0].text)


def prove_file(mina: Holder, path: Path, words: str) -> None:
    mina.page.set_input_files("#key-file", path)
    mina.page.fill("#passphrase", words)
    mina.desk.visitor.press("[data-go]")


def prove_text(mina: Holder, text: str, words: str) -> None:
    mina.page.locator("details summary").click()
    mina.page.fill("#key-text", text)
    mina.page.fill("#passphrase", words)
    mina.desk.visitor.press("[data-go]")


def trouble(mina: Holder) -> str:
    """Read what the page says went wrong."""
    shown = mina.page.locator("[data-says]:not([hidden])")
    expect(shown).to_have_count(1)
    return shown.inner_text()


def test_two_keys_are_made_on_a_phone_and_nothing_secret_leaves_it(
    served: Street, mina: Holder
) -> None:
    mina.desk.go(KEYS)
    path, words = make_file(mina, "Mina")
    prove_file(mina, path, words)
    assert "key is proven" in mina.page.locator(".notice.good").inner_text()
    assert "Only one key is proven" in mina.page.locator("main").inner_text()
    text, more_words = make_sheets(mina, "Father Kim")
    prove_text(mina, text, more_words)
    cards = mina.page.locator(".key-card")
    expect(cards).to_have_count(2)
    assert "recovery" in cards.nth(1).inner_text()
    expect(mina.page.locator(".notice.warn")).to_have_count(0)
    assert faults(mina.page) == []
    assert overflow(mina.page) == {}
    with served.app.app_context():
        session.rollback()
        assert queries.keys_in_use() == 2
    opened = [keyfile.load(path.read_text("utf-8"), words), keyfile.load(text, more_words)]
    files = (path.read_text("utf-8"), text)
    secret = [words, more_words, *(json.loads(made)["cipher"]["data"] for made in files)]
    everything = "\n".join(mina.sent)
    assert [it for it in secret if it in everything] == []
    assert "PRIVATE" not in everything
    assert all(key.public.to_text() in everything for key in opened)
    stored = mina.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert stored == "[{},{}]"
