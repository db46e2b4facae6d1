"""The pack is what the public page says, a key and a PIN's hash: nothing of anybody who signed."""

import hashlib
import json
from base64 import b64decode
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import pins
from campaign_app.core.db import session, transact
from campaign_app.core.seal import PublicKey
from campaign_app.events.models import Location
from campaign_app.kiosk import asking, states, tablets
from campaign_app.petitions import services as petitions
from campaign_app.petitions.models import Petition
from tests import given
from tests.kiosk import devices
from tests.kiosk.stations import Station


def test_the_pack_says_what_the_public_page_says(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    pack = devices.pack(client, station.tablet.token).get_json()
    petition = pack["event"]["petitions"][0]
    assert sorted(petition["texts"]) == ["en", "fr", "ko"]
    for language, text in petition["texts"].items():
        page = client.get(f"/{language}/petitions/{station.world.slug}").text
        for told in (text["title"], text["ask"], text["body_html"].strip()):
            assert told in page
        for part in petition["parts"][language]:
            written = f"{part['title']}\n{part['wording']}"
            assert part["sha256"] == hashlib.sha256(written.encode()).hexdigest()
        assert petition["privacy"][language].strip() in page


def test_what_is_signed_is_named_by_its_hashes(client: FlaskClient, station: Station) -> None:
    petition = devices.pack(client, station.tablet.token).get_json()["event"]["petitions"][0]
    paper = station.tablet.paper
    assert petition["uid"] == paper.petition
    assert petition["texts"]["ko"]["sha256"] == paper.text
    general = [part for part in petition["parts"]["ko"] if part["country"] == ""]
    assert [part["sha256"] for part in general] == list(paper.parts)


def test_the_pack_names_event_key_and_how_long_it_collects(
    client: FlaskClient, station: Station
) -> None:
    pack = devices.pack(client, station.tablet.token).get_json()
    event = pack["event"]
    assert (event["uid"], event["title"]["ko"]) == (station.event, "연세대 앞 캠페인")
    key = PublicKey.from_text(event["key"]["public"])
    assert (event["key"]["id"], event["key"]["fingerprint"]) == (key.key_id, key.fingerprint)
    ends = datetime.fromisoformat(event["ends_at"])
    assert datetime.fromisoformat(event["collect_until"]) - ends == timedelta(hours=12)
    assert datetime.fromisoformat(event["deliver_until"]) - ends == timedelta(days=60)
    assert [one["name"] for one in pack["languages"]] == ["한국어", "English", "Français"]
    assert ["KR", "대한민국"] in pack["countries"]["ko"]


def test_the_pack_holds_nobody_who_signed(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    given.sign(client, f"/q/{station.world.code}", email="hidden@example.org", name="숨은사람")
    body = devices.pack(client, station.tablet.token).get_data(as_text=True)
    assert "hidden@example.org" not in body
    assert "숨은사람" not in json.dumps(json.loads(body), ensure_ascii=False)


def test_what_a_tablet_has_it_does_not_fetch_again(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    first = devices.pack(client, station.tablet.token)
    again = devices.pack(client, station.tablet.token, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context():
        transact(partial(tablets.rename, station.tablet_id, "Tablet 9", "en"))
    new = devices.pack(client, station.tablet.token, **{"If-None-Match": first.headers["ETag"]})
    assert (new.status_code, new.get_json()["tablet"]["name"]) == (200, "Tablet 9")


def test_a_pin_is_checked_on_the_tablet_alone(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    pin = pins.offline("2580")
    with app.app_context():
        transact(partial(tablets.set_pin, station.tablet_id, pin))
    told = devices.pack(client, station.tablet.token).get_json()["tablet"]["pin"]
    assert told["iterations"] == 600_000
    salt = b64decode(told["salt"])
    assert b64decode(told["hash"]) == hashlib.pbkdf2_hmac("sha256", b"2580", salt, 600_000)


@pytest.mark.parametrize("weak", ["1111", "1234", "9876", "258", "25800", "２５８０", "abcd"])
def test_a_weak_pin_is_none(weak: str) -> None:
    with pytest.raises(pins.WeakPin):
        pins.offline(weak)


@pytest.mark.parametrize(
    ("state", "status", "error"),
    [(states.LOST, 403, "device_lost"), (states.CLOSED, 401, "device_closed")],
)
def test_a_revoked_token_gets_no_pack(
    app: Flask, client: FlaskClient, station: Station, state: str, status: int, error: str
) -> None:
    devices.put(app, station.tablet_id, state)
    answer = devices.pack(client, station.tablet.token)
    assert (answer.status_code, answer.get_json()["error"]) == (status, error)


def test_no_token_and_a_wrong_one_get_nothing(client: FlaskClient, station: Station) -> None:
    assert devices.pack(client, "x" * 43).get_json() == {"protocol": 1, "error": "device_unknown"}
    assert client.get("/api/v1/kiosk/pack").status_code == 401
    basic = {"Authorization": f"Basic {station.tablet.token}"}
    assert client.get("/api/v1/kiosk/pack", headers=basic).status_code == 401


def test_a_tablet_that_rests_has_no_event(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    with app.app_context():
        transact(partial(tablets.assign, station.tablet_id, None))
    assert devices.pack(client, station.tablet.token).get_json()["event"] is None


def test_what_nobody_chose_is_what_the_boards_ask(app: Flask, station: Station) -> None:
    event = devices.another_event(app, station)
    with app.app_context():
        assert asking.of_event(event) == []
        with pytest.raises(tablets.NothingToSign):
            transact(partial(tablets.assign, station.tablet_id, event))
    with app.app_context():
        transact(partial(_boards_at, station.world.location_id, event))
        assert len(asking.of_event(event)) == 3


def _boards_at(location_id: int, event_id: int) -> None:
    where = session.get_one(Location, location_id)
    for number in range(4):
        made = given.petition(f"petition-{number}")
        for copy in range(2):
            _code, placement = given.board(made, where, f"acdefg{number}{copy}")
            placement.event_id, placement.board = event_id, f"Board {number}"
    session.flush()


def test_a_petition_that_takes_no_signatures_is_not_offered(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    with app.app_context():
        made = transact(lambda: given.petition("another").id)
        both = [made, station.world.petition_id]
        transact(partial(tablets.choose_petitions, station.event_id, both))
    asked = devices.pack(client, station.tablet.token).get_json()["event"]["petitions"]
    assert [one["slug"] for one in asked] == ["another", station.world.slug]
    with app.app_context():
        transact(lambda: petitions.pause(session.get_one(Petition, made)))
    asked = devices.pack(client, station.tablet.token).get_json()["event"]["petitions"]
    assert [one["slug"] for one in asked] == [station.world.slug]


def test_the_count_is_told_and_alone_makes_no_new_pack(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    before = devices.pack(client, station.tablet.token)
    given.sign(client, f"/q/{station.world.code}")
    given.send_mail(app)
    assert client.post(given.link_of(given.mails(app)[0])).status_code == 200
    again = devices.pack(client, station.tablet.token)
    assert before.get_json()["event"]["petitions"][0]["counted"] == 0
    assert again.get_json()["event"]["petitions"][0]["counted"] == 1
    assert again.headers["ETag"] == before.headers["ETag"]
