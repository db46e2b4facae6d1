"""Tests of volunteers happen a week before the event, at noon in Seoul."""

from collections.abc import Iterator

import pytest
from flask import Flask

from campaign_app.core import clock
from tests.shifts import crewing
from tests.shifts.crewing import Stall


@pytest.fixture(autouse=True)
def a_week_before() -> Iterator[None]:
    """Stop the clock."""
    with clock.frozen(crewing.NOW):
        yield


@pytest.fixture
def stall(app: Flask) -> Stall:
    """Build an event with shifts."""
    return crewing.stall(app)


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """Ask the rooms themselves."""
    with app.app_context():
        yield
