"""A one-time code makes a tablet ours: once, for ten minutes, for five tries."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.ids import READABLE
from campaign_app.kiosk import enrolling, states, tablets
from campaign_app.kiosk.models import Enrolment, GapReport, Install
from tests.kiosk import devices
from tests.kiosk.stations import Station


def installs(app: Flask, tablet_id: int) -> tuple[int, int]:
    """Count a tablet's installs, and those under which it collects."""
    with app.app_context():
        query = select(func.count(), func.count().filter(Install.ended_at.is_(None)))
        every, current = session.execute(query.where(Install.tablet_id == tablet_id)).one()
        return every, current


def wrong(letters: str) -> str:
    """Change the last letter of a code."""
    return letters[:-1] + READABLE[(READABLE.index(letters[-1]) + 1) % len(READABLE)]


def error(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]  # type: ignore[attr-defined]


def test_a_code_however_it_is_typed_gives_a_token_once(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = devices.tablet(app, station.event_id)
    letters = devices.code(app, tablet)
    first = devices.enrol(client, f" {letters[:4].upper()} - {letters[4:]}")
    assert first.get_json()["tablet"] == {"name": "Tablet 7", "language": "ko"}
    assert devices.pack(client, first.get_json()["token"]).status_code == 200
    assert error(devices.enrol(client, letters)) == (403, "wrong_code")
    assert installs(app, tablet) == (1, 1)


def test_neither_code_nor_token_lies_in_the_database(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = devices.tablet(app, station.event_id)
    letters = devices.code(app, tablet)
    with app.app_context():
        kept = session.scalars(select(Enrolment)).one()
        assert letters not in str(vars(kept))
        assert kept.code_hash != letters.encode()
    token = devices.token(app, client, tablet)
    with app.app_context():
        found = session.scalars(select(Install).where(Install.tablet_id == tablet)).one()
        assert token.encode() != found.token_hash


def test_five_wrong_proofs_end_a_code_even_for_whoever_knows_it(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    letters = devices.code(app, devices.tablet(app, station.event_id))
    for _try in range(enrolling.MOST_TRIES):
        assert error(devices.enrol(client, wrong(letters))) == (403, "wrong_code")
    assert error(devices.enrol(client, letters)) == (403, "too_many_tries")


def test_tries_at_once_are_counted_too(app: Flask, station: Station) -> None:
    letters = devices.code(app, devices.tablet(app, station.event_id))

    def attempt(_number: int) -> str:
        return error(devices.enrol(app.test_client(), wrong(letters)))[1]

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(attempt, range(12)))
    assert sorted(set(said)) == ["too_many_tries", "wrong_code"]
    assert said.count("wrong_code") == enrolling.MOST_TRIES


def test_a_code_is_good_for_ten_minutes(app: Flask, client: FlaskClient, station: Station) -> None:
    letters = devices.code(app, devices.tablet(app, station.event_id))
    now = clock.now()
    with clock.frozen(now + timedelta(minutes=11)):
        assert error(devices.enrol(client, letters)) == (403, "code_expired")
    with clock.frozen(now + timedelta(minutes=9)):
        assert devices.enrol(client, letters).status_code == 200


def test_of_two_tablets_that_know_a_code_one_is_enrolled(app: Flask, station: Station) -> None:
    tablet = devices.tablet(app, station.event_id)
    letters = devices.code(app, tablet)
    with ThreadPoolExecutor(4) as pool:
        clients = [app.test_client() for _number in range(4)]
        answers = list(pool.map(lambda one: devices.enrol(one, letters).status_code, clients))
    assert sorted(answers) == [200, 403, 403, 403]
    assert installs(app, tablet) == (1, 1)


def test_a_second_install_ends_the_first_which_may_still_deliver(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = devices.tablet(app, station.event_id)
    old = devices.token(app, client, tablet)
    new = devices.token(app, client, tablet)
    assert installs(app, tablet) == (2, 1)
    assert devices.pack(client, new).get_json()["state"] == "active"
    assert devices.pack(client, old).get_json()["state"] == "drain_only"


def test_an_install_whose_answer_was_lost_enrols_again_under_its_own_name(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet, install = devices.tablet(app, station.event_id), uuid.uuid4().hex
    lost = devices.token(app, client, tablet, install=install)
    token = devices.token(app, client, tablet, install=install)
    assert installs(app, tablet) == (1, 1)
    assert devices.pack(client, token).status_code == 200
    assert devices.pack(client, lost).status_code == 401


def test_nobody_enrols_under_the_name_of_another_tablets_install(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    install = station.tablet.install.hex
    mine = devices.tablet(app, station.event_id)
    letters = devices.code(app, mine)
    assert error(devices.enrol(client, letters, install=install)) == (403, "wrong_code")
    assert devices.pack(client, station.tablet.token).status_code == 200
    # The code was not used up by that.
    assert devices.enrol(client, letters).status_code == 200


@pytest.mark.parametrize("state", [states.LOST, states.CLOSED])
def test_a_lost_or_closed_tablet_is_enrolled_by_no_code(
    app: Flask, client: FlaskClient, station: Station, state: str
) -> None:
    tablet = devices.tablet(app, station.event_id)
    letters = devices.code(app, tablet)
    devices.put(app, tablet, state)
    assert error(devices.enrol(client, letters)) == (403, "wrong_code")
    with app.app_context(), pytest.raises(enrolling.NotEnrollable):
        transact(partial(enrolling.make_code, tablet))
    devices.put(app, tablet, states.ACTIVE)
    assert devices.enrol(client, devices.code(app, tablet)).status_code == 200


def test_what_an_eviction_took_is_noted_and_never_lowered(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    lost = {"install": station.tablet.install.hex, "event": station.event}
    unknown = {"install": uuid.uuid4().hex, "event": station.event, "next_seq": 9}
    broken = [{"install": "x"}, 7, {**lost, "next_seq": True}, {**lost, "next_seq": -1}]
    for said in (41, 7):
        devices.token(
            app, client, station.tablet_id, lost=[{**lost, "next_seq": said}, unknown, *broken]
        )
    with app.app_context():
        report = session.scalars(select(GapReport).where(GapReport.next_seq > 1)).one()
        assert (report.next_seq, report.held) == (41, {"runs": []})


@pytest.mark.parametrize(
    "said",
    [
        {"code": 12345678},
        {"code": "k7pm"},
        {"code": "k7pm-x3d가"},
        {"install": "no-uuid"},
        {"install": None},
        {"install": "{" * 32},
    ],
)
def test_what_is_no_enrolment_is_refused_in_our_json(
    client: FlaskClient, said: dict[str, object]
) -> None:
    assert error(devices.enrol(client, "k7pmx3da", **said)) == (400, "malformed")


def test_what_is_no_json_is_refused_too(client: FlaskClient) -> None:
    for body in (b"", b"[]", b"\xff", b'"x"', b"null"):
        answer = client.post("/api/v1/kiosk/enrol", data=body, content_type="application/json")
        assert error(answer) == (400, "malformed")


def test_making_a_code_ends_the_one_before(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = devices.tablet(app, station.event_id)
    first, second = devices.code(app, tablet), devices.code(app, tablet)
    assert error(devices.enrol(client, first)) == (403, "wrong_code")
    assert devices.enrol(client, second).status_code == 200


def test_codes_are_forgotten_a_day_after_they_ended(app: Flask, station: Station) -> None:
    devices.code(app, devices.tablet(app, station.event_id))
    with app.app_context():
        with clock.frozen(clock.now() + timedelta(hours=2)):
            assert transact(enrolling.forget_expired) == 0
        with clock.frozen(clock.now() + timedelta(hours=25)):
            assert transact(enrolling.forget_expired) == 1


def test_an_unknown_tablet_gets_no_code(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(enrolling.NotEnrollable):
            transact(partial(enrolling.make_code, 999))
        with pytest.raises(tablets.NoSuchTablet):
            transact(partial(tablets.put_into, 999, states.LOST))
