"""Stalls whose tally is known by heart, and people who look at it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock
from tests.accounts.people import signed_in
from tests.dashboard import stalls
from tests.dashboard.stalls import NOW, Stalls


@pytest.fixture(autouse=True)
def afternoon() -> Iterator[None]:
    """Stop the clock on a Saturday afternoon."""
    with clock.frozen(NOW):
        yield


@pytest.fixture
def built(app: Flask) -> Stalls:
    """Build the stalls."""
    return stalls.build(app)


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    """Sign an organiser in."""
    return signed_in(app, "organiser", name="Organiser")


@pytest.fixture
def viewer(app: Flask) -> FlaskClient:
    """Sign somebody in who may only look."""
    return signed_in(app, "viewer", name="Viewer")


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    """Sign an administrator in."""
    return signed_in(app, "administrator", name="Administrator")
