"""The main job: from a QR code on a board to one more in that board's tally."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests import engines, given
from tests.accounts.people import let_in
from tests.given import World
from tests.journeys.conftest import OpenStreet
from tests.journeys.street import (
    DESK,
    Street,
    Visitor,
    fill_in,
    overflow,
    passer_by,
    sign_in,
    visitor,
)


@dataclass(frozen=True)
class Stall:
    """A served street with one board, and who looks after it."""

    engine: str
    street: Street
    world: World
    organiser: Visitor

    @property
    def scan(self) -> str:
        return f"/q/{self.world.code}"

    def counted(self) -> int:
        """Read the board's number where its organiser reads it."""
        page = self.organiser.go(f"/console/petitions/{self.world.petition_id}/tallies?by=board")
        link = page.locator(f"a[href$='/console/codes/{self.world.code_id}']")
        row = page.locator("table.counts tbody tr").filter(has=link)
        return int(row.locator("td.num").first.inner_text()) if row.count() else 0


@pytest.fixture(scope="module", params=engines.NAMES)
def stall(
    request: pytest.FixtureRequest, open_street: OpenStreet, browser: Browser
) -> Iterator[Stall]:
    """Set up a stall on each engine; its organiser has signed in."""
    served, world = open_street(request.param, given.world)
    email = let_in(served.app, "organiser", name="Organiser").email
    with visitor(browser, served, "en", **DESK) as organiser:
        sign_in(organiser, email)
        yield Stall(request.param, served, world, organiser)


def by_link(stall: Stall, somebody: Visitor, address: str) -> None:
    """Open the mail on the phone that signed."""
    somebody.go(given.link_of(stall.street.mail(address)))
    confirm(somebody)


def by_digits(stall: Stall, somebody: Visitor, address: str) -> None:
    """Read the digits elsewhere, type them on the page that asks for them."""
    somebody.page.fill("[name=code]", given.code_of(stall.street.mail(address)))
    somebody.press()


def confirm(somebody: Visitor) -> None:
    """Press the one button of the page behind a mail's link."""
    assert somebody.page.locator("form").count() == 1
    assert somebody.page.locator("form").get_attribute("method") == "post"
    somebody.press()


#: Each language with and without scripts, each on either engine, and both ways on each engine.
WITH_SCRIPTS: Final = {("sqlite", "ko"), ("sqlite", "fr"), ("postgresql", "en")}


@pytest.mark.parametrize("language", given.LANGUAGES)
@pytest.mark.parametrize("stall", engines.NAMES, indirect=True)
def test_a_passer_by_signs_and_the_tally_of_that_board_is_one_higher(
    stall: Stall, browser: Browser, language: str
) -> None:
    scripts = (stall.engine, language) in WITH_SCRIPTS
    address = f"mina.{language}.{scripts}@example.org".lower()
    before = stall.counted()
    with passer_by(browser, stall.street, language, scripts=scripts) as somebody:
        scan_and_sign(stall, somebody, language, address)
        receipt = prove(stall, browser, somebody, language, address)
        look_at_signature(somebody, language, receipt)
    assert stall.counted() == before + 1


def scan_and_sign(stall: Stall, somebody: Visitor, language: str, address: str) -> None:
    """Sign on the page that the code opens."""
    page = somebody.go(stall.scan)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").inner_text() == given.TITLES[language]
    assert page.locator("[name=country]").input_value() == "KR"
    assert page.locator("input[type=checkbox]:checked").count() == 0
    assert overflow(page) == {}
    fill_in(page, address)
    somebody.press()
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("main bdi").inner_text() == address
    assert in_first_view(page, "[name=code]")
    assert overflow(page) == {}


def in_first_view(page: Page, selector: str) -> bool:
    """Tell whether something is seen without a scroll."""
    box = page.locator(selector).bounding_box()
    assert box
    return page.evaluate("scrollY") == 0 and box["y"] >= 0 and box["y"] + box["height"] <= 640


def prove(stall: Stall, browser: Browser, somebody: Visitor, language: str, address: str) -> str:
    """Prove the mailbox, in another way for each language, and take the receipt."""
    mail = stall.street.mail(address)
    assert "PSCORE" in mail["Subject"]
    assert given.TITLES[language] not in mail["Subject"]
    assert given.link_of(mail).startswith(f"/{language}/confirm/")
    if language == "fr":
        with passer_by(browser, stall.street, "fr") as elsewhere:
            by_link(stall, elsewhere, address)
            return receipt_on(elsewhere.page, "fr")
    (by_link if language == "ko" else by_digits)(stall, somebody, address)
    return receipt_on(somebody.page, language)


def receipt_on(page: Page, language: str) -> str:
    """Read the receipt that the last page gives."""
    assert page.locator("html").get_attribute("lang") == language
    assert overflow(page) == {}
    return page.locator("code.receipt").inner_text()


def look_at_signature(somebody: Visitor, language: str, receipt: str) -> None:
    """See with the receipt what was signed."""
    page = somebody.go(f"/{language}/receipt")
    page.fill("[name=code]", receipt)
    somebody.press()
    assert given.TITLES[language] in page.locator("main").inner_text()
    assert overflow(page) == {}


def test_the_watch_hears_what_it_must(stall: Stall, browser: Browser) -> None:
    foreign = (
        '<img src="https://example.org/x.png"><img src="/static/gone.png"><p style="color:red">'
    )
    with passer_by(browser, stall.street, "en") as somebody:
        answer = somebody.context.request.get(stall.scan)
        body = answer.text().replace("<main", f"{foreign}<main")
        somebody.page.route(
            f"**{stall.scan}",
            lambda route: route.fulfill(
                body=body, headers=answer.headers | {"content-encoding": ""}
            ),
        )
        somebody.go(stall.scan)
        heard = "\n".join(somebody.watch.complaints)
        somebody.watch.complaints.clear()
    assert "https://example.org/x.png" in heard
    assert "/static/gone.png" in heard
    assert "style-src" in heard
