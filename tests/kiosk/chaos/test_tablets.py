"""Whatever breaks at a station, no promised signature is lost, none counts twice, no report is wrong.

A real Chromium with a profile on the disk collects at the real server, over a line that breaks and
lies; browser and server are killed in the middle of everything (faults.py). People sign by the app's
own outbox, some of them by its form. `make test` runs one seed, `make chaos` seven; the seed is drawn
anew each time and printed at the top, and `LANTERN_SEED=… make test` runs it again.
"""

import importlib
import logging
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Playwright

from config import Config
from tests.conftest import SEED
from tests.kiosk import stations
from tests.kiosk.chaos import truth
from tests.kiosk.chaos.faults import CHEAP, DEATHS, FAULTS, MORE_DEATHS
from tests.kiosk.chaos.points import sitecustomize
from tests.kiosk.chaos.post import Post, posted
from tests.serving import SECRET

LOG = logging.getLogger(__name__)
SEEDS = 7 if os.environ.get("LANTERN_CHAOS") else 1
ENOUGH = 150


@pytest.fixture
def engine_name(number: int) -> str:
    """Take the two engines in turn."""
    return ("sqlite", "postgresql")[number % 2]


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Use the served application's own secret."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, secret_key=SECRET)


@pytest.fixture
def post(app: Flask, config: Config, playwright: Playwright, tmp_path: Path) -> Iterator[Post]:
    """Open a post with a tablet that is not enrolled yet."""
    with posted(app, config, playwright, stations.station(app)) as post:
        yield post


@pytest.mark.timeout(400)
@pytest.mark.parametrize("number", range(SEEDS))
def test_nothing_is_lost_twice_or_misreported(
    post: Post, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, __name__)
    post.random = random.Random(int(os.environ[SEED]) + number)
    post.begin()
    faults = list(FAULTS)
    post.random.shuffle(faults)
    while faults or len(post.thanks) < ENOUGH:
        name, fault = faults.pop() if faults else post.random.choice(CHEAP)
        began = time.monotonic()
        fault(post)
        took = time.monotonic() - began
        LOG.info("%s: %.1f s, %d thanked for", name, took, len(post.thanks))
    found = truth.verdict(post)
    found.note()
    assert found.is_clean, found
    assert truth.nothing_else_is_wrong(post)


def test_every_step_is_one_of_the_application() -> None:
    for module, path, _side in sitecustomize.STEPS.values():
        assert callable(getattr(importlib.import_module(module), path))
    assert {*DEATHS, *MORE_DEATHS} == set(sitecustomize.STEPS)
