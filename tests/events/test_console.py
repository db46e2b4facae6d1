"""Organisers' pages of places and events."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core.db import session
from campaign_app.events import queries
from campaign_app.events.models import Event, Location
from tests.accounts.people import send, signed_in

PLACE = {
    "name_ko": "용산역 1번 출구",
    "name_en": "Yongsan station, exit 1",
    "city_en": "Seoul",
    "kind": "station",
    "country": "KR",
    "zone": "Asia/Seoul",
    "language": "ko",
    "coordinates": "37.5295, 126.9654",
}


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


def saved_place(organiser: FlaskClient, app: Flask, **changes: str) -> int:
    answer = send(organiser, "/console/places/new", **(PLACE | changes))
    assert answer.status_code == 302, answer.text
    with app.app_context():
        return queries.locations()[-1].id


def event_at(place: int, **changes: object) -> dict[str, object]:
    said: dict[str, object] = {
        "title_en": "Saturday at Yongsan",
        "kind": "street_campaign",
        "location_id": place,
        "campaign_id": 0,
        "starts": "2031-11-15T14:00",
        "ends": "2031-11-15T18:00",
    }
    return said | changes


def test_a_place_is_added_and_put_right(organiser: FlaskClient, app: Flask) -> None:
    assert "No place yet" in organiser.get("/console/places/").text
    row = saved_place(organiser, app)
    page = organiser.get("/console/places/").text
    assert "Yongsan station, exit 1" in page
    form = organiser.get(f"/console/places/{row}").text
    assert "37.5295, 126.9654" in form
    assert "용산역 1번 출구" in form
    answer = send(organiser, f"/console/places/{row}", **(PLACE | {"name_en": "Yongsan, exit 8"}))
    assert answer.status_code == 302
    with app.app_context():
        found = session.get_one(Location, row)
        assert found.names == {"ko": "용산역 1번 출구", "en": "Yongsan, exit 8"}
        assert (found.latitude, found.longitude) == (37.5295, 126.9654)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name_ko": "", "name_en": "  "}, "Write the name of the place in one language."),
        ({"city_en": ""}, "Write the name of the city in one language."),
        ({"country": ""}, "Choose the country of the place."),
        ({"country": "XX"}, "Not a valid choice"),
        ({"zone": "Europe/Atlantis"}, "Not a valid choice"),
        ({"coordinates": "91, 0"}, "Write latitude and longitude like this"),
        ({"coordinates": "nan, nan"}, "Write latitude and longitude like this"),
        ({"coordinates": "here"}, "Write latitude and longitude like this"),
        ({"name_en": "x" * 121}, "Please write 120 letters at most."),
        ({"name_en": "a\x00b"}, "This contains a character that cannot be shown."),
    ],
)
def test_what_is_wrong_with_a_place_is_said_and_nothing_is_lost(
    organiser: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    answer = send(
        organiser,
        "/console/places/new",
        **(
            PLACE
            | {"city_ko": "서울시", "city_en": "Seoul"}
            | changes
            | ({"city_ko": ""} if "city_en" in changes else {})
        ),
    )
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "Asia/Seoul" in answer.text


def test_an_event_is_planned_on_the_clock_of_its_place(organiser: FlaskClient, app: Flask) -> None:
    assert "A place comes first" in organiser.get("/console/events/new").text
    place = saved_place(organiser, app)
    assert send(organiser, "/console/events/new", **event_at(place)).status_code == 302
    page = organiser.get("/console/events/?coming=1").text
    assert "Saturday at Yongsan" in page
    assert 'datetime="2031-11-15T05:00:00+00:00"' in page
    with app.app_context():
        row = session.query(Event).one().id
    assert 'value="2031-11-15T14:00"' in organiser.get(f"/console/events/{row}/edit").text
    later = event_at(place, ends="2031-11-15T19:00")
    assert send(organiser, f"/console/events/{row}/edit", **later).status_code == 302
    assert "2:00\u202fPM – 7:00\u202fPM" in organiser.get(f"/console/events/{row}").text
    assert "Nothing is over yet" in organiser.get("/console/events/?over=1").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title_en": ""}, "Write the title in one language."),
        ({"starts": ""}, "Say when the event starts."),
        ({"ends": "2031-11-15T14:00"}, "The end must come after the start."),
        ({"starts": "nonsense"}, "Not a valid datetime"),
        ({"starts": "0001-01-01T00:00"}, "Choose a year between 1970 and 2199."),
        ({"location_id": 999}, "Not a valid choice"),
        ({"location_id": "9" * 30}, "Not a valid choice"),
        ({"campaign_id": "x"}, "Invalid Choice"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(
    organiser: FlaskClient, app: Flask, changes: dict[str, object], sentence: str
) -> None:
    place = saved_place(organiser, app)
    answer = send(organiser, "/console/events/new", **event_at(place, **changes))
    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_time_that_the_clock_skips_is_refused_at_its_field(
    organiser: FlaskClient, app: Flask
) -> None:
    place = saved_place(organiser, app, zone="Europe/Zurich")
    skipped = event_at(place, starts="2031-03-30T02:30", ends="2031-03-30T05:00")
    answer = send(organiser, "/console/events/new", **skipped)
    assert answer.status_code == 400
    assert "never show 02:30" in answer.text


@pytest.mark.parametrize(("chosen", "hour"), [("0", "00"), ("1", "01")])
def test_of_a_time_shown_twice_the_form_asks_which(
    organiser: FlaskClient, app: Flask, chosen: str, hour: str
) -> None:
    place = saved_place(organiser, app, zone="Europe/Zurich")
    twice = event_at(place, starts="2031-10-26T02:30", ends="2031-10-26T05:00")
    asked = send(organiser, "/console/events/new", **twice)
    assert asked.status_code == 400
    assert "Choose which one is meant." in asked.text
    assert "First: 02:30 CEST" in asked.text
    assert "Second: 02:30 CET" in asked.text
    answer = send(organiser, "/console/events/new", **twice, starts_fold=chosen)
    assert answer.status_code == 302
    with app.app_context():
        event = session.query(Event).one()
        assert event.starts_at.isoformat() == f"2031-10-26T{hour}:30:00+00:00"


PAGES = (
    "/console/places/",
    "/console/events/",
    "/console/events/?month=2031-11",
    "/console/events/?coming=1",
    "/console/events/?over=1&page=2",
    "/console/events/series/",
)
DEEDS = (
    "/console/places/new",
    "/console/places/1",
    "/console/events/new",
    "/console/events/plan",
    "/console/events/1/edit",
    "/console/events/1/copies",
    "/console/events/1/take-off",
    "/console/events/1/confirm",
    "/console/events/1/move",
    "/console/events/series/1/change",
    "/console/events/series/1/rest",
)


def test_a_viewer_sees_and_changes_nothing(app: Flask) -> None:
    viewer = signed_in(app, "viewer")
    for address in PAGES:
        page = viewer.get(address)
        assert page.status_code == 200
        assert "/new" not in page.text
    for address in DEEDS:
        assert viewer.get(address).status_code == 404
        assert send(viewer, address, **PLACE).status_code == 404


def test_who_is_signed_out_is_led_to_the_door(client: FlaskClient) -> None:
    for address in (*PAGES, *DEEDS):
        answer: TestResponse = client.get(address)
        assert answer.status_code == 303
        assert "/console/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("row", ["999", "99999999999999999999", "-1", "x"])
def test_rows_that_are_not_there_are_unknown_addresses(organiser: FlaskClient, row: str) -> None:
    assert organiser.get(f"/console/places/{row}").status_code == 404
    for path in ("events/{0}", "events/{0}/edit", "events/{0}/cancel", "events/series/{0}"):
        assert organiser.get(f"/console/{path.format(row)}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-5", "x", "9" * 40])
def test_a_page_number_that_makes_no_sense_shows_the_first(
    organiser: FlaskClient, page: str
) -> None:
    assert organiser.get(f"/console/events/?over=1&page={page}").status_code == 200
