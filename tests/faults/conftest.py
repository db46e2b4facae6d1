"""What the tests of wrong input begin with."""

import pytest
from flask import Flask

from tests import given
from tests.given import World


@pytest.fixture
def live(app: Flask) -> None:
    """Let the application be as it runs: a bug becomes a 500 instead of an exception."""
    app.testing = False


@pytest.fixture
def world(app: Flask) -> World:
    """The usual world."""
    return given.world(app)
