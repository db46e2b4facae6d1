"""A street to walk on: the real server on either engine, and browsers that notice what is wrong."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from campaign_app import create_app
from campaign_app.core.db import db
from config import Config
from tests import given, postgres
from tests.accounts.people import PASSWORD
from tests.serving import SECRET, Serving, serving, until

PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
#: The narrowest phones that people carry.
NARROW: Final = (360, 320)
#: What a browser says for a language.
LOCALES: Final = {"ko": "ko-KR", "en": "en-GB", "fr": "fr-CH"}
UNANSWERED: Final = "Failed to load resource: the server responded with a status of"
_numbers: Final = count(1)


@contextlib.contextmanager
def database(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Give a migrated database that lives as long as its caller wants."""
    if engine == "sqlite":
        path = folder / "lantern.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = f"journey_{next(_numbers)}"
    yield server.create(name, template=request.getfixturevalue("postgres_template"))
    server.drop(name)


@dataclass(frozen=True)
class Street:
    """A running server, and the same data within reach of the test."""

    app: Flask
    server: Serving

    @property
    def base(self) -> str:
        """Give the address that people type."""
        return f"http://127.0.0.1:{self.server.port}"

    def mails(self, address: str) -> list[EmailMessage]:
        """List the mails to an address, oldest first."""
        return [mail for mail in given.mails(self.app) if address in str(mail["To"])]

    def mail(self, address: str, number: int = 1) -> EmailMessage:
        """Wait for a mail to an address."""
        until(lambda: len(self.mails(address)) >= number, f"no mail {number} to {address}")
        return self.mails(address)[number - 1]


def building(database_url: str, folder: Path) -> Flask:
    """Build the app in the test's own process; Argon2 is quick here, and right all the same."""
    return create_app(
        Config.for_tests(database_url=database_url, instance_dir=folder, secret_key=SECRET)
    )


@contextlib.contextmanager
def street(app: Flask, *, processes: int = 1) -> Iterator[Street]:
    """Serve what was built, until the caller is done."""
    config: Config = app.config["LANTERN"]
    with app.app_context():
        db.session.remove()
    try:
        with serving(Serving(config, config.instance_dir / "server.log", processes)) as server:
            yield Street(app, server)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


class Watch:
    """Notes what a browser complains of, and whom else it asks."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self._base = base
        self._opened: set[str] = set()
        self.complaints: list[str] = []
        context.on("console", self._said)
        context.on("request", self._asked)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request():
            self._opened.add(request.url)
        if not request.url.startswith((f"{self._base}/", "data:")):
            self.complaints.append(f"asked {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        """A policy report is an error in the console, also where scripts are off."""
        if message.type in ("error", "warning") and not self._was_to_be(message):
            self.complaints.append(f"{message.text} {message.location.get('url')}")

    def _was_to_be(self, message: ConsoleMessage) -> bool:
        """A page may say that there is no such page; what it is made of must be there."""
        opened = message.location.get("url") in self._opened
        return opened and message.text.startswith(UNANSWERED)


@dataclass(frozen=True)
class Visitor:
    """Somebody's browser, and what it complained of."""

    page: Page
    watch: Watch

    @property
    def context(self) -> BrowserContext:
        """Give the browser's profile: its cookies."""
        return self.page.context

    def go(self, path: str, status: int = 200) -> Page:
        """Open an address of ours; it must answer as expected."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        return self.page

    def press(self, selector: str = "main .primary", status: int = 200) -> Page:
        """Press a button and wait for the page behind it; it must answer as expected."""
        with self.page.expect_navigation() as arrival:
            self.page.locator(selector).click()
        assert arrival.value.status == status, self.page.url
        return self.page


@contextlib.contextmanager
def visitor(browser: Browser, street: Street, language: str, **more: Any) -> Iterator[Visitor]:
    """Open a browser of somebody who reads a language; at the end it must have been content."""
    settings = {"base_url": street.base, "locale": LOCALES[language]} | (more or PHONE)
    with contextlib.closing(browser.new_context(**settings)) as context:
        watch = Watch(context, street.base)
        yield Visitor(context.new_page(), watch)
        assert watch.complaints == []


@contextlib.contextmanager
def passer_by(
    browser: Browser, street: Street, language: str, *, scripts: bool = True
) -> Iterator[Visitor]:
    """Open a phone's browser; nothing of us may stay in it."""
    phone = PHONE | {"java_script_enabled": scripts}
    with visitor(browser, street, language, **phone) as somebody:
        yield somebody
        assert somebody.context.cookies() == []


def sign_in(somebody: Visitor, email: str, password: str = PASSWORD) -> Page:
    """Enter the console by its door."""
    page = somebody.go("/console/")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    return somebody.press()


def fill_in(page: Page, email: str, name: str = "김미나") -> None:
    """Write name and mailbox, and tick what must be ticked."""
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.check("input[type=checkbox][required]")


def overflow(page: Page) -> dict[int, int]:
    """Tell by how many pixels a page is too wide for a phone, for each width of phones."""
    found = {}
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 640})
        needs = partial(page.evaluate, "document.documentElement.scrollWidth")
        found[width] = int(needs()) - width
    page.set_viewport_size({"width": NARROW[0], "height": 640})
    return {width: much for width, much in found.items() if much > 0}
