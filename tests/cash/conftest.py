"""A stall at Yongsan with two cash boxes of ours."""

import pytest
from flask import Flask

from campaign_app.cash import boxes
from campaign_app.core.db import transact
from tests import given
from tests.cash.counted import Cash
from tests.stall.conftest import build


@pytest.fixture
def cash(app: Flask) -> Cash:
    """Announce a stall, and write two boxes down."""
    world = given.world(app)
    with app.app_context():
        stall = transact(lambda: build(world))
        numbers = transact(lambda: [boxes.add(n, "").id for n in ("0412", "0413")])
    return Cash(app, stall, (numbers[0], numbers[1]))
