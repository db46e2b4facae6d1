"""The first page: what happens now, in numbers that stay fresh, and what is wrong."""

import json
import re
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.audit import services as audit
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.petitions import services, tally
from campaign_app.petitions.models import OrganiserKey, Petition
from campaign_app.petitions.signing_models import Pace
from tests import given
from tests.dashboard.stalls import HOUR, NOW, Stalls


def live(page: str) -> dict[str, str]:
    """Read the numbers that the page keeps fresh."""
    return dict(re.findall(r'data-live="([^"]+)">([^<]*)<', page))


def numbers(answer: Any) -> dict[str, str]:
    return dict(json.loads(answer.text)["numbers"])


def test_today_shows_the_whole_the_day_and_the_awaited(viewer: FlaskClient, built: Stalls) -> None:
    shown = live(viewer.get("/console/").text)
    name = f"p{built.petition}"
    assert shown[f"{name}-counted"] == "100"
    assert shown[f"{name}-awaiting"] == "9"
    # From midnight in Seoul, wherever they stood: 34 there, 12 and 8 in Geneva.
    assert shown[f"{name}-today"] == "54"


def test_a_day_begins_at_midnight_by_the_petitions_clocks(
    app: Flask, viewer: FlaskClient, built: Stalls
) -> None:
    """It is 15 o'clock in Seoul; in Geneva that midnight was an afternoon."""
    for hour, today in ((HOUR - 16, "54"), (HOUR - 15, "57")):
        sign(app, (built.petition, built.abroad, hour, "fr", "CH", "confirmed", 3))
        assert live(viewer.get("/console/").text)[f"p{built.petition}-today"] == today


def sign(app: Flask, row: tuple[int, int, int, str, str, str, int]) -> None:
    with app.app_context():
        db.transact(lambda: tally.add([row]))


def test_pace_counts_what_was_sent_in_the_last_quarters(
    app: Flask, viewer: FlaskClient, built: Stalls
) -> None:
    now = int(NOW.timestamp()) // 900  # 15:20 lies in the quarter that began at 15:15
    with app.app_context():

        def write() -> None:
            for quarter, taken in ((now, 3), (now - 1, 5), (now - 4, 7), (now - 5, 11)):
                session.add(
                    Pace(petition_id=built.petition, placement_id=0, quarter=quarter, taken=taken)
                )

        db.transact(write)
    page = viewer.get("/console/").text
    assert live(page)[f"p{built.petition}-quarter"] == "8"
    assert live(page)[f"p{built.petition}-hour"] == "15"
    assert "Sent since 3:00\u202fPM" in page
    assert "Sent since 2:15\u202fPM" in page


def test_boards_of_todays_event_are_counted(viewer: FlaskClient, built: Stalls) -> None:
    page = viewer.get("/console/").text
    shown = live(page)
    assert "Autumn stall" in page
    assert "=First stall" not in page
    assert "running now" in page
    assert (shown[f"b{built.today}-counted"], shown[f"b{built.today}-awaiting"]) == ("34", "5")
    assert shown[f"e{built.event}-counted"] == "34"


def test_only_open_petitions_are_shown(app: Flask, viewer: FlaskClient, built: Stalls) -> None:
    with app.app_context():

        def pause() -> None:
            petition = session.get(Petition, built.petition)
            assert petition
            services.pause(petition)

        db.transact(pause)
    page = viewer.get("/console/").text
    assert f"p{built.petition}-counted" not in live(page)
    assert "No petition is open" in page


def test_an_empty_house_says_what_will_be_here(organiser: FlaskClient) -> None:
    page = organiser.get("/console/").text
    assert "First steps" in page
    assert "/console/petitions/new" in page


# What is wrong


def test_a_difference_of_the_recount_is_shouted_for_a_night(
    app: Flask, viewer: FlaskClient, built: Stalls
) -> None:
    assert "different number" not in viewer.get("/console/").text
    with app.app_context():
        subject = f"petition:{built.petition}"
        db.transact(lambda: audit.record("tally.differs", subject, tally=1, recount=2))
    assert "different number" in viewer.get("/console/").text
    with clock.frozen(NOW + timedelta(hours=31)):
        assert "different number" not in viewer.get("/console/").text


def test_fewer_than_two_keys_are_mentioned(app: Flask, viewer: FlaskClient, built: Stalls) -> None:
    assert "fewer than two" not in viewer.get("/console/").text
    with app.app_context():

        def retire() -> None:
            key = session.query(OrganiserKey).first()
            assert key
            key.retired_at = clock.now()

        db.transact(retire)
    assert "fewer than two" in viewer.get("/console/").text


# Live numbers


def test_the_live_numbers_are_those_of_the_page(viewer: FlaskClient, built: Stalls) -> None:
    shown = live(viewer.get("/console/").text)
    told = numbers(viewer.get("/console/today.json"))
    assert shown
    assert shown.items() <= told.items()


def test_nothing_new_costs_no_bytes(app: Flask, viewer: FlaskClient, built: Stalls) -> None:
    first = viewer.get("/console/today.json")
    etag = first.headers["ETag"]
    again = viewer.get("/console/today.json", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context():
        row = (built.petition, built.today, HOUR, "ko", "KR", "confirmed", 1)
        db.transact(lambda: tally.add([row]))
    news = viewer.get("/console/today.json", headers={"If-None-Match": etag})
    assert news.status_code == 200
    assert numbers(news)[f"b{built.today}-counted"] == "35"
    assert news.headers["Cache-Control"] == "no-store"


def test_the_drawing_comes_with_the_numbers(viewer: FlaskClient, built: Stalls) -> None:
    drawn = json.loads(viewer.get("/console/today.json").text)["drawn"]
    page = viewer.get("/console/").text
    svg = drawn[f"p{built.petition}-hours"]
    assert "<svg" in svg
    assert re.sub(r"\s+", "", svg) in re.sub(r"\s+", "", page)


def test_two_petitions_stand_side_by_side(app: Flask, viewer: FlaskClient, built: Stalls) -> None:
    with app.app_context():
        other = db.transact(lambda: given.petition("no-forced-repatriation")).id
    shown = live(viewer.get("/console/").text)
    assert shown[f"p{built.petition}-counted"] == "100"
    assert shown[f"p{other}-counted"] == "0"
