"""Organisers' form of a place: everything that a stall needs to know, and a photograph."""

import io
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaign_app.core.db import session
from campaign_app.core.files import StoredFile
from campaign_app.events.models import Location
from tests.accounts.people import send, signed_in, token_of

PLACE: Final = {
    "name_en": "Yongsan station, exit 1",
    "name_ko": "용산역 1번 출구",
    "city_en": "Seoul",
    "kind": "station",
    "country": "KR",
    "zone": "Asia/Seoul",
    "language": "ko",
    "coordinates": "37.5295, 126.9654",
    "station_ko": "용산역",
    "station_en": "Yongsan",
    "line_en": "Line 1",
    "exit_number": "1",
    "address_en": "55 Hangang-daero 23-gil, Yongsan-gu",
    "way_en": "Out of the gates, then left.\nThe stairs are steep.",
    "lift_en": "Beside exit 1",
    "toilet_en": "Third floor",
    "indoor": "no",
    "power": "yes",
    "shelter": "",
    "step_free": "yes",
    "capacity": "120",
    "notes": "Weigh the boards down after four.",
}
NEW: Final = "/console/places/new"


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


def kept(app: Flask) -> Location:
    with app.app_context():
        session.rollback()
        return session.scalars(select(Location)).one()


def save(organiser: FlaskClient, app: Flask) -> str:
    assert send(organiser, NEW, **PLACE).status_code == 302
    return f"/console/places/{kept(app).id}"


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Kim Mina at home"
    Image.new("RGB", (3200, 1600), (20, 33, 61)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def give(organiser: FlaskClient, address: str, content: bytes | None, **alts: str) -> TestResponse:
    sent: dict[str, object] = {"csrf_token": token_of(organiser), **alts}
    if content is not None:
        sent["photo"] = (io.BytesIO(content), "home.jpg")
    return organiser.post(f"{address}/photo", data=sent, content_type="multipart/form-data")


def test_all_that_is_said_of_a_place_is_kept_and_shown_again(
    organiser: FlaskClient, app: Flask
) -> None:
    address = save(organiser, app)
    place = kept(app)
    assert (place.stations, place.lines) == ({"ko": "용산역", "en": "Yongsan"}, {"en": "Line 1"})
    assert (place.exit_number, place.capacity) == ("1", 120)
    assert (place.indoor, place.power, place.shelter, place.step_free) == (False, True, None, True)
    assert place.directions["en"].splitlines()[1] == "The stairs are steep."
    assert (place.lifts["en"], place.toilets["en"]) == ("Beside exit 1", "Third floor")
    assert place.notes == "Weigh the boards down after four."
    page = organiser.get(address).text
    for said in ("Hangang-daero", "The stairs are steep.", "Third floor", "용산역", 'value="120"'):
        assert said in page
    assert page.count("<details") == page.count(" open>") == 3


def test_a_new_place_asks_little_at_first(organiser: FlaskClient) -> None:
    page = organiser.get(NEW).text
    assert page.count("<details") == 3
    assert " open>" not in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"capacity": "-1"}, "Write a number up to one million."),
        ({"capacity": "9" * 30}, "Write a number up to one million."),
        ({"capacity": "many"}, "Not a valid integer"),
        ({"exit_number": "1" * 13}, "Please write 12 letters at most."),
        ({"lift_ko": "x" * 301}, "Please write 300 letters at most."),
        ({"way_fr": "x" * 2001}, "Please write 2000 letters at most."),
        ({"power": "perhaps"}, "Not a valid choice"),
        ({"notes": "a\x00b"}, "cannot be shown"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands_in_an_open_group(
    organiser: FlaskClient, wrong: dict[str, str], sentence: str
) -> None:
    few = {
        name: PLACE[name] for name in ("name_en", "city_en", "kind", "country", "zone", "language")
    }
    answer = send(organiser, NEW, **(few | wrong))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert answer.text.count('<details class="group" open>') == 1


def test_a_place_is_found_by_its_station(organiser: FlaskClient, app: Flask) -> None:
    save(organiser, app)
    assert "Yongsan station, exit 1" in organiser.get("/console/search?q=용산역").text


# The photograph


def test_a_photo_is_drawn_anew_and_says_what_it_shows(organiser: FlaskClient, app: Flask) -> None:
    address = save(organiser, app)
    answer = give(organiser, address, picture(), alt_en="Exit 1 in the rain", alt_fr="Sortie 1")
    assert answer.status_code == 303
    place = kept(app)
    assert place.photo_alts == {"en": "Exit 1 in the rain", "fr": "Sortie 1"}
    shown = app.test_client().get(f"/files/{place.photo_id}")
    assert shown.mimetype == "image/jpeg"
    assert b"Kim Mina" not in shown.data
    assert Image.open(io.BytesIO(shown.data)).size == (1600, 800)
    assert 'alt="Exit 1 in the rain"' in organiser.get(address).text


def test_a_photo_without_words_is_no_photo(organiser: FlaskClient, app: Flask) -> None:
    address = save(organiser, app)
    answer = give(organiser, address, picture(), alt_en="  ")
    assert answer.status_code == 400
    assert "Say in one language what the picture shows." in answer.text
    assert "Hangang-daero" in answer.text  # what is known of the place still stands there
    assert kept(app).photo_id is None
    answer = give(organiser, address, None, alt_en="Exit 1")
    assert (answer.status_code, "Choose a picture first." in answer.text) == (400, True)
    answer = give(organiser, address, b"<svg/>", alt_en="Exit 1")
    assert (answer.status_code, "no picture that we can read" in answer.text) == (400, True)


def test_another_photo_replaces_the_first_and_its_words_can_change_alone(
    organiser: FlaskClient, app: Flask
) -> None:
    address = save(organiser, app)
    give(organiser, address, picture(), alt_en="Exit 1")
    first = kept(app).photo_id
    assert give(organiser, address, None, alt_en="Exit 1 at noon").status_code == 303
    assert (kept(app).photo_id, kept(app).photo_alts) == (first, {"en": "Exit 1 at noon"})
    give(organiser, address, picture(), alt_en="Exit 1")
    assert kept(app).photo_id != first
    assert organiser.get(f"/files/{first}").status_code == 404
    assert send(organiser, f"{address}/photo/remove").status_code == 303
    assert (kept(app).photo_id, kept(app).photo_alts) == (None, {})
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_changing_a_place_leaves_its_photo(organiser: FlaskClient, app: Flask) -> None:
    address = save(organiser, app)
    give(organiser, address, picture(), alt_en="Exit 1")
    assert send(organiser, address, **(PLACE | {"capacity": ""})).status_code == 302
    place = kept(app)
    assert place.photo_id is not None
    assert place.capacity is None


def test_only_organisers_set_photos(organiser: FlaskClient, app: Flask) -> None:
    address = save(organiser, app)
    viewer = signed_in(app, "viewer", name="Vera")
    assert give(viewer, address, picture(), alt_en="x").status_code == 404
    assert send(viewer, f"{address}/photo/remove").status_code == 404
    assert give(organiser, "/console/places/999", picture(), alt_en="x").status_code == 404
