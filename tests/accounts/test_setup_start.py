"""A production server that nobody has set up says where, in the same words from each process."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from config import Config
from tests.accounts.people import let_in
from tests.serving import Serving, serving, until


@pytest.fixture
def production(config: Config, engine_name: str, tmp_path: Path) -> Iterator[Serving]:
    apart = replace(config, instance_dir=tmp_path / "instance", key_dir=tmp_path / "keys")
    more = {
        "LANTERN_ENV": "production",
        "PUBLIC_URL": "https://sign.example.org",
        "MAIL_FROM": "PSCORE <sign@example.org>",
        "ORGANISATION": "PSCORE",
        "PRIVACY_CONTACT": "privacy@example.org",
    }
    processes = 2 if engine_name == "postgresql" else 1
    server = Serving(apart, tmp_path / "server.log", processes, more)
    with serving(server):
        yield server


def addresses(server: Serving) -> list[str]:
    return re.findall(r"https://sign\.example\.org(/setup/\S+)", server.log.read_text("utf-8"))


def test_every_process_shows_the_one_address_and_it_opens(production: Serving, app: Flask) -> None:
    until(lambda: len(addresses(production)) == production.processes, "no address was shown")
    (path,) = set(addresses(production))
    assert production.ask(path).status == 200
    assert production.ask("/setup").status == 404
    let_in(app, "administrator")
    assert production.ask(path).status == 404
    production.stop()
    production.log.write_text("")
    production.start()
    assert production.ask(path).status == 404
    assert addresses(production) == []
