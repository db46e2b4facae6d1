"""What every test may ask for: a migrated database on each engine, the app, a browser."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Playwright, sync_playwright

from campaign_app import create_app
from campaign_app.core.db import db
from config import Config
from tests import engines, offline, postgres, quick
from tests.lending import Lender
from tools import browser as browsers
from tools import catalogues

TEMPLATE: Final = "lantern_template"
#: Draws what befalls the tablets of tests/kiosk/chaos; the same seed draws the same.
SEED: Final = "LANTERN_SEED"
BROWSER_FLAGS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
)


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues once, and stay on this machine."""
    if not hasattr(config, "workerinput"):
        catalogues.compile_all()
        # One seed for all workers; they take it over with the rest of the environment.
        os.environ.setdefault(SEED, str(random.randrange(10**6)))
    offline.stay()
    quick.share()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to one engine what need not run on both."""
    config.hook.pytest_deselected(items=engines.keep(items))


def pytest_report_header() -> str:
    """Print the seed, so that what failed can be run again."""
    return f"tablets' chaos: {SEED}={os.environ[SEED]}"


def migrate(database_url: str, folder: Path) -> None:
    """Bring an empty database to the newest state, as `flask db upgrade` does."""
    app = create_app(Config.for_tests(database_url=database_url, instance_dir=folder))
    with app.app_context():
        flask_migrate.upgrade()
        # An open connection would keep PostgreSQL from copying the template.
        db.engine.dispose()


@pytest.fixture(params=engines.NAMES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Run the test once on each engine, or on one of them: see tests/engines.py."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Start one PostgreSQL for this worker, the first time a test needs it."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Migrate one database; tests get copies."""
    url = postgres_server.create(TEMPLATE)
    migrate(url, tmp_path_factory.mktemp("postgresql-template"))
    return TEMPLATE


@pytest.fixture(scope="session")
def postgres_lender(postgres_server: postgres.Server, postgres_template: str) -> Iterator[Lender]:
    """Lend databases to one test after the other."""
    lender = Lender(postgres_server, postgres_template, "test")
    yield lender
    lender.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one file; each test gets a copy."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "lantern.sqlite3"
    migrate(f"sqlite:///{path}", folder)
    return path


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a fresh, migrated database of its own."""
    if engine_name == "sqlite":
        path = tmp_path / "lantern.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    lender: Lender = request.getfixturevalue("postgres_lender")
    with lender.lent() as name:
        yield lender.server.url(name)


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Give settings for one test; a test module may override them."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """Build the application on a database of its own."""
    app = create_app(config)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser-like client without cookies of others."""
    return app.test_client()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start what drives browsers; a process can have one only."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start a real Chromium that can reach this machine only."""
    path = browsers.find_or_install()
    # Chromium's own sandbox does not start for root.
    flags = [*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    chromium = playwright.chromium.launch(executable_path=path, args=flags)
    yield chromium
    chromium.close()
