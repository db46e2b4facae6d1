"""A world for every test of this room."""

import pytest
from flask import Flask

from tests import given
from tests.given import World


@pytest.fixture
def world(app: Flask) -> World:
    """Open a petition in three languages with a board at Yonsei University."""
    return given.world(app)
