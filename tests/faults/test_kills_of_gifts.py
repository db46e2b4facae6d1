"""`kill -9` between every two steps of a gift, from its row to its letter: nothing is lost or counted twice.

As in test_kills.py the real server runs with its mail worker and its jobs; a donor's form, the bank's webhook
or a job stands still at a step (points/sitecustomize.py), the server is killed and runs again on the same
data. The donor who got no answer sends the same form again, the bank brings again what was not heard, and
nobody else does anything. `make test` draws some steps for each engine (LANTERN_SEED names them),
`make chaos` meets all.
"""

import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from config import Config
from tests.faults.givers import Givers
from tests.faults.interrupted import STEPS
from tests.faults.points import sitecustomize
from tests.outbox.mail_server import Mails, listening
from tests.serving import ROOT, SECRET, Serving

EVERY_STEP: Final = bool(os.environ.get("LANTERN_CHAOS"))
#: How many steps an ordinary run meets on each engine.
FEW: Final = 2


@pytest.fixture
def mails() -> Mails:
    """What arrived."""
    return Mails()


@pytest.fixture
def config(database_url: str, tmp_path: Path, mails: Mails) -> Iterator[Config]:
    """Settings with a mail server and a bank of this test."""
    with listening(mails) as port:
        yield Config.for_tests(
            database_url=database_url,
            instance_dir=tmp_path,
            mail_url=f"smtp://127.0.0.1:{port}",
            payments="local",
            secret_key=SECRET,
        )


@pytest.fixture
def givers(app: Flask, config: Config, mails: Mails, tmp_path: Path) -> Iterator[Givers]:
    """Donors before a server that runs."""
    steps = tmp_path / "steps"
    steps.mkdir()
    more = {
        "PYTHONPATH": f"{STEPS}{os.pathsep}{ROOT}",
        "LANTERN_TEST_STEPS": str(steps),
        "PAYMENTS": "local",
    }
    server = Serving(
        config, tmp_path / "server.log", processes=1 if config.is_sqlite else 2, more=more
    )
    givers = Givers(app=app, server=server, mails=mails, steps=steps)
    try:
        givers.begin()
        yield givers
    finally:
        givers.go()


def drawn(engine: str) -> list[str]:
    """Choose the steps of this run: all, or a few that another seed draws otherwise."""
    every = list(sitecustomize.GIVING)
    dice = random.Random(f"{engine}{os.environ.get('LANTERN_SEED', '')}")
    return every if EVERY_STEP else dice.sample(every, FEW)


def reach(givers: Givers, step: str) -> None:
    """Let somebody or something stand at a step."""
    if step.startswith(("form:", "page:")):
        givers.stand_at(step, partial(givers.send, givers.somebody()))
        return
    givers.somebody_paid()
    givers.stand_at(step, givers.tell)


# All steps together take minutes.
@pytest.mark.timeout(900)
def test_wherever_the_server_is_killed_each_gift_counts_once(
    givers: Givers, engine_name: str
) -> None:
    ways: list[Callable[[], None]] = [givers.kill_child, givers.kill_group]
    for number, step in enumerate(drawn(engine_name)):
        reach(givers, step)
        ways[number % 2]()
        givers.finish()
    assert givers.kills == len(drawn(engine_name))
