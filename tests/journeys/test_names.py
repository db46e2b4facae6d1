"""An organiser opens the names with a real key file, and nothing readable leaves the browser."""

import contextlib
import csv
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote_plus, unquote_plus

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request
from sqlalchemy import delete, select, update

from campaign_app.core import clock, db, keyfile, opened_export
from campaign_app.core.db import session
from campaign_app.core.opened_export import Findings, open_lines, write_csv
from campaign_app.core.seal import PrivateKey
from campaign_app.core.sealed_record import read_header
from campaign_app.petitions import export, queries, recount
from campaign_app.petitions.names_models import NamesDownload
from campaign_app.petitions.signing_models import SealedCopy, Signature
from tests import engines, given
from tests.accounts.people import let_in
from tests.given import World
from tests.journeys.axe import BY_CONTRAST, faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import DESK, PHONE, Street, Visitor, overflow, sign_in, visitor
from tests.petitions.signers import CROWD, key_file, signed
from tests.petitions.witnessed import give

PASSPHRASE: Final = "등불 lantern café tide"
STRAYS: Final = (
    ("Altered Altan", "altered@example.org", "KR", "en", True),
    ("Foreign Fatima", "foreign@example.org", "KR", "en", True),
)
SHOWN: Final = """names => names.join("|") ===
  [...document.querySelectorAll("tbody th button")].map((it) => it.innerText).join("|")"""
IDLE: Final = 15 * 60_000


@dataclass
class Office:
    """A served console with people, names and their key file."""

    street: Street
    world: World
    rows: list[uuid.UUID]
    file: Path
    folder: Path

    @property
    def path(self) -> str:
        """Address the page on which names are opened."""
        return f"/console/petitions/{self.world.petition_id}/open"


def build(app: Flask) -> tuple[World, list[uuid.UUID]]:
    """Let people in, let others sign; alter one record and take a copy out of another."""
    let_in(app, "organiser", name="Hana")
    let_in(app, "viewer", name="Vera")
    world = given.world(app)
    rows = signed(app, world, [*CROWD, *STRAYS])
    with app.app_context():
        db.transact(lambda: _damage(world, rows[-2], rows[-1]))
    return world, rows


def _damage(world: World, altered: uuid.UUID, foreign: uuid.UUID) -> None:
    box = session.scalars(select(Signature.sealed).where(Signature.id == altered)).one() or b""
    session.execute(
        update(Signature)
        .where(Signature.id == altered)
        .values(sealed=box[:-1] + bytes([box[-1] ^ 1]))
    )
    session.execute(
        delete(SealedCopy).where(
            SealedCopy.signature_id == foreign,
            SealedCopy.key_id == world.keys[0].public.key_id,
        )
    )


@pytest.fixture(scope="module")
def office(open_street: OpenStreet, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Serve names."""
    return opened_office(open_street, "sqlite", tmp_path_factory.mktemp("laptop"))


def opened_office(open_street: OpenStreet, engine: str, folder: Path) -> Office:
    """Serve names on an engine, and lay a key file on a laptop."""
    street, (world, rows) = open_street(engine, build)
    file = folder / "lantern-key.json"
    file.write_text(key_file(world.keys[0], PASSPHRASE), "utf-8")
    return Office(street, world, rows, file, folder)


@dataclass
class Line:
    """What a browser sends, whoever in it sends it."""

    sent: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> None:
        """Note a request as it goes over the wire."""
        head = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        body = (request.post_data_buffer or b"").decode("utf-8", "replace")
        self.sent += [request.url, head, body, unquote_plus(request.url), unquote_plus(body)]

    def told(self, secrets: list[str]) -> list[str]:
        """List the secrets that went over the wire."""
        whole = "\n".join(self.sent)
        return [it for it in secrets if it in whole or quote_plus(it) in whole]


@dataclass
class Hana:
    """An organiser at her browser."""

    somebody: Visitor
    office: Office
    line: Line

    @property
    def page(self) -> Page:
        """Give the page that is open."""
        return self.somebody.page

    def open(self, file: Path | None = None, passphrase: str = PASSPHRASE) -> None:
        """Choose a key file, type its passphrase, press the button."""
        self.page.set_input_files("#key-file", file or self.office.file)
        self.page.fill("#passphrase", passphrase)
        self.page.click("[data-open] .primary")

    def opened(self) -> None:
        """Open the names and wait for them."""
        self.somebody.go(self.office.path)
        self.open()
        self.page.wait_for_selector("[data-stage=opened]:not([hidden]) tbody tr")

    def names(self) -> list[str]:
        """Read the names in the list, from above."""
        return self.page.locator("tbody th button").all_inner_texts()

    def find(self, text: str, *names: str) -> None:
        """Search, and wait until exactly these are found."""
        self.page.fill("#find-name", text)
        self.shows(*names)

    def shows(self, *names: str) -> None:
        """Wait until the list shows exactly these, from above."""
        self.page.wait_for_function(SHOWN, arg=list(names))

    def act(self, name: str, deed: str, reason: str) -> str:
        """Do something to one signature, and read what is said of it."""
        self.page.click(f"tbody th button:has-text('{name}')")
        self.page.fill("#one-reason", reason)
        self.page.click(f"[data-deed={deed}]")
        self.page.click(f"[data-deed={deed}]")
        self.page.wait_for_selector("dialog[data-one]", state="hidden")
        return self.page.locator(".told").inner_text()


@pytest.fixture
def hana(office: Office, browser: Browser) -> Iterator[Hana]:
    """Sign Hana in at her laptop, and read along on her line."""
    with hana_in(office, browser) as somebody:
        yield somebody


@contextlib.contextmanager
def hana_in(office: Office, browser: Browser) -> Iterator[Hana]:
    """Let Hana sit down in an office."""
    with visitor(browser, office.street, "en", **DESK) as somebody:
        line = Line()
        somebody.context.on("request", line)
        sign_in(somebody, "hana@example.org")
        yield Hana(somebody, office, line)


def secrets(office: Office) -> list[str]:
    """List everything that must never be sent."""
    private = office.world.keys[0]
    closed = office.file.read_text("utf-8")
    return [
        PASSPHRASE,
        "lantern café",
        *(name for name, *_more in CROWD),
        *(email for _name, email, *_more in CROWD),
        "HYPERLINK",
        closed.split('"data": "')[1].split('"')[0],
        closed.split('"salt": "')[1].split('"')[0],
        private.to_pkcs8().hex(),
    ]


def test_names_open_in_the_browser_and_can_be_found(hana: Hana) -> None:
    hana.opened()
    assert sorted(hana.names()) == sorted(name for name, *_more in CROWD)
    hana.find("김미", "김미나")
    hana.find("elodie caglar", "Élodie Çağlar")
    hana.find("STRASSE", "Zoë Straße")
    hana.find("zoe@EXAMPLE", "Zoë Straße")
    hana.find("nobody of this name")
    assert "Nobody fits" in hana.page.locator("[data-found]").inner_text()
    hana.page.fill("#find-name", "")
    hana.page.select_option("#by-agreed", "no")
    hana.shows("Zoë Straße")
    hana.page.select_option("#by-agreed", "")
    hana.page.select_option("#by-language", "fr")
    hana.shows("Élodie Çağlar")
    hana.page.select_option("#by-language", "")
    by_mailbox = [name for _mailbox, name in sorted((one[1], one[0]) for one in CROWD)]
    hana.page.click("[data-sort=email]")
    hana.shows(*by_mailbox)
    hana.page.click("[data-sort=email]")
    hana.shows(*reversed(by_mailbox))
    assert hana.line.told(secrets(hana.office)) == []


def test_what_does_not_open_is_shown_with_its_row(hana: Hana) -> None:
    hana.opened()
    shut = hana.page.locator("[data-shut]")
    assert "2" in shut.locator("summary").inner_text()
    shut.locator("summary").click()
    altered, foreign = (row.hex for row in hana.office.rows[-2:])
    said = set(shut.locator("li").all_inner_texts())
    assert said == {f"{altered}: altered or moved", f"{foreign}: not sealed for this key"}


def test_a_wrong_passphrase_opens_nothing_and_asks_for_nothing(hana: Hana) -> None:
    hana.somebody.go(hana.office.path)
    hana.open(passphrase="a lantern in the wrong window")
    hana.page.wait_for_selector("#passphrase:focus[aria-invalid=true]")
    assert "does not open this key file" in hana.page.locator("[data-open] .error").inner_text()
    assert hana.page.input_value("#passphrase") == ""
    assert not [it for it in hana.line.sent if "/open/records" in it]
    hana.page.fill("#passphrase", PASSPHRASE)  # the file is still chosen
    hana.page.click("[data-open] .primary")
    hana.page.wait_for_selector("tbody tr")


def test_a_file_that_is_none_and_a_key_that_is_not_ours_are_named(
    hana: Hana, tmp_path: Path
) -> None:
    none, foreign = tmp_path / "holiday.json", tmp_path / "foreign.json"
    none.write_text("{}", "utf-8")
    foreign.write_text(keyfile.new("elsewhere", PASSPHRASE).text, "utf-8")
    hana.somebody.go(hana.office.path)
    error = hana.page.locator("[data-open] .error")
    for file, said in ((none, "not a key file"), (foreign, "none of the keys")):
        hana.open(file)
        hana.page.wait_for_function(
            "said => document.querySelector('[data-open] .error').innerText.includes(said)",
            arg=said,
        )
        assert error.is_visible()
    assert not [it for it in hana.line.sent if "/open/records" in it]


def test_a_printed_key_opens_the_names_too(hana: Hana) -> None:
    hana.somebody.go(hana.office.path)
    hana.page.click("text=I have a printed key")
    hana.page.fill("#key-text", hana.office.file.read_text("utf-8"))
    hana.page.fill("#passphrase", PASSPHRASE)
    hana.page.click("[data-open] .primary")
    hana.page.wait_for_selector("tbody tr")
    assert hana.page.input_value("#key-text") == ""
    assert hana.line.told(secrets(hana.office)) == []


def test_idle_minutes_closing_and_leaving_wipe_every_name(hana: Hana) -> None:
    hana.page.clock.install()
    hana.opened()
    hana.page.clock.fast_forward(IDLE - 60_000)
    assert hana.names()
    hana.page.clock.fast_forward(2 * 60_000)
    hana.page.wait_for_selector("[data-stage=locked]:not([hidden])")
    assert "15 minutes" in hana.page.locator("[data-wiped]").inner_text()
    assert left_on(hana) == []
    hana.open()
    hana.page.wait_for_selector("tbody tr")
    hana.page.click("[data-stage=opened] [data-close]")
    assert left_on(hana) == []
    assert hana.page.evaluate("document.activeElement.id") == "locked-title"
    hana.opened()
    hana.somebody.go(hana.office.path.replace("/open", "/lists"))
    hana.page.go_back()
    hana.page.wait_for_selector("[data-stage=locked]:not([hidden])")
    assert left_on(hana) == []


def left_on(hana: Hana) -> list[str]:
    """List the names that a page still holds, and what it stored anywhere."""
    html = hana.page.content()
    stored = hana.page.evaluate(
        """async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length,
           (await indexedDB.databases()).length].join()"""
    )
    assert stored == "0,0,0,0"
    assert hana.page.input_value("#passphrase") == ""
    return [name for name, *_more in CROWD if name in html]


def test_a_list_for_the_hand_over_holds_names_and_countries_of_those_who_agreed(
    hana: Hana,
) -> None:
    hana.opened()
    table = downloaded(hana)
    assert table[0] == ["Name", "Country"]
    agreed = {(name, country) for name, _mail, country, _language, yes in CROWD if yes}
    assert {tuple(row) for row in table[1:]} == {(harmless(n), c) for n, c in agreed}
    note = newest_note(hana.office)
    assert (note.whose, note.names) == ("agreed", 4)
    assert hana.line.told(secrets(hana.office)) == []


def harmless(name: str) -> str:
    """Write a name as a spreadsheet may read it."""
    return f"'{name}" if name.startswith("=") else name


def downloaded(hana: Hana, **more: str) -> list[list[str]]:
    """Ask for a list, and read the file that the browser makes."""
    hana.page.click("[data-want-list]")
    if more:
        hana.page.check("[name=whose][value=everybody]")
        hana.page.fill("[name=why_everybody]", more["why"])
    hana.page.fill("dialog [name=reason]", "Hand-over in Geneva")
    hana.page.check("[name=promised]")
    with hana.page.expect_download() as made:
        hana.page.click("[data-make]")
    file = hana.office.folder / f"{uuid.uuid4()}.csv"
    made.value.save_as(file)
    assert made.value.suggested_filename.startswith(hana.office.world.slug)
    return list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))


def newest_note(office: Office) -> NamesDownload:
    """Read the list that was noted last."""
    with office.street.app.app_context():
        session.rollback()
        return session.scalars(select(NamesDownload).order_by(NamesDownload.id.desc())).first() or (
            pytest.fail("nothing was noted")
        )


def test_a_list_of_everybody_is_what_the_offline_tool_writes(hana: Hana) -> None:
    hana.opened()
    table = downloaded(hana, why="A court asks for it")
    head = ["Name", "Mailbox", "Country", "Language", "Signed on", "How known", "Text"]
    assert table[0] == [*head, "sign", "handover", "news"]
    assert sorted(table[1:]) == sorted(written_offline(hana.office, hana.office.world.keys[0]))
    note = newest_note(hana.office)
    assert (note.whose, note.why_everybody) == ("everybody", "A court asks for it")


def written_offline(office: Office, key: PrivateKey) -> list[list[str]]:
    """Open the export with the laptop's own tool."""
    with office.street.app.app_context():
        session.rollback()
        header, *lines = export.lines(queries.get(office.world.petition_id))
    known, stream = read_header(header), io.StringIO(newline="")
    write_csv(stream, known.kinds, open_lines(lines, known, key, findings=Findings()))
    return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1:]


def test_without_a_note_on_the_server_there_is_no_file(hana: Hana) -> None:
    hana.opened()
    files: list[str] = []
    hana.page.on("download", lambda file: files.append(file.url))
    hana.page.click("[data-want-list]")
    hana.page.check("[name=promised]")
    hana.page.click("[data-make]")
    error = hana.page.locator("dialog[data-list] [data-error]")
    error.wait_for()
    assert "what the list is for" in error.inner_text()
    hana.page.wait_for_selector("dialog [name=reason]:focus")
    hana.page.fill("dialog [name=reason]", "Hand-over")
    hana.page.route("**/lists", lambda route: route.abort())
    hana.page.click("[data-make]")
    hana.page.wait_for_function(
        "() => document.querySelector('dialog[data-list] [data-error]').innerText.includes('server')"
    )
    assert files == []
    hana.somebody.watch.complaints.clear()  # the line that we cut ourselves


@pytest.mark.parametrize("engine", engines.NAMES)
def test_one_is_invalidated_put_back_and_withdrawn_and_the_recount_agrees(
    open_street: OpenStreet, browser: Browser, tmp_path: Path, engine: str
) -> None:
    office = opened_office(open_street, engine, tmp_path)
    with hana_in(office, browser) as hana:
        with office.street.app.app_context():
            session.rollback()
        give(office.street.app, office.world, "", name="Mina Unmailed", receipt="")
        hana.opened()
        take_out_and_put_back(hana, office)


def take_out_and_put_back(hana: Hana, office: Office) -> None:
    """Invalidate, restore and withdraw; the tally follows each time."""
    before = counted(office)
    hana.page.click("tbody th button:has-text('HYPERLINK')")
    hana.page.fill("#one-reason", 'It says =hyperlink("https://EVIL.example")')
    hana.page.click("[data-deed=invalidate]")
    assert "names the signer" in hana.page.locator("dialog[data-one] [data-error]").inner_text()
    hana.page.keyboard.press("Escape")
    assert str(before - 1) in hana.act("HYPERLINK", "invalidate", "A formula is no name")
    assert counted(office) == before - 1
    assert "invalidated" in hana.page.locator("tbody tr:has-text('HYPERLINK') th").inner_text()
    assert str(before) in hana.act("HYPERLINK", "restore", "It was the wrong line")
    assert counted(office) == before
    assert str(before - 1) in hana.act("Unmailed", "invalidate", "A joke, said the volunteer")
    assert "none given" in hana.page.locator("tbody tr:has-text('Unmailed')").inner_text()
    assert str(before) in hana.act("Unmailed", "restore", "It was no joke")
    hana.act("Ann", "withdraw", "A letter of the signer, in the drawer")
    hana.page.wait_for_function("() => !document.querySelector('tbody').innerText.includes('Anna')")
    assert counted(office) == before - 1
    assert hana.line.told(secrets(office)) == []


def counted(office: Office) -> int:
    """Read the tally; the recount agrees with it."""
    with office.street.app.app_context():
        session.rollback()
        assert recount.check() == []
    return given.counted(office.street.app, office.world.petition_id)[0]


def test_the_page_is_accessible_at_every_stage_and_fits_a_phone(
    office: Office, browser: Browser
) -> None:
    with visitor(browser, office.street, "en", **PHONE) as somebody:
        sign_in(somebody, "hana@example.org")
        hana = Hana(somebody, office, Line())
        page = somebody.go(office.path)
        look(page)
        hana.opened()
        look(page)
        page.click("tbody th button >> nth=0")
        look(page)
        page.keyboard.press("Escape")
        page.click("[data-want-list]")
        page.check("[name=whose][value=everybody]")
        look(page)
        page.keyboard.press("Escape")
        look(somebody.go(office.path.replace("/open", "/lists")))


def look(page: Page) -> None:
    """Let axe look by day and by night, and measure the width."""
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, BY_CONTRAST) == []
    page.emulate_media(color_scheme="light")
    assert overflow(page) == {}


def test_the_keyboard_alone_opens_finds_and_takes_a_signature_out(hana: Hana) -> None:
    page, office = hana.page, hana.office
    before = counted(office)
    hana.somebody.go(office.path)
    page.set_input_files("#key-file", office.file)
    page.locator("#key-file").focus()
    tab_to(page, "passphrase")
    page.keyboard.type(PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector("#opened-title:focus")
    tab_to(page, "find-name")
    page.keyboard.type("elodie")
    hana.shows("Élodie Çağlar")
    tab_to(page, "0")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[data-one][open]")
    tab_to(page, "one-reason")
    page.keyboard.type("Signed in jest")
    tab_to(page, "invalidate")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".told")
    assert counted(office) == before - 1
    assert page.evaluate("document.querySelector('dialog[open]')") is None


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until something has the focus."""
    for _step in range(30):
        name = page.evaluate(
            "(({ id, dataset }) => id || dataset.deed || dataset.at || '')(document.activeElement)"
        )
        if name == wanted:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never reached {wanted}")


def test_a_viewer_finds_no_such_page(office: Office, browser: Browser) -> None:
    with visitor(browser, office.street, "en", **DESK) as somebody:
        sign_in(somebody, "vera@example.org")
        somebody.go(office.path, 404)
        somebody.go(office.path.replace("/open", "/lists"), 404)


def test_a_line_that_breaks_in_the_middle_is_taken_up_again(
    hana: Hana, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = iter([True, True])
    page = hana.page
    page.context.route(
        "**/open/records",
        lambda route: route.abort() if next(cuts, False) else route.continue_(),
    )
    hana.opened()
    assert len(hana.names()) >= 4
    hana.somebody.watch.complaints.clear()  # the line that we cut ourselves


def test_browser_and_server_agree_on_what_a_spreadsheet_would_run(hana: Hana) -> None:
    cells = [f"{first}1+1" for first in "=+-@\t\r\n＝＋－＠'a ㅎ"] + ["", "김=미나", "a,b"]
    hana.somebody.go(hana.office.path)
    harmless_there = hana.page.evaluate(
        """async (cells) => {
          const { harmless } = await import("/static/js/names_text.js");
          return cells.map(harmless);
        }""",
        cells,
    )
    assert harmless_there == [opened_export.harmless(cell) for cell in cells]


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("김미나", "김미나"),
        ("\u1100\u1175\u11b7", "김"),
        ("Łukasz Øster", "lukasz oster"),
        ("Þóra Æsir", "thora aesir"),
        ("ＭＩＮＡ", "mina"),
        ("İpek Işık", "ipek isik"),
        ("Нина Ёлкина", "елкина"),
        ("  Anna\u00a0 Maria ", "anna maria"),
    ],
)
def test_a_name_is_found_however_it_is_typed(hana: Hana, name: str, sought: str) -> None:
    hana.somebody.go(hana.office.path)
    found = hana.page.evaluate(
        """async ([name, sought]) => {
          const { fold } = await import("/static/js/names_text.js");
          return fold(name).includes(fold(sought));
        }""",
        [name, sought],
    )
    assert found


def test_who_was_signed_out_meanwhile_is_told_so(hana: Hana) -> None:
    hana.somebody.go(hana.office.path)
    hana.page.context.clear_cookies()
    hana.open()
    hana.page.wait_for_selector("[data-open] .error:not([hidden])")
    assert "signed out" in hana.page.locator("[data-open] .error").inner_text()
    assert hana.page.locator("tbody tr").count() == 0
    hana.somebody.watch.complaints.clear()  # the server refused, as it should


def test_today_is_what_the_page_calls_a_month_from_now(hana: Hana) -> None:
    hana.opened()
    hana.page.click("[data-want-list]")
    day = hana.page.input_value("[name=delete_by]")
    assert (clock.today() - clock.today().fromisoformat(day)).days == -30
