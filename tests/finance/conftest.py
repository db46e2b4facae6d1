"""A till whose bank is the demo's, somebody of finance, and gifts."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from tests.accounts.people import signed_in
from tests.payments.giving import Giving


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
