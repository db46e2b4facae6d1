"""Organisers see what came and what waits, decide with reasons, close reports, bring files in."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events.models import Event
from campaign_app.kiosk import reasons, states
from campaign_app.kiosk.models import GapReport, Install, Intake
from campaign_app.kiosk.models import Tablet as TabletRow
from campaign_app.petitions.models import OrganiserKey
from tests.accounts.people import send, signed_in, token_of
from tests.kiosk import intake
from tests.kiosk.stations import Station
from tests.kiosk.tablet import Tablet

UPLOAD = "/console/kiosk/upload"


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


def page_of(station: Station) -> str:
    return f"/console/kiosk/events/{station.event_id}/report"


def install_of(app: Flask, tablet: Tablet) -> int:
    with app.app_context():
        return session.scalars(select(Install.id).where(Install.uid == tablet.install)).one()


def waiting(app: Flask, station: Station, reason: str) -> str:
    install = install_of(app, station.tablet)
    return f"/console/kiosk/events/{station.event_id}/waiting/{install}/{reason}"


def lost(app: Flask, station: Station) -> None:
    which = update(TabletRow).where(TabletRow.id == station.tablet_id)
    with app.app_context():
        transact(lambda: session.execute(which.values(state=states.LOST)))


def deeds(app: Flask) -> list[tuple[str, object]]:
    with app.app_context():
        session.rollback()
        rows = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.action.in_(("kiosk.discarded", "kiosk.opened_again")))
            .order_by(AuditEntry.id)
        )
        return [(row.action, row.detail["reason"]) for row in rows]


@contextmanager
def after_the_event(app: Flask, station: Station) -> Iterator[None]:
    """Let the event be over since an hour, for everybody."""
    over = clock.now() - timedelta(hours=1)
    began = update(Event).where(Event.id == station.event_id)
    with app.app_context():
        transact(
            lambda: session.execute(began.values(starts_at=over - timedelta(hours=4), ends_at=over))
        )
    yield


def test_the_report_says_where_each_number_is(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    items = [tablet.sign(email="jo@example.org") for _time in range(6)]
    tablet.lose(items[3])
    tablet.lose(items[4])
    tablet.send(client, items[:3])
    tablet.settle({item.id.hex: "stored" for item in items[:3]})
    intake.opened(app, station)
    page = organiser.get(page_of(station)).text
    cells = [
        cell.strip()
        for cell in re.findall(r'<td class="num">([^<]*)</td>', page.split("<tbody>")[1])
    ]
    # collected, received, on the tablet, missing, counted, twice, taken back, waiting, discarded
    assert cells == ["6", "3", "1", "2", "1", "2", "0", "0", "0"]
    assert "no. 4–5" in page
    assert "1 signature is still on it" in page
    assert "The event is not over yet" in page
    assert "Look at the gap reports" in organiser.get(f"/console/events/{station.event_id}").text
    assert "At Yonsei" in organiser.get("/console/kiosk/reports/").text


def test_before_any_tablet_there_is_nothing_to_report(
    organiser: FlaskClient, station: Station
) -> None:
    assert "No tablet yet" in organiser.get(page_of(station)).text
    assert "Nothing is open" in organiser.get("/console/kiosk/reports/").text


def test_reports_close_when_all_is_there_and_else_for_a_written_reason(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    station.tablet.lose(station.tablet.sign())
    station.tablet.send(client)
    close = f"{page_of(station)}/{install_of(app, station.tablet)}/close"
    assert send(organiser, close, why="stolen").status_code == 409  # not over yet
    with after_the_event(app, station):
        assert "No report is complete yet" in followed(
            organiser, send(organiser, f"{page_of(station)}/close")
        )
        refused = send(organiser, close, why=" ")
        assert refused.status_code == 400
        assert "Write down why you close the report" in refused.text
        assert "is closed" in followed(organiser, send(organiser, close, why="stolen <b>"))
    page = organiser.get(page_of(station)).text
    assert "Reason: stolen &lt;b&gt;" in page
    assert "so it is kept until" in page
    with app.app_context():
        assert session.scalars(select(GapReport.closed_why)).one() == "stolen <b>"


def test_complete_reports_close_together(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    station.tablet.sign()
    station.tablet.deliver(client)
    intake.opened(app, station)
    with after_the_event(app, station):
        assert "Close every report that is complete" in organiser.get(page_of(station)).text
        said = followed(organiser, send(organiser, f"{page_of(station)}/close"))
    assert "1 report is closed" in said
    assert "All reports are closed" in organiser.get(f"/console/events/{station.event_id}").text


def followed(organiser: FlaskClient, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return organiser.get(answer.location).text


def test_what_a_lost_tablet_brought_counts_one_by_one_for_a_reason(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    lost(app, station)
    one, two, three = (station.tablet.sign(name=f"Zzyzx {n}") for n in "abc")
    station.tablet.deliver(client)
    address = waiting(app, station, states.FROM_LOST)
    page = organiser.get(address).text
    assert page.count('name="items"') == 3
    assert "Zzyzx" not in page
    assert send(organiser, address, items=[one.id.hex], why="", deed="again").status_code == 400
    assert send(organiser, address, items=[], why="found", deed="again").status_code == 400
    assert send(organiser, address, items=["x"], why="found", deed="again").status_code == 400
    assert intake.counted(app, station) == {}
    answer = send(organiser, address, items=[one.id.hex], why="It was found.", deed="again")
    assert "1 was opened again" in followed(organiser, answer)
    answer = send(organiser, address, items=[two.id.hex], why="A prank.", deed="discard")
    assert "1 is discarded" in followed(organiser, answer)
    assert intake.state(app, one) == "counted"
    assert intake.state(app, two) == "discarded: from_lost"
    assert intake.state(app, three) == "quarantined: from_lost"
    with app.app_context():
        assert session.get_one(Intake, two.id).sealed is None
    assert deeds(app) == [
        ("kiosk.opened_again", "It was found."),
        ("kiosk.discarded", "A prank."),
    ]
    assert intake.counted(app, station) == {"no_mailbox": 1}


def test_all_of_a_lost_tablet_counts_at_once_for_a_reason(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    lost(app, station)
    for _batch in range(5):
        for _signer in range(50):
            station.tablet.sign()
        station.tablet.deliver(client)
    address = waiting(app, station, states.FROM_LOST)
    answer = send(organiser, address, all="y", why="It was found.", deed="again")
    assert "250 were opened again" in followed(organiser, answer)
    assert intake.counted(app, station) == {"no_mailbox": 250}


def test_what_waits_for_a_key_is_tried_again_without_a_reason_and_discarded_only_with_one(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign()
    station.tablet.deliver(client)
    with app.app_context():
        transact(lambda: session.execute(update(OrganiserKey).values(retired_at=clock.now())))
    intake.opened(app, station)
    address = waiting(app, station, states.TOO_FEW_KEYS)
    again = {"items": [item.id.hex], "why": "", "deed": "again"}
    assert "1 waits still, for the same reason" in followed(
        organiser, send(organiser, address, **again)
    )
    assert send(organiser, address, **again | {"deed": "discard"}).status_code == 400
    with app.app_context():
        transact(lambda: session.execute(update(OrganiserKey).values(retired_at=None)))
    assert "1 was opened again" in followed(organiser, send(organiser, address, **again))
    assert intake.state(app, item) == "counted"
    assert "Nothing waits" in organiser.get(address).text


def test_what_came_after_closing_is_forgotten_once_it_is_decided(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    station.tablet.send(client)
    with after_the_event(app, station):
        send(organiser, f"{page_of(station)}/close")
        late, prank = station.tablet.sign(), station.tablet.sign()
        station.tablet.deliver(client)
        address = waiting(app, station, states.AFTER_CLOSING)
        send(organiser, address, items=[late.id.hex], why="It was in the bag.", deed="again")
        send(organiser, address, items=[prank.id.hex], why="A prank.", deed="discard")
    assert intake.counted(app, station) == {"no_mailbox": 1}
    with app.app_context():
        assert session.scalars(select(Intake.id)).all() == []
        numbers = session.scalars(select(GapReport.numbers)).one() or {}
        assert (numbers["late_counted"], numbers["late_discarded"]) == (1, 1)


def test_every_reason_has_words_and_says_what_to_do(
    app: Flask, organiser: FlaskClient, station: Station
) -> None:
    assert set(reasons.OF_REASON) == set(states.REASONS)
    assert organiser.get(waiting(app, station, "no_reason")).status_code == 404
    for reason in states.REASONS:
        assert organiser.get(waiting(app, station, reason)).status_code == 200


# The sealed file


def exported(tablet: Tablet, **changes: object) -> bytes:
    """Write what the tablet's volunteer downloads."""
    facts: dict[str, object] = {
        "format": "lantern-kiosk-export",
        "protocol": 1,
        "exported_at": "2026-11-22T09:15:00.000Z",
        "shell": "test",
        "installs": [
            {
                "install": tablet.install.hex,
                "reports": [
                    {"event": tablet.event, "next_seq": tablet.next_seq, "held": tablet.runs()}
                ],
                "items": [item.as_json() for item in tablet.held],
            }
        ],
    }
    return json.dumps(facts | changes).encode()


def bring(organiser: FlaskClient, content: bytes) -> TestResponse:
    sent = {"csrf_token": token_of(organiser), "file": (BytesIO(content), "tablet.json")}
    return organiser.post(UPLOAD, data=sent)


def figures(answer: TestResponse) -> list[int]:
    return [int(found) for found in re.findall(r"<dd>(\d+)</dd>", answer.text)]


def test_a_sealed_file_is_stored_as_often_as_it_is_brought_and_counts_once(
    app: Flask, client: FlaskClient, organiser: FlaskClient, station: Station
) -> None:
    for _signer in range(120):
        station.tablet.sign()
    content = exported(station.tablet)
    assert figures(bring(organiser, content)) == [120, 0]
    assert figures(bring(organiser, content)) == [0, 120]
    assert set(station.tablet.deliver(client).values()) == {"replayed"}
    intake.opened(app, station)
    assert intake.counted(app, station) == {"no_mailbox": 120}
    page = organiser.get(page_of(station)).text
    assert "Tablet 3" in page


def test_a_file_says_no_sign_of_life_and_what_is_wrong_in_it_is_refused_alone(
    app: Flask, organiser: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    good = tablet.sign()
    bad = good.as_json() | {"id": uuid.uuid4().hex, "sealed": "?"}
    part = {"install": tablet.install.hex, "items": [good.as_json(), bad]}
    assert figures(bring(organiser, exported(tablet, installs=[part]))) == [1, 0, 1]
    with app.app_context():
        report = session.scalars(select(GapReport)).one()
        assert (report.next_seq, report.heard_at) == (2, None)
    stranger = {"install": uuid.uuid4().hex, "items": [good.as_json()]}
    assert (
        "does not know the tablet" in bring(organiser, exported(tablet, installs=[stranger])).text
    )


def test_a_file_of_a_lost_or_closed_tablet_waits(
    app: Flask, organiser: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign()
    lost(app, station)
    bring(organiser, exported(station.tablet))
    assert intake.state(app, item) == "quarantined: from_lost"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff\xfe", b'{"format": "lantern-kiosk-export", "protocol": 2, "installs": []}',
     b'{"format": "lantern-kiosk-export", "protocol": 1, "installs": [{"install": "x"}]}'],
)  # fmt: skip
def test_what_is_no_file_of_a_tablet_is_refused(
    organiser: FlaskClient, station: Station, content: bytes
) -> None:
    answer = bring(organiser, content)
    assert answer.status_code == 400
    assert "not a file that a tablet wrote" in answer.text


def test_only_organisers_come_in_and_only_with_the_token_of_the_form(
    app: Flask, organiser: FlaskClient, station: Station
) -> None:
    viewer = signed_in(app, "viewer", name="Vi")
    for address in (page_of(station), UPLOAD, "/console/kiosk/reports/"):
        assert viewer.get(address).status_code == 404
    assert organiser.post(f"{page_of(station)}/close").status_code == 400
    assert organiser.get("/console/kiosk/events/999/report").status_code == 404
