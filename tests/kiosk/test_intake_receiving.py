"""What a tablet delivers is on disk before it hears so; each item has a result of its own."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.kiosk import expecting, receiving, states
from campaign_app.kiosk.models import GapReport, Install, Intake, TabletShift
from campaign_app.kiosk.models import Tablet as TabletRow
from campaign_app.outbox.models import OutboxRow
from tests.kiosk import intake, stations
from tests.kiosk.stations import Station
from tests.kiosk.tablet import BATCH, Item, Tablet, moment, signature


def into(app: Flask, station: Station, state: str) -> None:
    """Bring the tablet into a state."""
    which = update(TabletRow).where(TabletRow.id == station.tablet_id)
    with app.app_context():
        transact(lambda: session.execute(which.values(state=state)))


def stored(app: Flask) -> int:
    """Count the envelopes on the server."""
    with app.app_context():
        session.rollback()
        return session.scalar(select(func.count()).select_from(Intake)) or 0


def report(app: Flask, station: Station) -> GapReport:
    """Read what the server knows of the tablet's numbers."""
    with app.app_context():
        session.rollback()
        return session.scalars(
            select(GapReport).where(GapReport.event_id == station.event_id)
        ).one()


def test_what_is_stored_once_is_replayed_for_ever_after(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    items = [tablet.sign(), tablet.sign()]
    for result in ("stored", "replayed", "replayed"):
        answer = tablet.send(client, items)
        assert answer.get_json()["results"] == {item.id.hex: result for item in items}
    assert stored(app) == 2


def test_an_answer_says_whose_it_is_what_time_it_is_and_what_the_tablet_may_do(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    answer = station.tablet.send(client, batch_id="ab" * 16)
    assert answer.content_type == "application/json"
    said = answer.get_json()
    assert (said["protocol"], said["batch_id"], said["state"]) == (1, "ab" * 16, "active")
    assert said["results"] == {}
    assert said["server_time"][:10] == clock.today().isoformat()
    assert "Set-Cookie" not in answer.headers
    into(app, station, states.DRAIN_ONLY)
    assert station.tablet.send(client).get_json()["state"] == "drain_only"


def test_the_same_name_or_number_with_other_bytes_is_a_conflict_and_the_first_stays(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    first = tablet.sign()
    assert tablet.deliver(client) == {first.id.hex: "stored"}
    other_bytes = tablet.sealed(signature(tablet.paper), seq=1, item=first.id)
    other_name = tablet.sealed(signature(tablet.paper), seq=1)
    other_number = Item(first.id, first.event, first.kid, 7, first.sealed)
    for item in (other_bytes, other_name, other_number):
        answer = tablet.send(client, [item])
        assert answer.get_json()["results"] == {item.id.hex: "conflict"}
    with app.app_context():
        assert session.scalars(select(Intake.sealed)).all() == [first.sealed]


def test_a_name_that_another_tablet_used_is_a_conflict(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    _number, other = stations.another(app, station)
    item = station.tablet.sign()
    station.tablet.deliver(client)
    assert other.send(client, [item]).get_json()["results"] == {item.id.hex: "conflict"}


def test_of_two_envelopes_of_one_number_in_one_batch_only_one_is_stored(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    one, two = (tablet.sealed(signature(tablet.paper), seq=1) for _time in range(2))
    twin = tablet.sealed(signature(tablet.paper), seq=2, item=one.id)
    results = tablet.send(client, [one, two]).get_json()["results"]
    assert sorted(results.values()) == ["conflict", "stored"]
    assert tablet.send(client, [one, twin]).get_json()["results"] == {one.id.hex: "conflict"}
    assert stored(app) == 1


POISON = (
    {"seq": 0},
    {"seq": "1"},
    {"seq": 2**31},
    {"seq": True},
    {"sealed": "?"},
    {"sealed": ""},
    {"sealed": "A" * 4 * 4000},
    {"sealed": None},
    {"kid": "x"},
    {"event": "\0"},
    {"event": str(uuid.uuid4())},
)


def test_a_poisoned_item_is_refused_alone(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    good = tablet.sign()
    bad = [tablet.sealed(signature(tablet.paper)).as_json() | wrong for wrong in POISON]
    nameless = [{"id": None}, {"id": "../etc"}, "item", 7, None]
    answer = tablet.send(client, [good, *bad, *nameless])  # type: ignore[list-item]
    wanted = {item["id"]: "refused" for item in bad} | {good.id.hex: "stored"}
    assert answer.get_json()["results"] == wanted
    assert stored(app) == 1


def test_garbage_of_the_right_size_is_stored_and_waits_in_quarantine(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    good, item = tablet.sign(), tablet.sealed(signature(tablet.paper), seq=2)
    garbage = Item(item.id, item.event, item.kid, 2, bytes(len(item.sealed)))
    results = tablet.send(client, [garbage, good]).get_json()["results"]
    assert set(results.values()) == {"stored"}
    intake.opened(app, station)
    assert intake.state(app, garbage) == "quarantined: cannot_open"
    assert intake.state(app, good) == "counted"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "bad_request"),
        (b"\xff", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b"[" * 5000, 400, "bad_request"),
        (b'{"protocol": 2, "batch_id": "%s", "items": []}' % (b"ab" * 16), 400, "bad_request"),
        (b'{"protocol": 1, "batch_id": "x", "items": []}', 400, "bad_request"),
        (b'{"protocol": 1, "batch_id": "%s"}' % (b"ab" * 16), 400, "bad_request"),
        (b" " * (1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_what_is_no_batch_is_refused_in_our_json(
    client: FlaskClient, station: Station, body: bytes, status: int, error: str
) -> None:
    said = {"Authorization": f"Bearer {station.tablet.token}"}
    answer = client.post(BATCH, data=body, headers=said, content_type="application/json")
    assert answer.status_code == status
    assert answer.get_json() == {"protocol": 1, "error": error}


def test_fifty_one_items_are_too_many(client: FlaskClient, station: Station) -> None:
    items = [{"id": uuid.uuid4().hex} for _item in range(51)]
    assert station.tablet.send(client, items).status_code == 413


def test_every_error_below_the_api_is_json_and_none_elsewhere(
    client: FlaskClient, station: Station
) -> None:
    assert station.tablet.token
    lost = client.get("/api/v1/kiosk/nowhere")
    assert (lost.status_code, lost.get_json()["error"]) == (404, "not_found")
    wrong = client.get(BATCH)
    assert (wrong.status_code, wrong.get_json()["error"]) == (405, "not_so")
    foreign = client.post(BATCH, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.get_json()["error"]) == (403, "foreign")
    assert client.get("/nowhere").content_type.startswith("text/html")


def test_a_token_that_is_unknown_or_closed_adds_nothing(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    item = tablet.sign()
    stranger = Tablet(tablet.install, "x" * 43, tablet.event, tablet.key, tablet.paper)
    unknown = stranger.send(client, [item])
    assert (unknown.status_code, unknown.get_json()["error"]) == (401, "device_unknown")
    assert client.post(BATCH, json=tablet.batch([item])).status_code == 401
    into(app, station, states.CLOSED)
    closed = tablet.send(client, [item])
    assert (closed.status_code, closed.get_json()["error"]) == (401, "device_closed")
    assert stored(app) == 0
    assert tablet.held == [item]


def test_a_tablet_that_is_closed_while_its_batch_is_read_adds_nothing(
    app: Flask, client: FlaskClient, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = receiving.take

    def late(*told: object) -> dict[str, str]:
        which = update(TabletRow).where(TabletRow.id == station.tablet_id)
        session.execute(which.values(state=states.CLOSED))
        return take(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(receiving, "take", late)
    assert station.tablet.send(client, [station.tablet.sign()]).status_code == 401
    assert stored(app) == 0


def test_what_a_lost_tablet_delivers_waits_for_an_organiser(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    into(app, station, states.LOST)
    item = station.tablet.sign(name="Mallory")
    answer = station.tablet.send(client, [item]).get_json()
    assert (answer["state"], answer["results"]) == ("lost", {item.id.hex: "stored"})
    intake.opened(app, station)
    assert intake.state(app, item) == "quarantined: from_lost"
    assert intake.counted(app, station) == {}


def test_an_install_of_before_delivers_what_it_holds_and_collects_no_more(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign()
    with app.app_context():
        transact(lambda: session.execute(update(Install).values(ended_at=clock.now())))
    answer = station.tablet.send(client, [item]).get_json()
    assert (answer["state"], answer["results"]) == ("drain_only", {item.id.hex: "stored"})


def test_a_heartbeat_says_what_is_held_and_the_next_number_only_rises(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    for _signer in range(4):
        tablet.sign()
    tablet.send(client)
    heard = report(app, station)
    assert (heard.next_seq, heard.held) == (5, {"runs": [[1, 4]]})
    tablet.next_seq, tablet.held = 2, []
    tablet.send(client)
    assert report(app, station).next_seq == 5
    assert report(app, station).held == {"runs": []}


def test_an_item_alone_raises_the_next_number_too(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    tablet.send(client, [tablet.sealed(signature(tablet.paper), seq=9)], reports=[])
    assert report(app, station).next_seq == 10


def test_runs_that_make_no_sense_are_read_as_far_as_they_do(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    held = [[5, 3], [7, 9], [1, 2], [2, 3], ["a", 1], [0, 4], 8, [900, 999], [10**30, 10**31]]
    said = [{"event": station.event, "next_seq": 9, "held": held}]
    nonsense = [{"event": 7}, {"event": station.event, "next_seq": 0}, None]
    assert station.tablet.send(client, reports=[*said, *nonsense]).status_code == 200
    assert report(app, station).held == {"runs": [[1, 3], [7, 8]]}


@pytest.mark.parametrize("years", [-25, 14])
def test_a_clock_that_is_years_off_is_noted(
    app: Flask, client: FlaskClient, station: Station, years: int
) -> None:
    with clock.frozen(clock.now() + timedelta(days=365 * years)):
        said = moment()
    station.tablet.send(client, sent_at=said)
    offset = report(app, station).clock_offset or 0
    assert abs(offset - 86400 * 365 * years) < 60
    station.tablet.send(client, sent_at="yesterday")
    assert report(app, station).clock_offset is None


def test_a_shift_that_is_told_twice_is_written_once_and_ends_once(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    shift = {
        "id": uuid.uuid4().hex,
        "event": station.event,
        "alias": "Haneul\0",
        "started_at": moment(),
        "ended_at": None,
        "collected": 3,
        "held": 1,
        "battery": 64,
        "handed_over": False,
    }
    ended = shift | {"ended_at": moment(), "collected": 80, "handed_over": True}
    nonsense = shift | {"id": uuid.uuid4().hex, "started_at": "noon"}
    for said in ([shift], [shift], [ended, nonsense, "shift"]):
        assert station.tablet.send(client, shifts=said).status_code == 200
    _number, thief = stations.another(app, station)
    thief.send(client, shifts=[ended | {"collected": 0}])
    with app.app_context():
        row = session.scalars(select(TabletShift)).one()
        assert (row.alias, row.collected, row.handed_over) == ("Haneul", 80, True)
        assert row.ended_at is not None


def test_one_job_waits_for_an_event_however_many_batches_came(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    for _batch in range(3):
        station.tablet.sign()
        station.tablet.deliver(client)
    with app.app_context():
        jobs = session.scalars(
            select(OutboxRow.dedupe).where(OutboxRow.topic == receiving.OPEN_JOB)
        ).all()
    assert jobs == [f"kiosk.open:{station.event_id}"]


def test_an_install_that_may_collect_has_a_gap_report_before_it_says_anything(
    app: Flask, station: Station
) -> None:
    with app.app_context():
        install = session.scalars(select(Install.id)).one()
        for _time in range(2):
            transact(partial(expecting.note, install, station.event_id))
    found = report(app, station)
    assert (found.next_seq, found.heard_at) == (1, None)
