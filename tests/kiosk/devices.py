"""Tablets made as organisers make them, for the tests of part devices."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core.db import session, transact
from campaign_app.core.pins import OfflinePin
from campaign_app.kiosk import enrolling, tablets
from tests.kiosk import stations
from tests.kiosk.stations import Station

#: Hashing a PIN takes a good part of a second; where it is not typed any bytes do.
NO_PIN = OfflinePin(b"s" * 16, b"h" * 32)


def tablet(app: Flask, event_id: int | None = None, name: str = "Tablet 7") -> int:
    """Make a tablet, and send it to an event."""
    new = tablets.New(name=name, language="ko", pin=NO_PIN, event_id=event_id)
    with app.app_context():
        return transact(lambda: tablets.create(new).id)


def code(app: Flask, tablet_id: int) -> str:
    """Make a code for a tablet."""
    with app.app_context():
        return transact(partial(enrolling.make_code, tablet_id)).letters


def enrol(client: FlaskClient, letters: str, **changes: Any) -> TestResponse:
    """Type a code on a tablet."""
    said = {"protocol": 1, "code": letters, "install": uuid.uuid4().hex, "shell": "t1", "lost": []}
    return client.post("/api/v1/kiosk/enrol", json=said | changes)


def token(app: Flask, client: FlaskClient, tablet_id: int, **changes: Any) -> str:
    """Enrol a tablet and give its token."""
    answer = enrol(client, code(app, tablet_id), **changes)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["token"])


def pack(client: FlaskClient, bearer: str, **headers: str) -> TestResponse:
    """Ask for the pack."""
    said = {"Authorization": f"Bearer {bearer}"} | headers
    return client.get("/api/v1/kiosk/pack", headers=said)


def another_event(app: Flask, at: Station, *, later: timedelta = timedelta(days=1)) -> int:
    """Announce one more stall at the same place."""
    with app.app_context():
        return transact(lambda: stations.an_event(at.world.location_id, began=-later).id)


def put(app: Flask, tablet_id: int, state: str) -> None:
    """Bring a tablet into a state."""
    with app.app_context():
        transact(partial(tablets.put_into, tablet_id, state))
        session.remove()
