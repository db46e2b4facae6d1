"""A stall with a tablet for every test of this room."""

import pytest
from flask import Flask

from tests.kiosk import stations
from tests.kiosk.stations import Station


@pytest.fixture
def station(app: Flask) -> Station:
    """Stand at Yonsei University since an hour, with one petition and one tablet."""
    return stations.station(app)
