"""Whatever is sent of tablets, by organiser, lead or tablet, there is an answer, and never a 500."""

import json
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.kiosk import states
from campaign_app.kiosk.models import Tablet
from campaign_app.stall import leads
from tests.accounts import people
from tests.faults.nasty import FORM, NASTY, body_of
from tests.kiosk.stations import Station

FIELDS = ("name", "pin", "language", "event", "first", "second", "third")


def unchanged(app: Flask) -> None:
    with app.app_context():
        tablet = session.scalars(select(Tablet)).one()
        assert (tablet.name, tablet.state) == ("Tablet 3", states.ACTIVE)


def test_an_organisers_forms_stand_any_input(app: Flask, station: Station) -> None:
    desk = people.signed_in(app, "organiser")
    token = ("csrf_token", people.token_of(desk).encode())
    row = station.tablet_id
    paths = ["new", f"{row}/name", f"{row}/event", f"{row}/pin", f"events/{station.event_id}"]
    for wrong, value in NASTY.items():
        body = body_of([*((name, value) for name in FIELDS), token])
        for path in paths:
            answer = desk.post(f"/console/kiosk/{path}", data=body, content_type=FORM)
            assert answer.status_code == 400, (path, wrong)
    unchanged(app)


def test_a_leads_forms_stand_any_input(app: Flask, client: FlaskClient, station: Station) -> None:
    token = leads.draw_token()
    new = leads.New(alias="Haneul", language="en", token=token, pin_hash=leads.hash_pin("2580"))
    with app.app_context():
        transact(partial(leads.issue, station.event_id, new))
    client.post(f"/stall/{token}/open", data={"pin": "2580"})
    for wrong, value in NASTY.items():
        body = body_of([(name, value) for name in FIELDS])
        for path in ("new", f"{station.tablet_id}/pin"):
            address = f"/stall/{token}/tablets/{path}"
            answer = client.post(address, data=body, content_type=FORM)
            assert answer.status_code == 400, (path, wrong)
    unchanged(app)


@pytest.mark.parametrize("name", ["code", "install", "shell", "lost"])
def test_a_tablet_may_say_anything(client: FlaskClient, station: Station, name: str) -> None:
    usual = {"protocol": 1, "code": "k7pm-x3da", "install": "0" * 32, "shell": "t", "lost": []}
    said: list[object] = [
        None,
        True,
        -1,
        1.5,
        10**40,
        [],
        {},
        [[]],
        [{}],
        "\0",
        "\ud800",
        "x" * 5000,
    ]
    said += [[{"install": "0" * 32, "event": "\0", "next_seq": 10**30}] * 100]
    for wrong in said:
        body = json.dumps(usual | {name: wrong})
        kind = "application/json"
        answer = client.post("/api/v1/kiosk/enrol", data=body, content_type=kind)
        assert answer.status_code in (400, 403), (name, wrong)
        assert answer.get_json()["protocol"] == 1


def test_any_token_is_answered(client: FlaskClient, station: Station) -> None:
    for wrong in ("", "x" * 5000, "%00", "é", "Bearer"):
        headers = {"Authorization": f"Bearer {wrong}"}
        assert client.get("/api/v1/kiosk/pack", headers=headers).status_code == 401
