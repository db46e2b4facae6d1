"""The first hour in production: an address in the log, a phone behind TLS, a keyboard, one person."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from passlib.totp import TOTP  # type: ignore[import-untyped]  # libpass ships no types
from playwright.sync_api import Browser, Page, expect

from campaign_app.core import clock
from campaign_app.core.db import session
from config import Config
from tests import given
from tests.accounts.people import PASSWORD
from tests.journeys.desk import WORDS
from tests.journeys.front import tls_before
from tests.journeys.keyboard import Keyboard
from tests.journeys.street import PHONE, Street, Visitor, building, database, fill_in, visitor
from tests.journeys.test_keys import read_code
from tests.journeys.test_setup import MAILBOXES, MINA, WHO, looked_at
from tests.outbox.mail_server import Mails, free_port, listening
from tests.serving import HOST, Serving, serving, until

MAILBOX: Final = "mina@example.org"
SLUG: Final = "free-the-abductees"
#: A certificate of our own stands for the one that a real name gets.
PHONE_THERE: Final = PHONE | {"ignore_https_errors": True}


@dataclass(frozen=True)
class House(Street):
    """A house as its first person finds it: by https, and with a mail server that takes mail."""

    port: int
    came: Mails

    @property
    def base(self) -> str:
        """Give the address that people type."""
        return f"https://{HOST}:{self.port}"

    def way_in(self) -> str:
        """Read in the server's log where the house is set up."""
        said = partial(re.findall, r"Nobody has set Lantern up yet\. Open (\S+)")
        until(lambda: said(self.log), "no address was shown")
        return str(said(self.log)[0]).removeprefix(self.base)

    @property
    def log(self) -> str:
        """Read what the server said."""
        return self.server.log.read_text("utf-8")


@contextmanager
def production(request: pytest.FixtureRequest, folder: Path) -> Iterator[House]:
    """Serve an empty database as docs/deploy.md says."""
    port, mails = free_port(), Mails()
    with ExitStack() as ends:
        app = building(ends.enter_context(database("sqlite", request, folder)), folder)
        mail = ends.enter_context(listening(mails))
        config: Config = app.config["LANTERN"]
        apart = replace(config, instance_dir=folder / "var", key_dir=folder / "keys")
        more = {
            "LANTERN_ENV": "production",
            "PUBLIC_URL": f"https://{HOST}:{port}",
            "TRUSTED_PROXIES": "1",
            "MAIL_URL": f"smtp://{HOST}:{mail}",
            "MAIL_FROM": "Lantern <lantern@example.org>",
            "ORGANISATION": "Lantern",
            "PRIVACY_CONTACT": "somebody@example.org",
        }
        server = ends.enter_context(serving(Serving(apart, folder / "server.log", more=more)))
        ends.enter_context(tls_before(server.port, port, folder))
        yield House(app, server, port, mails)
        with app.app_context():
            session.remove()


def test_one_person_opens_a_house_in_production_with_the_keyboard_alone(
    request: pytest.FixtureRequest, tmp_path: Path, browser: Browser
) -> None:
    with production(request, tmp_path) as house:
        with visitor(browser, house, "ko", **PHONE_THERE) as mina:
            hands = Keyboard(mina.page)
            move_in(mina, hands, house.way_in())
            codes = second_factor(mina.page, hands)
            try_the_mail(mina.page, hands, house)
            two_keys(mina.page, hands, tmp_path)
            first_petition(mina.page, hands)
            assert {it["secure"] for it in mina.context.cookies()} == {True}
        somebody_signs(house, browser)
        come_back_without_the_phone(house, browser, codes[0])
        nothing_of_it_was_written_down(house, codes)


def move_in(mina: Visitor, hands: Keyboard, way_in: str) -> None:
    """Follow the address, and say who asks and who one is."""
    page = looked_at(mina.go(way_in))
    hands.follow("main a[hreflang=ko]")
    looked_at(page)
    hands.type("main [name=name_ko]", WHO["ko"]["name_ko"])
    hands.choose("main [name=country]", "KR")
    for name, text in ({"address": WHO["ko"]["address"]} | MAILBOXES).items():
        hands.type(f"main [name={name}]", text)
    hands.follow("main .primary")
    for name, text in {"name": MINA["ko"], "email": MAILBOX}.items():
        hands.type(f"main [name={name}]", text)
    hands.type("main [name=password]", PASSWORD)
    hands.type("main [name=again]", PASSWORD)
    hands.follow("main .primary")


def second_factor(page: Page, hands: Keyboard) -> list[str]:
    """Be led to the second factor before anything else; give the recovery codes."""
    assert page.url.endswith("/console/account/second-factor")
    looked_at(page)
    page.goto("/console/petitions/")
    assert page.url.endswith("/console/account/second-factor")
    hands.type("main [name=password]", PASSWORD)
    hands.follow("main .primary")
    looked_at(page)
    uri = page.locator("main a[href^='otpauth:']").get_attribute("href")
    app = TOTP.from_uri(uri)
    hands.type("main [name=code]", app.generate(clock.now().timestamp()).token)
    hands.follow("main .primary")
    looked_at(page)
    codes = page.locator(".recovery code").all_inner_texts()
    assert len(codes) == 10
    hands.follow("main .primary")
    assert page.url.endswith("/console/")
    assert page.locator(".todo .next").count() == 1
    return codes


def try_the_mail(page: Page, hands: Keyboard, house: House) -> None:
    """Send a test mail, which a real mail server takes."""
    looked_at(page)
    hands.follow("main .todo .primary")
    assert page.locator(".notice.good[role=status]").count() == 1
    assert house.came.to == [MAILBOX]
    assert "sign@example.org" in str(house.came.messages[0]["From"])
    assert page.locator(".todo .done").count() == 2


def two_keys(page: Page, hands: Keyboard, folder: Path) -> None:
    """Make a key to work with and one to print, prove both, and see that this step is done."""
    hands.follow("main .todo .primary")
    looked_at(page)
    file, words = working_key(page, hands, folder)
    hands.to("#key-file")
    page.set_input_files("#key-file", file)  # the one thing that the system asks, not the page
    hands.type("#passphrase", words)
    hands.follow("[data-go]")
    looked_at(page)
    text, sheet_words = printed_key(page, hands)
    hands.press("main details summary")
    hands.type("#key-text", text)
    hands.type("#passphrase", sheet_words)
    hands.follow("[data-go]")
    looked_at(page)
    expect(page.locator(".key-card .tag.good")).to_have_count(2)


def working_key(page: Page, hands: Keyboard, folder: Path) -> tuple[Path, str]:
    """Make a key and save its file; give it and its words."""
    words = begun(page, hands, "Mina", "서울")
    with page.expect_download() as download:
        hands.press("[data-for=working] [data-download]")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    hands.follow("[data-send]")
    return file, words


def printed_key(page: Page, hands: Keyboard) -> tuple[str, str]:
    """Make a key on two sheets; read them."""
    words = begun(page, hands, "김 신부", "대전", recovery=True)
    page.evaluate("window.print = () => { window.printed = true; }")
    hands.press("[data-print]")
    assert page.evaluate("window.printed")
    text = read_code(page)
    hands.follow("[data-send]")
    return text, words


def begun(page: Page, hands: Keyboard, holder: str, place: str, *, recovery: bool = False) -> str:
    """Say whose key it is, make it, and show that the words were written down."""
    hands.follow("main .actions a[href$='/new']")
    assert page.evaluate("document.activeElement === document.body")  # and not far down the page
    hands.type("[name=holder]", holder)
    hands.type("[name=place]", place)
    if recovery:
        hands.choose("[name=kind]", "recovery")
    hands.press("[data-make]")
    expect(page.locator("[data-step=words] h2")).to_be_focused()
    looked_at(page)
    words = page.locator(".six-words").inner_text()
    hands.type("[data-again]", "not these words")
    hands.press("[data-close]")
    expect(page.locator("[data-again]")).to_be_focused()  # where it is put right
    hands.type("[data-again]", words)
    hands.press("[data-close]")
    kind = "recovery" if recovery else "working"
    expect(page.locator(f"[data-for={kind}] h2")).to_be_focused()
    looked_at(page)
    return words


def first_petition(page: Page, hands: Keyboard) -> None:
    """Write it, approve it alone with a reason, open it; the list of first steps leads the way."""
    page.goto("/console/")
    assert page.locator(".todo .done").count() == 3
    hands.follow("main .todo .primary")
    looked_at(page)
    assert page.locator("[name=country]").input_value() == "KR"
    assert page.locator("[name=zone]").input_value() == "Asia/Seoul"
    hands.type("[name=slug]", SLUG)
    hands.follow("main .primary")
    looked_at(page)
    for name in ("title", "addressee", "ask", "summary", "body"):
        hands.type(f"main [name={name}]", WORDS["ko"][name])
    hands.follow("main [name=then]")
    looked_at(page)
    hands.follow("form[action$=review] .primary")
    hands.type("main [name=reason]", "아직 혼자입니다.")
    hands.follow("form[action$=approve] .primary")
    looked_at(page)
    hands.follow("main .crumbs li:nth-child(2) a")
    hands.follow("form[action$='/open'] .primary")
    looked_at(page)
    page.goto("/console/")
    assert page.locator(".todo").count() == 0
    assert page.locator(".look").count() == 1


def somebody_signs(house: House, browser: Browser) -> None:
    """Sign as a passer-by, by the mail that the mail server took."""
    with visitor(browser, house, "ko", **PHONE_THERE) as somebody:
        page = somebody.go(f"/ko/petitions/{SLUG}")
        fill_in(page, "signer@example.org")
        somebody.press()
        until(lambda: "signer@example.org" in house.came.to, "no mail came")
        somebody.go(given.link_of(house.came.messages[-1]))
        somebody.press()
        assert somebody.context.cookies() == []


def come_back_without_the_phone(house: House, browser: Browser, code: str) -> None:
    """Sign in on another phone with a recovery code, where the counted signature is seen."""
    with visitor(browser, house, "ko", **PHONE_THERE) as mina:
        hands = Keyboard(mina.go("/console/"))
        hands.type("main [name=email]", MAILBOX)
        hands.type("main [name=password]", PASSWORD)
        hands.follow("main .primary")
        hands.type("main [name=code]", code)
        page = looked_at(hands.follow("main .primary"))
        assert page.locator(".look .sum b").inner_text() == "1"


def nothing_of_it_was_written_down(house: House, codes: list[str]) -> None:
    """Look for secrets and people in the server's log."""
    secret = [PASSWORD, MAILBOX, "signer@example.org", "김미나", *codes]
    assert [it for it in secret if it in house.log] == []
