"""A stall whose tablet is a real browser at the real server, and a volunteer who knows the PIN."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from campaign_app.core import pins
from campaign_app.core.db import transact
from campaign_app.kiosk import enrolling, tablets
from tests.journeys.street import LOCALES, Street, Visitor, Watch, building, database, street
from tests.kiosk import stations
from tests.kiosk.stations import Station

PIN: Final = "4729"
PORTRAIT: Final[dict[str, Any]] = {"viewport": {"width": 768, "height": 1024}, "has_touch": True}
LANDSCAPE: Final[dict[str, Any]] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
PHONE: Final[dict[str, Any]] = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@dataclass(frozen=True)
class Stall:
    """A served stall; `at` names its rows."""

    street: Street
    at: Station = field(repr=False)

    def code(self) -> str:
        """Make a code, as an organiser does, in two groups."""
        with self.street.app.app_context():
            return transact(partial(enrolling.make_code, self.at.tablet_id)).spoken

    def deed(self, deed: Any, *given: Any) -> Any:
        """Do something on the server's side, as its people do."""
        with self.street.app.app_context():
            return transact(partial(deed, *given))


@contextlib.contextmanager
def opened(request: pytest.FixtureRequest, folder: Path, engine: str = "sqlite") -> Iterator[Stall]:
    """Build a stall and serve it."""
    with database(engine, request, folder) as url:
        app = building(url, folder)
        at = stations.station(app)
        stall = partial(Stall, at=at)
        with app.app_context():
            transact(partial(tablets.set_pin, at.tablet_id, pins.offline(PIN)))
            transact(partial(tablets.rename, at.tablet_id, "Tablet 3", "en"))
        with street(app) as served:
            yield stall(served)


@dataclass(frozen=True)
class Device:
    """The tablet in a volunteer's hands."""

    stall: Stall
    visitor: Visitor

    @property
    def page(self) -> Page:
        """Give the page."""
        return self.visitor.page

    def open(self, path: str = "/kiosk/") -> Page:
        """Open the app and wait for its first page."""
        self.visitor.go(path)
        expect(self.page.locator("#kiosk h1:visible")).to_be_visible()
        return self.page

    def press(self, name: str) -> None:
        """Press a button by what stands on it."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def head(self, text: str) -> None:
        """Wait for a page by its title."""
        expect(self.page.locator("#kiosk h1:visible")).to_have_text(text)

    def enrol(self) -> None:
        """Type a fresh code, and wait for the checks to end."""
        self.open()
        self.page.fill("#enrol-code", self.stall.code())
        self.press("Enrol")
        self.head("Check this tablet")
        expect(self.begin).to_be_enabled(timeout=20_000)

    def light(self, name: str) -> str | None:
        """Read the colour of a check by how its name begins."""
        row = self.page.locator(".check", has=self.page.get_by_text(name))
        return row.first.get_attribute("data-light")

    @property
    def begin(self) -> Locator:
        """Find the button that lets signers come."""
        return self.page.get_by_role("button", name="Begin collecting")

    def collecting(self) -> None:
        """Enrol, look the lights over, and begin."""
        self.enrol()
        self.begin.click()
        expect(self.strip).to_be_visible()

    @property
    def strip(self) -> Locator:
        """Find the volunteer's numbers at the edge of the signer's screen."""
        return self.page.locator("button.strip")

    def pin(self, digits: str = PIN) -> None:
        """Open the volunteer's side as far as the PIN lets."""
        if not self.page.get_by_role("heading", name="Your PIN").is_visible():
            self.strip.click()
        self.head("Your PIN")
        for digit in digits:
            self.press(digit)

    def table(self) -> None:
        """Open the volunteer's view."""
        self.pin()
        self.head("Tablet 3")

    def sign(self, name: str = "Kim Mina") -> None:
        """Sign as a stranger without a mailbox does, and hand the tablet on."""
        self.press("Sign")
        page = self.page
        page.get_by_label("Your name").fill(name)
        page.get_by_label("I have no e-mail").check()
        for box in page.locator("fieldset.parts [aria-required=true]").all():
            box.check()
        self.press("Sign")
        expect(page.locator("#kiosk h1:visible")).to_have_text(f"Thank you, {name}.")

    def next_person(self) -> None:
        """Tap the receipt away, then the page between two people."""
        for _page in range(2):
            self.page.locator("#kiosk button:visible:not(.strip):not(.tongue)").last.click()
        expect(self.page.get_by_role("button", name="Sign", exact=True)).to_be_visible()

    def numbers(self, today: int, safe: int, held: int) -> None:
        """Wait until the three numbers say this."""
        expect(self.page.locator(".three dd")).to_have_text([str(today), str(safe), str(held)])


class Patient(Watch):
    """Knows that a tablet is often without a network, or refused by its server."""

    def _was_to_be(self, message: ConsoleMessage) -> bool:
        """A browser complains of each request that failed; the tablet reckons with that."""
        address = str(message.location.get("url"))
        expected = "/api/v1/kiosk/" in address or address.endswith("/kiosk/sw.js")
        return expected and message.text.startswith("Failed to load resource")


@contextlib.contextmanager
def device(browser: Browser, stall: Stall, language: str = "en", **more: Any) -> Iterator[Device]:
    """Lend a tablet whose browser reads a language; at the end it must have been content."""
    known = {"base_url": stall.street.base, "locale": LOCALES[language]} | (more or PORTRAIT)
    with contextlib.closing(browser.new_context(**known)) as context:
        watch = Patient(context, stall.street.base)
        yield Device(stall, Visitor(context.new_page(), watch))
        assert watch.complaints == [], watch.complaints
