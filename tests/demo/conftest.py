"""A loaded demo for every test of this room: loaded once on each engine, copied for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from campaign_app import create_app, demo
from campaign_app.core.db import db
from config import Config
from tests import postgres

LOADED: Final = "lantern_demo"
FILE: Final = "lantern.sqlite3"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo, and what its demo.json says."""

    app: Flask
    folder: Path
    facts: dict[str, Any]


def load_into(database_url: str, folder: Path) -> None:
    """Load the demo and let go of the database, so that it can be copied."""
    app = create_app(Config.for_tests(database_url=database_url, instance_dir=folder))
    demo.load(app, folder)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the demo into one file; its folder is copied for each test."""
    folder = tmp_path_factory.mktemp("sqlite-demo")
    shutil.copyfile(sqlite_template, folder / FILE)
    load_into(f"sqlite:///{folder / FILE}", folder)
    return folder


@pytest.fixture(scope="session")
def postgres_demo(
    postgres_server: postgres.Server,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Load the demo into one database; each test gets a copy of it and of its folder."""
    folder = tmp_path_factory.mktemp("postgres-demo")
    load_into(postgres_server.create(LOADED, template=postgres_template), folder)
    yield folder
    postgres_server.drop(LOADED)


@pytest.fixture
def demo_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Copy a loaded demo, database and folder, and give the database's address."""
    source: Path = request.getfixturevalue(f"{engine_name}_demo".replace("postgresql", "postgres"))
    shutil.copytree(source, tmp_path / "instance")
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'instance' / FILE}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    yield server.create("demo_copy", template=LOADED)
    server.drop("demo_copy")


@pytest.fixture
def running(demo_url: str, tmp_path: Path) -> Iterator[Demo]:
    """Start on a loaded demo, as a second `make run` does."""
    folder = tmp_path / "instance"
    app = create_app(Config.for_tests(database_url=demo_url, instance_dir=folder))
    yield Demo(app, folder, demo.load(app, folder))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
