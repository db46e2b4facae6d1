"""A tablet whose disk is full thanks nobody whose signature is not kept, and says so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Error as PageError
from playwright.sync_api import Playwright

from config import Config
from tests.kiosk import stations
from tests.kiosk.chaos import truth
from tests.kiosk.chaos.disk import Disk, small_disk
from tests.kiosk.chaos.line import GONE, OPEN
from tests.kiosk.chaos.post import Post, posted

BEFORE = 6
TRIES = 12


@pytest.fixture
def engine_name() -> str:
    """Use one database: this is about the tablet."""
    return "sqlite"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Give a disk that can be filled."""
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def post(app: Flask, config: Config, playwright: Playwright, disk: Disk) -> Iterator[Post]:
    """Open a post whose tablet has that disk."""
    with posted(app, config, playwright, stations.station(app)) as post:
        post.machine = replace(post.machine, profile=disk.place / "profile")
        yield post


def test_a_full_disk_loses_nothing_and_thanks_for_nothing(post: Post, disk: Disk) -> None:
    post.begin()
    post.line.way = GONE
    post.sign(BEFORE)
    disk.fill()
    refused = sum(attempt(post) for _try in range(TRIES))
    assert refused > 0, "the disk was never full"
    the_form_says_so(post)
    thanked = set(post.thanks)
    post.kill()
    disk.clear()
    post.switch_on()
    assert thanked <= {item["id"] for item in post.items() if item["held"]}
    post.line.way = OPEN
    post.sign(1)
    post.deliver()
    found = truth.verdict(post)
    assert found.signatures >= BEFORE + 1
    assert found.is_clean, found


def attempt(post: Post) -> bool:
    """Let somebody try to sign; tell whether they were refused."""
    try:
        post.sign(1)
    except PageError as refusal:
        if "StorageFailed" not in str(refusal):
            raise
        return True
    return False


def the_form_says_so(post: Post) -> None:
    """Sign by the form: what was typed stays there, and the page says that nothing was kept."""
    post.fill_in()
    page = post.page
    page.wait_for_selector(".not-saved")
    assert page.locator(".not-saved").inner_text().strip()
    assert page.locator(".page.form input[type=text]").input_value()
    assert not page.locator(".page.thanks").count()
