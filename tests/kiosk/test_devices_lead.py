"""A lead enrols the stall's tablets, resets a PIN, revokes a lost one: those of their stall alone."""

import json
import re
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session, transact
from campaign_app.events.models import Event
from campaign_app.kiosk import states, tablets
from campaign_app.kiosk.models import GapReport, Install, StallPetition, Tablet, TabletCode
from campaign_app.petitions import stall_code
from campaign_app.stall import leads
from tests.kiosk import devices
from tests.kiosk.stations import Station

PIN = "2580"


@pytest.fixture
def page(app: Flask, client: FlaskClient, station: Station) -> str:
    """Give the stall a lead, and open their page."""
    token = leads.draw_token()
    new = leads.New(alias="Haneul", language="en", token=token, pin_hash=leads.hash_pin(PIN))
    with app.app_context():
        transact(partial(leads.issue, station.event_id, new))
    client.post(f"/stall/{token}/open", data={"pin": PIN})
    return f"/stall/{token}/"


def code_in(text: str) -> str:
    found = re.search(r"<code>([a-z0-9]{4}-[a-z0-9]{4})</code>", text)
    assert found, text
    return found[1]


def test_a_lead_brings_a_tablet_and_enrols_it(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    weak = client.post(f"{page}tablets/new", data={"name": "Mine", "pin": "1111"})
    assert (weak.status_code, "in a row" in weak.text) == (400, True)
    made = client.post(f"{page}tablets/new", data={"name": "Mine", "pin": "8025"})
    answer = devices.enrol(app.test_client(), code_in(made.text))
    assert answer.get_json()["tablet"] == {"name": "Mine", "language": "ko"}
    pack = devices.pack(client, answer.get_json()["token"]).get_json()
    assert pack["event"]["uid"] == station.event
    assert "Mine" in client.get(f"{page}tablets").text
    with app.app_context():
        query = select(AuditEntry.actor).where(
            AuditEntry.action.in_(["tablet.added", "tablet.code_made"])
        )
        assert set(session.scalars(query)) == {"Haneul"}


def test_a_lead_revokes_a_lost_tablet_in_one_tap_after_one_sentence(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    address = f"{page}tablets/{station.tablet_id}/lost"
    assert "until an organiser looks at it" in client.get(address).text
    assert client.post(address).status_code == 303
    assert devices.pack(client, station.tablet.token).get_json()["error"] == "device_lost"
    shown = client.get(f"{page}tablets").text
    assert "Lost" in shown
    assert address not in shown


def test_a_lead_gives_a_tablet_another_pin_and_another_code(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    address = f"{page}tablets/{station.tablet_id}"
    with app.app_context():
        before = session.get_one(Tablet, station.tablet_id).pin_hash
    assert client.post(f"{address}/pin", data={"pin": "1234"}).status_code == 400
    assert client.post(f"{address}/pin", data={"pin": "8025"}).status_code == 303
    with app.app_context():
        assert session.get_one(Tablet, station.tablet_id).pin_hash != before
    assert devices.enrol(client, code_in(client.post(f"{address}/code").text)).status_code == 200


def test_the_stalls_digits_are_those_of_the_server(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    with app.app_context():
        digits, _left = stall_code.now(session.get_one(Event, station.event_id))
    assert f"<b data-now>{digits}</b>" in client.get(f"{page}tablets").text
    said = json.loads(client.get(f"{page}tablets/code.json").text)
    assert said["digits"] == digits
    assert 0 < said["seconds"] <= 600


def test_what_is_still_on_the_tablets_is_said_in_a_line(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    with app.app_context():
        transact(partial(_hold_three, station.event_id))
    text = client.get(f"{page}tablets").text
    assert "3 signatures are still on the tablets" in text
    assert "1 number is missing" in text


def test_what_came_is_no_longer_said_to_be_on_the_tablet(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    station.tablet.sign()
    station.tablet.deliver(client)
    text = client.get(f"{page}tablets").text
    assert "is safe on the server" in text
    assert "still on" not in text


def _hold_three(event_id: int) -> None:
    install = session.scalars(select(Install.id)).one()
    held = {"runs": [[2, 4]]}
    session.add(GapReport(install_id=install, event_id=event_id, next_seq=5, held=held))


def test_tablets_of_another_stall_are_none_of_theirs(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    event = devices.another_event(app, station)
    with app.app_context():
        transact(partial(tablets.choose_petitions, event, [station.world.petition_id]))
    other = devices.tablet(app, event, "Theirs")
    assert "Theirs" not in client.get(f"{page}tablets").text
    for path in ("pin", "lost"):
        assert client.get(f"{page}tablets/{other}/{path}").status_code == 404
    for path in ("pin", "lost", "code"):
        assert client.post(f"{page}tablets/{other}/{path}", data={"pin": PIN}).status_code == 404
    with app.app_context():
        assert session.get_one(Tablet, other).state == states.ACTIVE


def test_without_the_pin_nobody_sees_or_does_anything(
    app: Flask, station: Station, page: str
) -> None:
    stranger = app.test_client()
    for path in ("tablets", "tablets/code.json", "tablets/new", f"tablets/{station.tablet_id}/pin"):
        text = stranger.get(f"{page}{path}").text
        assert 'name="pin"' in text
        assert "Tablet 3" not in text
    for path in ("new", f"{station.tablet_id}/lost", f"{station.tablet_id}/code"):
        stranger.post(f"{page}tablets/{path}", data={"name": "x", "pin": PIN})
    with app.app_context():
        assert [one.state for one in session.scalars(select(Tablet))] == [states.ACTIVE]


def test_a_tablet_is_no_board_that_a_lead_moves(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    devices.tablet(app, station.event_id)
    text = client.get(page).text
    assert "Tablet 7" in text
    assert f"{page}boards/" not in text
    with app.app_context():
        code = session.scalars(select(TabletCode.code_id)).one()
    assert client.get(f"{page}boards/{code}").status_code == 404
    assert client.post(f"{page}boards/{code}", data={"where": "away"}).status_code == 404


def test_where_nothing_is_asked_the_lead_is_told_so(
    app: Flask, client: FlaskClient, station: Station, page: str
) -> None:
    with app.app_context():
        transact(partial(tablets.assign, station.tablet_id, None))
        transact(lambda: session.execute(delete(StallPetition)))
    text = client.get(f"{page}tablets").text
    assert "asks nothing to sign yet" in text
    assert "Add a tablet" not in text
    answer = client.post(f"{page}tablets/new", data={"name": "x", "pin": "8025"})
    assert answer.status_code == 409
