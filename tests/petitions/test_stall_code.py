"""Four digits shown at a stall count a signature at once, and guessing them is not worth it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.petitions import (
    recount,
    stall_code,
    states,
)
from campaign_app.petitions.signing_models import Signature
from tests import given
from tests.petitions.stalls import Stall, code_now, stall, typed

VECTORS = Path(__file__).parents[1] / "kiosk" / "stall_code_vectors.json"


@pytest.fixture
def at(app: Flask) -> Stall:
    """Stand with a board at a stall."""
    return stall(app)


def evidence(app: Flask) -> list[tuple[str, str]]:
    """Read how signatures are known, in any order."""
    with app.app_context():
        rows = session.execute(select(Signature.state, Signature.evidence))
        return sorted((row.state, row.evidence) for row in rows)


def test_the_digits_are_those_that_every_tablet_shows() -> None:
    for known in json.loads(VECTORS.read_text()):
        secret = base64.b64decode(known["secret"])
        moment = datetime.fromtimestamp(known["unix_seconds"], UTC)
        assert stall_code.window(moment) == known["window"]
        assert stall_code.digits(secret, known["window"]) == known["digits"]


def test_a_code_is_new_every_ten_minutes_and_says_how_long_it_stays(app: Flask, at: Stall) -> None:
    begins = datetime(2026, 11, 22, 9, 10, tzinfo=UTC)
    with app.app_context():
        event = session.get_one(Event, at.event_id)
        with clock.frozen(begins):
            first, left = stall_code.now(event)
        with clock.frozen(begins + timedelta(seconds=599)):
            still, last = stall_code.now(event)
        with clock.frozen(begins + timedelta(seconds=600)):
            second, _left = stall_code.now(event)
    assert (left, last) == (600, 1)
    assert first == still != second


def test_whoever_signed_by_the_code_of_a_stall_counts_with_the_digits(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    answer = given.sign(client, at.board)
    assert "A volunteer is with you?" in answer.text
    assert "No mail? Ask for the code at the table." in answer.text
    assert given.counted(app, at.world.petition_id) == (0, 1)

    thanks = typed(client, at.world.slug, answer, code_now(app, at.event_id))

    assert thanks.status_code == 200
    assert "Thank you. Your signature counts." in thanks.text
    assert given.counted(app, at.world.petition_id) == (1, 0)
    assert evidence(app) == [(states.CONFIRMED, states.BY_STALL_CODE)]
    with app.app_context():
        assert recount.check() == []
