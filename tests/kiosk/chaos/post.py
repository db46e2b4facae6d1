"""A post at a station: one tablet, its line, its server, and everything that was promised there."""

import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any, Final

from flask import Flask
from playwright.sync_api import Error as BrowserGone
from playwright.sync_api import Page, Playwright

from campaign_app.core.db import transact
from campaign_app.kiosk import enrolling
from config import Config
from tests.kiosk.chaos import versions
from tests.kiosk.chaos.browser import Machine
from tests.kiosk.chaos.line import OPEN, Line, line_to
from tests.kiosk.stations import Station
from tests.serving import ROOT, Serving, until

POINTS: Final = Path(__file__).with_name("points")
HAND: Final = Path(__file__).with_name("hand.js").read_text("utf-8")
#: Waits until the pages are kept on the tablet, and not for ever.
KEPT: Final = """
patience => Promise.race([
  navigator.serviceWorker.ready,
  new Promise((_, fail) => setTimeout(fail, patience, new Error("the pages were never kept"))),
]).then(() => true)
"""
#: Everything that a browser throws away when the disk is full; cookies stay.
EVICTED: Final = "indexeddb,cache_storage,service_workers,local_storage,file_systems"
LANGUAGES: Final = ("ko", "en", "fr")
PATIENCE: Final = 45.0
REVIVAL: Final = 15.0


@dataclass(frozen=True)
class Thanks:
    """What a signer was promised: their envelope is on this install, under this number."""

    item: str
    install: str
    seq: int


@dataclass
class Post:
    """What stands there, and what was promised."""

    app: Flask
    station: Station
    server: Serving
    line: Line
    machine: Machine
    deaths: Path
    random: random.Random
    thanks: dict[str, Thanks] = field(default_factory=dict)
    #: Envelopes that a browser threw away before they were delivered.
    evicted: set[str] = field(default_factory=set)
    #: Install → the number that its next item would carry, as its own database said last.
    next_seq: dict[str, int] = field(default_factory=dict)
    #: Envelopes beyond the first of a mailbox that were thanked for.
    repeated: int = 0
    _page: Page | None = None
    _numbers: Any = field(default_factory=lambda: count(1))

    def begin(self) -> None:
        """Start the server, and enrol the tablet with pages that are a little older than it."""
        self.line.change = versions.older(lambda path: self.server.ask(path).body)
        self.server.start()
        self.switch_on()
        self.enrol()
        self.page.evaluate(KEPT, PATIENCE * 1000)

    # The tablet

    @property
    def page(self) -> Page:
        """Give the page on which people sign."""
        assert self._page, "the tablet is switched off"
        return self._page

    def switch_on(self) -> None:
        """Start the browser and open the app, whatever the line does."""
        self._page = self.machine.switch_on()
        self.machine.context.expose_binding("thanked", self._thanked)
        self.open(self.page)

    def open(self, page: Page) -> None:
        """Open the app on a page, and put our hand on it."""
        page.goto(f"{self.line.base}/kiosk/", wait_until="commit")
        self.reach(page)

    def reach(self, page: Page) -> None:
        """Wait until the app stands there, and put our hand on it."""
        page.wait_for_selector(".attract, .enrol, .preflight, .table", timeout=PATIENCE * 1000)
        page.evaluate(HAND)

    def renew(self) -> None:
        """Let the pages of the server's version in, as they come in by themselves on the first page."""
        self.page.goto(f"{self.line.base}/kiosk/")
        renewed = f"html:not([data-version='{versions.OLD}']) .attract"
        self.page.wait_for_selector(renewed, timeout=PATIENCE * 1000)
        self.reach(self.page)

    def kill(self) -> None:
        """Let the battery go empty."""
        self.machine.kill()
        self._page = None

    def enrol(self) -> None:
        """Type a code of eight letters, as a volunteer does, and wait for the first page."""
        with self.app.app_context():
            code = transact(partial(enrolling.make_code, self.station.tablet_id))
        self.page.locator("#enrol-code").fill(code.spoken)
        self.page.locator(".enrol form button").click()
        self.page.locator(".preflight .primary").click(timeout=PATIENCE * 1000)
        self.page.wait_for_selector(".attract", timeout=PATIENCE * 1000)
        self.page.evaluate(HAND)

    def evict(self) -> None:
        """Let the browser throw away all but its cookies; what waited there is gone."""
        self.look()
        self.evicted |= {item["id"] for item in self.items() if item["held"]}
        page = self.page
        page.goto("about:blank")
        said = {"origin": self.line.base, "storageTypes": EVICTED}
        self.machine.cdp(page, "Storage.clearDataForOrigin", **said)
        self.line.way = OPEN  # its pages went, too, and must be fetched
        self.open(page)

    # What people do

    def people(self, number: int, **same: str) -> list[dict[str, Any]]:
        """Let some people come; every other one has a mailbox."""
        return [self._somebody() | same for _one in range(number)]

    def _somebody(self) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "number": number,
            "name": f"서명자 {number}",
            "email": f"signer{number}@example.org" if number % 2 else "",
            "language": self.random.choice(LANGUAGES),
        }

    def sign(self, number: int, page: Page | None = None) -> None:
        """Let people sign, and wait until all of them were thanked."""
        (page or self.page).evaluate("people => hand.sign(people)", self.people(number))

    def sign_by_hand(self) -> None:
        """Let somebody sign by the form, and wait until they read that they are thanked."""
        before = {item["id"] for item in self.items()}
        self.fill_in()
        self.page.wait_for_selector(".page.thanks")
        for item in self.items():
            if item["id"] not in before:
                self._thanked(None, item)
        self.page.locator(".thanks .primary").click()
        self.page.locator(".page.pass button").first.click()
        self.page.wait_for_selector(".attract")

    def fill_in(self) -> None:
        """Fill the form in and send it."""
        person, page = self._somebody(), self.page
        page.locator(".attract .primary").click()
        form = page.locator(".page.form")
        form.locator("input[type=text]").fill(person["name"])
        form.locator("input[type=email]").fill(f"hand{person['number']}@example.org")
        form.locator("select").select_option("KR")
        for box in form.locator("fieldset.parts input").all():
            box.check()
        form.locator(".give .primary").click()

    def begin_to_sign(self, number: int, page: Page | None = None) -> None:
        """Let people sign, and wait for nothing."""
        said = "people => { hand.sign(people).catch(() => {}); }"
        (page or self.page).evaluate(said, self.people(number))

    def sign_twice(self) -> None:
        """Let somebody sign who has just signed: one of the two counts."""
        twin = self.people(1, email=f"twin{next(self._numbers)}@example.org")
        self.page.evaluate("people => hand.sign(people)", twin + twin)
        self.repeated += 1

    def _thanked(self, source: Any, said: dict[str, Any]) -> None:
        self.thanks[said["id"]] = Thanks(said["id"], said["install"], said["seq"])

    # Delivering

    def nudge(self) -> None:
        """Say to the page that the network is back, as the browser does."""
        with suppress(BrowserGone):
            self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def held(self) -> int:
        """Count what the tablet still holds."""
        return sum(1 for item in self.items() if item["held"])

    def items(self) -> Sequence[dict[str, Any]]:
        """Read the tablet's own database: each item's install, number and id, and whether it is held."""
        found: list[dict[str, Any]] = self.page.evaluate("hand.items()")
        return found

    def look(self) -> None:
        """Note how far each install has counted."""
        for item in self.items():
            seen = self.next_seq.get(item["install"], 1)
            self.next_seq[item["install"]] = max(seen, item["seq"] + 1)

    def deliver(self) -> None:
        """Wait until nothing is held any more."""
        self.line.way = OPEN
        until(self._nudged, f"{self.held()} envelopes stay on the tablet", PATIENCE)
        self.look()

    def _nudged(self) -> bool:
        if not self.held():
            return True
        self.nudge()
        self.page.wait_for_timeout(self.random.randint(60, 200))
        return not self.held()

    # Its server

    def revive(self) -> None:
        """Let the server come back; who watches over it gives up if it dies twice in a few seconds."""
        patience = time.monotonic() + REVIVAL
        while self.server.ask("/healthz").status != HTTPStatus.OK:
            if self.server.has_ended or time.monotonic() > patience:
                self.server.stop()
                self.server.start()
            time.sleep(0.05)

    def arm(self, step: str) -> None:
        """Let the server die when somebody comes by a step."""
        (self.deaths / f"{step}.armed").touch()

    def died(self, step: str) -> bool:
        """Tell whether it did, and forget it."""
        path = self.deaths / f"{step}.died"
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def disarm(self, step: str) -> None:
        """Let it live."""
        (self.deaths / f"{step}.armed").unlink(missing_ok=True)


@contextmanager
def posted(app: Flask, config: Config, playwright: Playwright, station: Station) -> Iterator[Post]:
    """Lay a line to a server on this data, put a tablet beside it, and see to the end of all."""
    folder = config.instance_dir
    deaths = folder / "deaths"
    deaths.mkdir()
    server = Serving(
        config,
        folder / "server.log",
        processes=1 if config.is_sqlite else 2,
        more={"PYTHONPATH": f"{POINTS}{os.pathsep}{ROOT}", "LANTERN_TEST_DEATHS": str(deaths)},
    )
    machine = Machine(playwright, folder / "profile")
    with line_to(server.port) as line:
        post = Post(app, station, server, line, machine, deaths, random.Random(0))
        try:
            yield post
        finally:
            machine.switch_off()
            server.stop()
