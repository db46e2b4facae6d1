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
from playwright.sync_api import Browser, Page, Request, Route, expect

from campaign_app.core import db, keyfile
from campaign_app.core.db import session
from campaign_app.core.keyfile import KeyFile
from campaign_app.core.seal import PrivateKey
from campaign_app.petitions import organiser_keys, queries
from campaign_app.petitions.organiser_keys import NewKey
from tests.accounts.people import let_in
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import Desk
from tests.journeys.street import Street, overflow, sign_in, visitor

KEYS: Final = "settings/keys/"
WORDS: Final = "noon camel seem loyal yield vivid"


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
    tall = page.locator(".key-sheet").evaluate_all("all => all.map((it) => it.offsetHeight)")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 2, tall
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


# ---- what goes wrong is said in words, and sends nothing


@pytest.fixture(scope="module")
def office(open_street: OpenStreet) -> tuple[Street, list[KeyFile]]:
    """Serve a console that knows one key; another file is a stranger's."""
    return open_street("sqlite", build_office)


def build_office(app: Flask) -> list[KeyFile]:
    build(app)
    files = [keyfile.new("Mina", WORDS), keyfile.new("Stranger", WORDS)]
    new = NewKey(public=files[0].public, holder="Mina")
    with app.app_context():
        db.transact(lambda: organiser_keys.add(new))
    return files


@pytest.fixture
def prover(
    office: tuple[Street, list[KeyFile]], browser: Browser, tmp_path: Path
) -> Iterator[Holder]:
    """Let Mina sit down at the page that proves keys."""
    with visitor(browser, office[0], "en") as somebody:
        sign_in(somebody, "mina@example.org")
        holder = Holder(Desk(somebody), tmp_path)
        holder.desk.go(f"{KEYS}prove")
        somebody.context.on("request", holder.note)
        yield holder
        somebody.watch.complaints.clear()  # refusals are meant here, and browsers note each


def attempted(prover: Holder, text: str, words: str = WORDS) -> str:
    """Choose a file, type a passphrase, go on; read what the page says."""
    path = prover.folder / "chosen.json"
    path.write_text(text, "utf-8")
    prover.page.set_input_files("#key-file", path)
    prover.page.fill("#passphrase", words)
    prover.page.click("[data-go]")
    return trouble(prover)


def test_a_wrong_passphrase_is_told_before_anything_is_sent(
    office: tuple[Street, list[KeyFile]], prover: Holder
) -> None:
    said = attempted(prover, office[1][0].text, WORDS.title())
    assert "This passphrase does not open this key file" in said
    assert prover.sent == []
    assert faults(prover.page) == []


@pytest.mark.parametrize("text", ["", "{}", "not a key", '{"format": "lantern-key"}'])
def test_a_wrong_file_is_told_before_anything_is_sent(prover: Holder, text: str) -> None:
    said = attempted(prover, text)
    assert "This is not a key file, or a damaged one" in said
    assert prover.sent == []


def test_nothing_chosen_and_nothing_typed_are_told(
    office: tuple[Street, list[KeyFile]], prover: Holder
) -> None:
    prover.page.click("[data-go]")
    assert "Choose your key file first" in trouble(prover)
    assert "Type the passphrase" in attempted(prover, office[1][0].text, "  ")
    assert "Mina" in prover.page.locator("[data-whose]").inner_text()


def test_a_strangers_key_is_refused_in_the_servers_words(
    office: tuple[Street, list[KeyFile]], prover: Holder
) -> None:
    assert "This key is not in use here" in attempted(prover, office[1][1].text)
    assert all(office[1][1].public.key_id in it for it in prover.sent if "challenge" in it)


def test_an_altered_record_proves_nothing(
    office: tuple[Street, list[KeyFile]], prover: Holder
) -> None:
    def alter(route: Route) -> None:
        told = route.fetch().json()
        told["where"]["row"] = "0" * 32
        route.fulfill(json=told)

    prover.page.route("**/challenge", alter)
    assert "This does not open" in attempted(prover, office[1][0].text)
    assert not [it for it in prover.sent if "prove/answer" in it]


def test_a_server_that_is_gone_is_told(
    office: tuple[Street, list[KeyFile]], prover: Holder
) -> None:
    prover.page.route("**/challenge", lambda route: route.abort())
    assert "The server did not answer" in attempted(prover, office[1][0].text)
    assert prover.page.input_value("#passphrase") == WORDS  # nothing typed is lost


def test_other_words_than_written_down_do_not_go_on(prover: Holder) -> None:
    page = prover.desk.go(f"{KEYS}new")
    page.click("[data-make]")
    assert "Write who holds the key" in trouble(prover)
    page.fill("[name=holder]", "Mina")
    page.fill("[name=place]", "Seoul")
    page.click("[data-make]")
    first = page.locator(".six-words").inner_text()
    page.click("[data-other-words]")
    assert page.locator(".six-words").inner_text() != first
    page.fill("#again", first)
    page.press("#again", "Enter")
    assert "These are not the same six words" in trouble(prover)
    expect(page.locator("[data-step=keep]")).to_be_hidden()


def test_without_javascript_a_public_key_can_still_be_pasted(
    office: tuple[Street, list[KeyFile]], browser: Browser
) -> None:
    with visitor(browser, office[0], "en", java_script_enabled=False) as somebody:
        sign_in(somebody, "mina@example.org")
        page = somebody.go(f"/console/{KEYS}new")
        assert "That needs JavaScript, which is off" in page.locator("main").inner_text()
        page.click("main noscript a, main p a >> text=flask keys new")
        page.fill("[name=public_key]", PrivateKey.generate().public.to_text())
        page.fill("[name=holder]", "Nari")
        page.fill("[name=place]", "Seoul")
        somebody.press()
        assert "Added" in page.locator(".notice.good").inner_text()
        assert "That needs JavaScript, which is off" in page.locator("main").inner_text()
