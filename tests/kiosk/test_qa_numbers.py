"""What lists and reports call signed is what people signed, and a file that came is not called silence."""

import json
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.kiosk import overview
from tests.accounts.people import signed_in, token_of
from tests.kiosk import intake
from tests.kiosk.stations import Station

UPLOAD = "/console/kiosk/upload"


def a_file(station: Station) -> bytes:
    """Write what the tablet's volunteer saves."""
    tablet = station.tablet
    part = {
        "install": tablet.install.hex,
        "reports": [{"event": tablet.event, "next_seq": tablet.next_seq, "held": tablet.runs()}],
        "items": [item.as_json() for item in tablet.held],
    }
    facts = {"format": "lantern-kiosk-export", "protocol": 1, "shell": "test", "installs": [part]}
    return json.dumps(facts).encode()


def numbers(app: Flask, station: Station) -> overview.Numbers:
    with app.app_context():
        line = overview.line(station.tablet_id)
        assert line is not None
        return line.numbers


def test_a_void_is_no_signature_to_whoever_looks_after_tablets(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.sign()
    taken_back = station.tablet.sign()
    station.tablet.void(taken_back)
    station.tablet.deliver(client)
    intake.opened(app, station)
    # As the tablet itself says it: two signed, and one of them taken back.
    assert numbers(app, station) == overview.Numbers(collected=2, safe=2)


def test_the_report_tells_a_tablet_whose_file_came_from_one_that_said_nothing(
    app: Flask, station: Station
) -> None:
    organiser = signed_in(app, "organiser")
    report = f"/console/kiosk/events/{station.event_id}/report"
    station.tablet.sign()
    sent = {"csrf_token": token_of(organiser), "file": (BytesIO(a_file(station)), "t.json")}
    answer = organiser.post(UPLOAD, data=sent)
    assert answer.status_code == 200
    page = organiser.get(report).text
    assert "Only its sealed file came" in page
    assert "never said anything" not in page
