"""A tablet and a server that somebody seizes: of whoever signed, or began to, nothing is on a disk.

The marks are typed into the real form in Latin and Hangul, sent, abandoned half-way, and left standing
when the battery dies; then every file of the browser's profile and of the server is searched, in
UTF-8, UTF-16, base64 and hex. An ordinary field on an ordinary page is the control: what is typed there
is on the disk, so that this test can fail.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from config import Config
from tests.faults.markers import Marked, files_below, files_of, found_in
from tests.kiosk import stations
from tests.kiosk.chaos.line import GONE, OPEN
from tests.kiosk.chaos.post import Post, posted
from tests.postgres import Server
from tests.serving import SECRET, until

SENT, WAITING, LEFT, STANDING = Marked("ba"), Marked("be"), Marked("bi"), Marked("bo")
CONTROL: Final = "Wyrmqtaplik"
ORDINARY: Final = '<form><input name="name" autocomplete="name"></form>'
#: Chromium writes down what stands in a page's fields some seconds after it was typed.
PATIENCE: Final = 30.0
#: Newer Chromiums hide what they write down there under a key that everybody knows; this shows it.
UNHIDDEN: Final = "--disable-features=EncryptSessionStorage"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Use the served application's own secret."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, secret_key=SECRET)


@pytest.fixture
def post(app: Flask, config: Config, playwright: Playwright) -> Iterator[Post]:
    """Open a post."""
    with posted(app, config, playwright, stations.station(app)) as post:
        post.machine.flags = (UNHIDDEN,)
        yield post


@pytest.fixture
def server_files(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> "Files":
    """Say where the server writes: beside the test, and PostgreSQL elsewhere, too."""
    server = request.getfixturevalue("postgres_server") if engine_name == "postgresql" else None
    return Files(tmp_path, server)


class Files:
    """All that the server's side writes."""

    def __init__(self, folder: Path, server: Server | None) -> None:
        self.folder, self.server = folder, server
        probe = folder / "began"
        probe.touch()
        self.began = probe.stat().st_mtime

    def listed(self) -> list[Path]:
        """List them; the tablet's profile is no part of the server."""
        profile = self.folder / "profile"
        own = [path for path in files_below(self.folder) if profile not in path.parents]
        return own + (files_of(self.server, self.began) if self.server else [])


def test_nothing_of_a_signer_is_on_any_disk(post: Post, server_files: Files) -> None:
    post.begin()
    signs(post, SENT)
    begins(post, LEFT)
    post.page.locator(".page.form .quiet").last.click()
    post.page.wait_for_selector(".attract")
    post.deliver()
    post.line.way = GONE
    signs(post, WAITING)
    begins(post, STANDING)
    types_into_an_ordinary_page(post)
    written = written_at(post)
    post.kill()
    assert written
    assert found_in(files_below(post.machine.profile)) == {}
    assert found_in(server_files.listed()) == {}
    it_can_be_delivered_still(post)
    assert found_in(files_below(post.machine.profile)) == {}
    assert found_in(server_files.listed()) == {}


def begins(post: Post, who: Marked) -> Page:
    """Type name and mailbox, and tick the boxes."""
    page = post.page
    page.locator(".attract .primary").click()
    page.locator(".page.form input[type=text]").press_sequentially(who.name)
    page.locator(".page.form input[type=email]").press_sequentially(who.email)
    page.locator(".page.form select").select_option("KR")
    for box in page.locator(".page.form fieldset.parts input").all():
        box.check()
    return page


def signs(post: Post, who: Marked) -> None:
    """Type, change one's mind about the mailbox, sign, read the thanks, pass it on."""
    page = begins(post, who)
    page.locator(".page.form input[type=checkbox]").first.check()
    for box in page.locator(".page.form fieldset.parts input").all():
        box.check()
    page.locator(".page.form .give .primary").click()
    page.locator(".page.thanks").get_by_text(who.name).wait_for()
    page.locator(".page.thanks .primary").click()
    page.locator(".page.pass button").first.click()
    page.wait_for_selector(".attract")


def types_into_an_ordinary_page(post: Post) -> None:
    """Let the same browser show what it does with fields of other pages."""
    post.line.pages["/control"] = ORDINARY
    other = post.machine.context.new_page()
    other.goto(f"{post.line.base}/control")
    other.locator("input").press_sequentially(CONTROL)


def written_at(post: Post) -> list[Path]:
    """Wait until the control is on the disk: by then all that could be written was."""
    spellings = [CONTROL.encode(code) for code in ("utf-8", "utf-16-le")]

    def seen() -> list[Path]:
        post.page.wait_for_timeout(250)
        return [
            path
            for path in files_below(post.machine.profile)
            if any(spelling in read(path) for spelling in spellings)
        ]

    until(seen, "not even an ordinary field is on the disk: this test proves nothing", PATIENCE)
    return seen()


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def it_can_be_delivered_still(post: Post) -> None:
    """Start again: what waited is sent, and counts."""
    post.line.way = OPEN
    post.switch_on()
    post.deliver()
    post.kill()
