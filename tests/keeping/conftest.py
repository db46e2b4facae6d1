"""A machine with a backup key, and a street to sign on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Config
from tests import given, postgres
from tests.given import World
from tests.keeping.restoring import KEY, NewDatabase, new_database


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings with a key for backups."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, backup_key=KEY)


@pytest.fixture
def world(app: Flask) -> World:
    """Open a petition in three languages with a board at Yonsei University."""
    return given.world(app)


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Make databases without a table; PostgreSQL's are dropped afterwards."""
    make, made = new_database(request, tmp_path)
    yield make
    for name in made:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        server.drop(name)
