"""Organisers see who stood at a tablet, from when, and what was handed to the next one."""

import html
import re
import uuid
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock
from tests.accounts.people import signed_in
from tests.kiosk.stations import Station


def shift(station: Station, alias: str, **changes: Any) -> dict[str, Any]:
    began = clock.now() - timedelta(minutes=50)
    facts: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "event": station.event,
        "alias": alias,
        "started_at": began.isoformat(),
        "ended_at": None,
    }
    return facts | changes


def rows(app: Flask, station: Station) -> list[list[str]]:
    page = signed_in(app, "organiser").get(f"/console/kiosk/events/{station.event_id}/report")
    assert page.status_code == 200
    table = page.text.partition('id="stood"')[2].partition("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in found]
    return [[html.unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in row] for row in cells]


def test_the_report_says_who_stood_there_and_what_each_handed_on(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    over = {"collected": 80, "held": 2, "battery": 64, "handed_over": True}
    first = shift(station, "Mina <b>", ended_at=clock.now().isoformat(), **over)
    later = (clock.now() - timedelta(minutes=1)).isoformat()
    second = shift(station, "Jun", started_at=later)
    station.tablet.send(client, shifts=[second, first])
    one, two = rows(app, station)
    assert one[:2] == ["Tablet 3", "Mina <b>"]
    assert one[3].endswith("handed to the next one")
    assert one[4:] == ["80", "2", "64 %"]
    assert two[:2] == ["Tablet 3", "Jun"]
    assert two[3:] == ["still on duty", "–", "–", "–"]


def test_the_table_and_its_section_have_names_of_their_own(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.send(client, shifts=[shift(station, "Mina")])
    page = signed_in(app, "organiser").get(f"/console/kiosk/events/{station.event_id}/report")
    assert page.text.count('aria-labelledby="stood"') == 1
    assert 'role="region" aria-label="On duty"' in page.text


def test_a_report_without_shifts_has_no_empty_table(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    station.tablet.send(client)
    assert rows(app, station) == []
