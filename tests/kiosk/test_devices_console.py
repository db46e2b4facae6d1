"""Organisers make, send, rename, revoke tablets; nobody else sees that there are any."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import pins
from campaign_app.core.db import session
from campaign_app.kiosk import states
from campaign_app.kiosk.models import Tablet
from tests import given
from tests.accounts import people
from tests.kiosk import devices
from tests.kiosk.stations import Station

HOME = "/console/kiosk/"


@pytest.fixture
def organiser(app: Flask, station: Station) -> FlaskClient:
    """Sign an organiser in."""
    return people.signed_in(app, "organiser")


def shown_code(page: str) -> str:
    found = re.search(r"<code>([a-z0-9]{4}-[a-z0-9]{4})</code>", page)
    assert found, page
    return found[1]


def state_of(app: Flask, tablet_id: int) -> str:
    with app.app_context():
        return session.get_one(Tablet, tablet_id).state


def test_a_new_tablet_is_enrolled_with_the_code_that_the_page_shows_once(
    app: Flask, organiser: FlaskClient, client: FlaskClient, station: Station
) -> None:
    new = {"name": " Tablet 9 ", "pin": "2580", "language": "fr", "event": station.event_id}
    page = people.send(organiser, f"{HOME}new", **new)
    letters = shown_code(page.text)
    assert f"/kiosk/#code={letters}" not in page.text  # only in the picture
    answer = devices.enrol(client, letters)
    assert answer.get_json()["tablet"] == {"name": "Tablet 9", "language": "fr"}
    pack = devices.pack(client, answer.get_json()["token"]).get_json()
    assert pack["event"]["uid"] == station.event
    assert letters not in organiser.get(HOME).text
    assert "Tablet 9" in organiser.get(HOME).text


def test_a_new_code_is_made_for_a_tablet_that_is_there(
    organiser: FlaskClient, client: FlaskClient, station: Station
) -> None:
    page = people.send(organiser, f"{HOME}{station.tablet_id}/code")
    assert devices.enrol(client, shown_code(page.text)).get_json()["tablet"]["name"] == "Tablet 3"
    again = people.send(organiser, f"{HOME}{station.tablet_id}/code")
    assert shown_code(again.text) != shown_code(page.text)
    assert "more minutes" in organiser.get(f"{HOME}{station.tablet_id}").text


def test_a_tablet_goes_to_the_next_event_from_afar(
    app: Flask, organiser: FlaskClient, client: FlaskClient, station: Station
) -> None:
    event = devices.another_event(app, station)
    to = {"event": event}
    refused = people.send(organiser, f"{HOME}{station.tablet_id}/event", **to)
    assert (refused.status_code, "Choose its petitions" in refused.text) == (409, True)
    asked = {"first": station.world.petition_id, "second": 0, "third": 0}
    assert people.send(organiser, f"{HOME}events/{event}", **asked).status_code == 302
    assert people.send(organiser, f"{HOME}{station.tablet_id}/event", **to).status_code == 302
    pack = devices.pack(client, station.tablet.token).get_json()
    assert pack["event"]["starts_at"] > pack["server_time"]
    assert pack["event"]["key"]["fingerprint"] in organiser.get(f"{HOME}events/{event}").text


def test_one_tap_and_one_sentence_revoke_a_lost_tablet(
    app: Flask, organiser: FlaskClient, client: FlaskClient, station: Station
) -> None:
    address = f"{HOME}{station.tablet_id}/state/lost"
    assert "until an organiser looks at it" in organiser.get(address).text
    assert state_of(app, station.tablet_id) == states.ACTIVE  # looking changed nothing
    assert people.send(organiser, address).status_code == 302
    assert state_of(app, station.tablet_id) == states.LOST
    assert devices.pack(client, station.tablet.token).status_code == 403
    with app.app_context():
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "tablet.lost")).one()
        assert (entry.actor, entry.subject) == ("Mina", f"tablet:{station.tablet_id}")


def test_a_forgotten_pin_is_set_anew_and_a_weak_one_refused(
    app: Flask, organiser: FlaskClient, station: Station
) -> None:
    weak = people.send(organiser, f"{HOME}{station.tablet_id}/pin", pin="1234")
    assert (weak.status_code, str(pins.WeakPin.text) in weak.text) == (400, True)
    with app.app_context():
        before = session.get_one(Tablet, station.tablet_id).pin_hash
    assert people.send(organiser, f"{HOME}{station.tablet_id}/pin", pin="2580").status_code == 302
    with app.app_context():
        assert session.get_one(Tablet, station.tablet_id).pin_hash != before


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"first": 0}, "Choose one petition at least."),
        ({"first": 1, "second": 1}, "Choose each petition once."),
    ],
)
def test_wrong_choices_of_petitions_are_named(
    organiser: FlaskClient, station: Station, form: dict[str, int], why: str
) -> None:
    said = {"second": 0, "third": 0} | form
    page = people.send(organiser, f"{HOME}events/{station.event_id}", **said)
    assert (page.status_code, why in page.text) == (400, True)


def test_a_tablet_is_named_otherwise(organiser: FlaskClient, station: Station) -> None:
    address = f"{HOME}{station.tablet_id}"
    empty = people.send(organiser, f"{address}/name", name=" ", language="ko")
    assert "Write what people call it." in empty.text
    assert people.send(organiser, f"{address}/name", name="<b>", language="ko").status_code == 302
    assert "<h1>&lt;b&gt;" in organiser.get(address).text


def test_the_events_page_names_its_tablets(organiser: FlaskClient, station: Station) -> None:
    page = organiser.get(f"/console/events/{station.event_id}").text
    assert "<bdi>Tablet 3</bdi>" in page


@pytest.mark.parametrize("role", ["finance", "viewer"])
def test_whoever_does_not_organise_finds_no_tablets(
    app: Flask, station: Station, role: str
) -> None:
    other = people.signed_in(app, role, name="Sori")
    row = station.tablet_id
    for path in ("", f"{row}", "new", f"{row}/state/lost", f"events/{station.event_id}"):
        assert other.get(f"{HOME}{path}").status_code == 404
    for path in ("new", f"{row}/code", f"{row}/pin", f"{row}/event", f"{row}/state/lost"):
        assert people.send(other, f"{HOME}{path}", pin="2580").status_code == 404
    assert state_of(app, row) == states.ACTIVE
    assert "Tablet 3" not in other.get(f"/console/events/{station.event_id}").text


def test_without_the_token_of_the_form_nothing_is_done(
    app: Flask, organiser: FlaskClient, station: Station
) -> None:
    for path in ("code", "pin", "state/lost"):
        answer = organiser.post(f"{HOME}{station.tablet_id}/{path}", data={"pin": "2580"})
        assert answer.status_code in (302, 303, 400)
    assert state_of(app, station.tablet_id) == states.ACTIVE


def test_an_unknown_tablet_state_or_event_is_no_page(organiser: FlaskClient) -> None:
    for path in ("999", "999/state/lost", "events/999", "1/state/stolen"):
        assert organiser.get(f"{HOME}{path}").status_code == 404


def test_before_the_first_tablet_the_page_says_what_one_is(app: Flask) -> None:
    given.world(app)
    page = people.signed_in(app, "organiser").get(HOME).text
    assert "No tablet yet" in page
    assert "No event is planned" in page
