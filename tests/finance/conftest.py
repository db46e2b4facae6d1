"""A till whose bank is the demo's, somebody of finance, and gifts."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.cash import boxes
from campaign_app.core.db import transact
from config import Config
from tests import given
from tests.accounts.people import signed_in
from tests.cash.counted import Cash
from tests.payments.giving import Giving
from tests.stall.conftest import build


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Let money be the demo's."""
    return Config.for_tests(database_url=database_url, instance_dir=tmp_path, payments="local")


@pytest.fixture
def giving(app: Flask) -> Giving:
    """Let people give."""
    return Giving(app)


@pytest.fixture
def treasurer(app: Flask) -> FlaskClient:
    """Sign somebody of finance in."""
    return signed_in(app, "finance", name="Sora")


@pytest.fixture
def cash(app: Flask) -> Cash:
    """Announce a stall with two cash boxes."""
    world = given.world(app)
    with app.app_context():
        stall = transact(lambda: build(world))
        numbers = transact(lambda: [boxes.add(n, "").id for n in ("0412", "0413")])
    return Cash(app, stall, (numbers[0], numbers[1]))
