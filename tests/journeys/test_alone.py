"""One person without an engineer: from an empty house to a tally handed over, all on a phone."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from campaign_app.core import clock
from campaign_app.petitions import recount
from tests import given
from tests.accounts.people import PASSWORD
from tests.journeys.desk import WORDS, Desk
from tests.journeys.street import PHONE, Street, Visitor, fill_in, passer_by, visitor
from tests.journeys.test_keys import Holder, begin_key, prove_file, prove_text, read_code
from tests.journeys.test_names import Line
from tests.journeys.test_setup import MAILBOXES, MINA, WHO, new_house, typed

SLUG: Final = "free-the-abductees"
SIGNERS: Final = ("김미나", "Zoé Müller-Ré")
PLACE: Final = "Genève"
RECEIVER: Final = "OHCHR"
REASON: Final = "Asked twice; nobody else is here yet."


@pytest.mark.parametrize(("language", "engine"), [("ko", "sqlite"), ("en", "postgresql")])
def test_one_person_sets_up_signs_people_up_and_hands_the_tally_over(
    language: str, engine: str, request: pytest.FixtureRequest, tmp_path: Path, browser: Browser
) -> None:
    with new_house(engine, request, tmp_path) as (street, code):
        with visitor(browser, street, language, **PHONE) as mina:
            line = Line()
            mina.context.on("request", line)
            move_in(mina, code, language)
            file, words, sheet_words = two_keys(mina, tmp_path)
            number = first_petition(mina, language)
            for place, name in enumerate(SIGNERS):
                sign(street, browser, language, name, f"signer{place}@example.org")
            names_of(mina, number, file, words)
            stated = hand_over(mina, number, language)
            delivered(street, browser, language, stated)
            secret = [words, sheet_words, *SIGNERS, "signer0@example.org", "signer1@example.org"]
            assert line.told(secret) == []
        with street.app.app_context():
            assert recount.check() == []


def move_in(mina: Visitor, code: str, language: str) -> None:
    """Set the house up by the code that the server printed."""
    page = mina.go(f"/{language}/setup/{code}")
    typed(page, **WHO[language], **MAILBOXES)
    page.select_option("[name=country]", "KR")
    mina.press()
    typed(page, name=MINA[language], email="mina@example.org", password=PASSWORD, again=PASSWORD)
    mina.press()
    mina.press()


def two_keys(mina: Visitor, folder: Path) -> tuple[Path, str, str]:
    """Make a key to work with and one to print, and prove both."""
    holder = Holder(Desk(mina), folder)
    page = mina.page
    words = begin_key(holder, "Mina", "working")
    with page.expect_download() as download:
        page.click("[data-for=working] [data-download]")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    mina.press("[data-send]")
    prove_file(holder, file, words)
    sheet_words = begin_key(holder, "Father Kim", "recovery")
    page.evaluate("window.print = () => {}")
    page.click("[data-print]")
    text = read_code(page)
    mina.press("[data-send]")
    prove_text(holder, text, sheet_words)
    expect(page.locator(".key-card")).to_have_count(2)
    return file, words, sheet_words


def first_petition(mina: Visitor, language: str) -> int:
    """Write it, approve it alone with a reason, open it."""
    desk = Desk(mina)
    desk.go("petitions/new")
    opens = clock.now() + timedelta(hours=8)
    desk.fill(slug=SLUG, source_language=language, goal="100", country="KR", zone="Asia/Seoul")
    desk.fill(opens=f"{opens:%Y-%m-%dT%H:%M}", closes="")
    found = re.search(r"/petitions/(\d+)/texts/", desk.save().url)
    assert found
    number = int(found[1])
    desk.fill(**WORDS[language])
    mina.press("main button[name=then]")
    desk.save()
    desk.go(f"petitions/{number}/texts/{language}/1")
    desk.fill(reason=REASON)
    desk.save("form[action$=approve] .primary")
    desk.go(f"petitions/{number}")
    desk.save("form[action$='/open'] .primary")
    return number


def sign(street: Street, browser: Browser, language: str, name: str, address: str) -> None:
    """Sign and confirm as a passer-by."""
    with passer_by(browser, street, language) as somebody:
        page = somebody.go(f"/{language}/petitions/{SLUG}")
        fill_in(page, address, name)
        somebody.press()
        page.fill("[name=code]", given.code_of(street.mail(address)))
        somebody.press()


def names_of(mina: Visitor, number: int, file: Path, words: str) -> None:
    """Open the names with the key, find one, and invalidate it."""
    page = Desk(mina).go(f"petitions/{number}/open")
    page.set_input_files("#key-file", file)
    page.fill("#passphrase", words)
    page.click("[data-open] button")
    expect(page.locator("tbody th button")).to_have_count(len(SIGNERS))
    page.fill("#find-name", "zoe muller")
    expect(page.locator("tbody th button")).to_have_count(1)
    page.click("tbody th button")
    page.fill("#one-reason", "Signed twice with another mailbox")
    page.click("[data-deed=invalidate]")
    page.click("[data-deed=invalidate]")
    page.wait_for_selector("dialog[data-one]", state="hidden")


def hand_over(mina: Visitor, number: int, language: str) -> str:
    """Freeze the tally and record to whom it was handed; give the statement's number."""
    desk = Desk(mina)
    desk.go(f"petitions/{number}/statements")
    mina.press("main form[action$='/statements'] button")
    desk.go(f"petitions/{number}/handovers/new")
    stated = desk.page.locator("[name=statement] option").first.inner_text().split(" ")[0]
    desk.fill(handed_by="Mina", **{f"place_{language}": PLACE, f"receiver_{language}": RECEIVER})
    desk.page.check("[name=ends]")
    desk.save()
    return stated


def delivered(street: Street, browser: Browser, language: str, stated: str) -> None:
    """Read on a passer-by's phone where the petition went, and check the statement's number."""
    with passer_by(browser, street, language) as somebody:
        page = somebody.go(f"/{language}/petitions/{SLUG}")
        assert PLACE in page.inner_text("main")
        assert RECEIVER in page.inner_text("main")
        assert page.locator("main [name=email]").count() == 0
        page = somebody.go(f"/{language}/statements/{stated}")
        assert re.search(r"\b1\b", page.inner_text("main"))
