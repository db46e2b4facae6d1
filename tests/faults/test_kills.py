"""`kill -9` at each step of signing and mailing: nothing promised is lost, nothing counts twice.

The real server runs with its mail worker and speaks to a real mail server. At each step (see
points/sitecustomize.py) a request or the worker stands still; then the process group, the parent
alone or the child alone is killed, the server runs again on the same data, and everybody finishes
what they began. `make test` kills in one way at each step, each way within each case; `make chaos`
kills in every way at each. SQLite has one writer, so of the steps inside a transaction one is met per kill;
on either engine signatures that come together are written together, so others wait behind it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from config import Config
from tests import given
from tests.faults.crowd import Crowd, Person
from tests.faults.interrupted import STEPS
from tests.faults.points import sitecustomize
from tests.outbox.mail_server import Mails, listening
from tests.serving import ROOT, Serving

Round = Sequence[str]

#: Which steps are met by one kill; those inside a transaction stand last.
SQLITE: Final[dict[str, Sequence[Round]]] = {
    "signing": (
        ("mail: claim committed", "confirm: committed", "sign: came", "sign: begun"),
        ("mail: before sending", "sign: sealed", "sign: before its mail"),
        ("mail: half said", "sign: committed", "sign: written"),
    ),
    "confirming": (
        ("mail: sent", "sign: sealed", "confirm: begun"),
        ("mail: note committed", "sign: committed", "confirm: before its delta"),
        ("mail: sent", "sign: committed", "confirm: written"),
        ("mail: before sending", "confirm: committed", "confirm by code: written"),
    ),
    "mailing": (
        ("sign: committed", "confirm: committed", "mail: claimed"),
        ("sign: sealed", "confirm: committed", "mail: noted"),
        ("mail: sent", "sign: committed", "tally: folded"),
    ),
}
POSTGRESQL: Final[dict[str, Sequence[Round]]] = {
    "signing": (
        ("mail: claim committed", "confirm: committed", "sign: came", "sign: begun"),
        ("mail: before sending", "sign: sealed", "sign: before its mail"),
        ("mail: half said", "sign: committed", "sign: written"),
    ),
    "mailing": (
        ("mail: sent", "confirm: begun", "confirm: before its delta"),
        ("mail: note committed", "confirm: written", "confirm by code: written"),
        ("sign: committed", "tally: folded", "mail: claimed"),
        ("sign: sealed", "confirm: committed", "mail: noted"),
    ),
}
CASES: Final = [
    pytest.param(engine, rounds, id=f"{engine}-{name}")
    for engine, sets in (("sqlite", SQLITE), ("postgresql", POSTGRESQL))
    for name, rounds in sets.items()
]


@pytest.fixture
def mails() -> Mails:
    """What arrived."""
    return Mails()


@pytest.fixture
def config(database_url: str, tmp_path: Path, mails: Mails) -> Iterator[Config]:
    """Settings with a mail server of this test."""
    with listening(mails) as port:
        yield Config.for_tests(
            database_url=database_url, instance_dir=tmp_path, mail_url=f"smtp://127.0.0.1:{port}"
        )


@pytest.fixture
def crowd(app: Flask, config: Config, mails: Mails, tmp_path: Path) -> Iterator[Crowd]:
    """People before a server that runs."""
    steps = tmp_path / "steps"
    steps.mkdir()
    server = Serving(
        config,
        tmp_path / "server.log",
        processes=1 if config.is_sqlite else 2,
        more={"PYTHONPATH": f"{STEPS}{os.pathsep}{ROOT}", "LANTERN_TEST_STEPS": str(steps)},
    )
    crowd = Crowd(app=app, world=given.world(app), server=server, mails=mails, steps=steps)
    try:
        crowd.begin()
        yield crowd
    finally:
        crowd.end()


def meet(crowd: Crowd, steps: Round) -> None:
    """Let somebody stand at each of these steps."""
    confirming: list[Person] = [p for p in crowd.people if not p.confirmed]
    for step in steps:
        if step.startswith("confirm"):
            person = confirming.pop()
            act = crowd.confirm_by_code if "by code" in step else crowd.confirm
        else:
            person, act = crowd.somebody(), crowd.sign
        crowd.stand_at(step, partial(act, person))
    for _bystander in range(2):
        crowd.meanwhile(partial(crowd.sign, crowd.somebody()))


#: Whether each round meets each way of killing (`make chaos`), or one after the other in turn.
EVERY_KILL: Final = bool(os.environ.get("LANTERN_CHAOS"))


def kills(crowd: Crowd, number: int) -> Sequence[Callable[[], None]]:
    """Tell who is killed in a round; in turn, the two engines kill different ones at one number."""
    ways = (crowd.kill_child, crowd.kill_parent, crowd.kill_group)
    turn = number + crowd.server.processes
    return ways if EVERY_KILL else (ways[turn % len(ways)],)


@pytest.mark.parametrize(("engine_name", "rounds"), CASES)
def test_whatever_is_killed_nothing_promised_is_lost(crowd: Crowd, rounds: Sequence[Round]) -> None:
    for number, steps in enumerate(rounds):
        for kill in kills(crowd, number):
            meet(crowd, steps)
            kill()
            crowd.finish()
    crowd.no_mail_came_too_often()
    assert crowd.kills == (3 if EVERY_KILL else 1) * len(rounds)


@pytest.mark.parametrize("sets", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_every_step_is_met_on_both_engines(sets: dict[str, Sequence[Round]]) -> None:
    met = {step for rounds in sets.values() for steps in rounds for step in steps}
    assert met == set(sitecustomize.STEPS)
