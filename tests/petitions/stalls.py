"""A board at a stall that stands now, and phones that sign by its code."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events.models import Event
from campaign_app.petitions import stall_code
from campaign_app.qr.models import Placement
from tests import given
from tests.given import World
from tests.kiosk.stations import an_event


@dataclass
class Stall:
    """A world whose board stands at an event that runs since an hour."""

    world: World
    event_id: int

    @property
    def board(self) -> str:
        """Address the board's page."""
        return f"/q/{self.world.code}?lang=en"


def stall(app: Flask, *, began: timedelta = timedelta(hours=1)) -> Stall:
    """Put the world's board at an event."""
    world = given.world(app)
    with app.app_context():
        return Stall(world, db.transact(partial(_at_event, world, began)))


def _at_event(world: World, began: timedelta) -> int:
    event = an_event(world.location_id, began=began)
    board = update(Placement).where(Placement.id == world.placement_id)
    session.execute(board.values(event_id=event.id))
    return event.id


def code_now(app: Flask, event_id: int, *, away: int = 0) -> str:
    """Read the code that a stall shows now, or some windows away."""
    with app.app_context():
        event = session.get_one(Event, event_id)
        at = stall_code.window(clock.now()) + away
        return stall_code.digits(stall_code.secret_of(event), at)


def wrong(app: Flask, event_id: int) -> str:
    """Think of a code that fits in no window that counts."""
    fitting = {code_now(app, event_id, away=away) for away in (-1, 0, 1)}
    return next(code for code in map("{:04d}".format, range(10)) if code not in fitting)


def hidden(answer: TestResponse) -> dict[str, str]:
    """Carry the hidden fields of the stall's form on an answer page."""
    form = re.search(r'<form class="at-stall".*?</form>', answer.text, re.S)
    assert form, "the answer page offers no stall code"
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return dict(found)


def typed(client: FlaskClient, slug: str, answer: TestResponse, code: str) -> TestResponse:
    """Type a code on an answer page."""
    address = f"/en/petitions/{slug}/stall-code"
    return client.post(address, data=hidden(answer) | {"stall_code": code})
