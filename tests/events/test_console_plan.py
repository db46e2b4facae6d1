"""Planning months in one form: dates first, then saving, and changing what comes again."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, resting
from campaign_app.events.changing import Elsewhere
from campaign_app.events.models import Event, Series
from tests.accounts.people import send, signed_in
from tests.events.planned import SATURDAY, exit_of, gated, nations

PLAN: Final = "/console/events/plan"


@pytest.fixture(autouse=True)
def on_saturday() -> Iterator[None]:
    with clock.frozen(SATURDAY):
        yield


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    with app.app_context():
        exit_of("1")
        nations()
    return signed_in(app, "organiser")


def said(**changes: Any) -> dict[str, Any]:
    words: dict[str, Any] = {
        "title_en": "Stall",
        "kind": "street_campaign",
        "campaign_id": 0,
        "first": "2026-11-22",
        "until": "2027-02-28",
        "rows": 4,
    }
    for number in range(1, 5):
        words |= line(number, 0)
    return words | line(1, 1) | changes


def line(number: int, place: int, **changes: str) -> dict[str, Any]:
    values = {
        "place": place,
        "often": "2",
        "on": "SA",
        "starts": "14:00",
        "ends": "18:00",
    } | changes
    return {f"{name}_{number}": value for name, value in values.items()}


def seen(page: TestResponse) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def saved(client: FlaskClient, address: str = PLAN, **fields: Any) -> TestResponse:
    """Look at the dates, then save them."""
    shown = send(client, address, **fields, then="look")
    assert shown.status_code == 200, shown.text
    return send(client, address, **fields, then="save", seen=seen(shown))


def days(app: Flask) -> list[str]:
    with app.app_context():
        found = session.scalars(select(Event.starts_local).order_by(Event.starts_local))
        return [local[:10] for local in found]


def test_dates_are_shown_before_anything_is_saved(app: Flask, organiser: FlaskClient) -> None:
    both = said() | line(2, 2, often="day", on="31", starts="22:00", ends="02:00")
    page = send(organiser, PLAN, **both, then="look")
    assert page.status_code == 200
    assert "The second Saturday of each month" in page.text
    assert page.text.count("Saturday, ") == 3
    assert "There is no such day in: November 2026." in page.text
    assert days(app) == []
    answer = saved(organiser, **both)
    assert answer.headers["Location"] == "/console/events/?month=2026-12"
    assert days(app) == ["2026-12-12", "2026-12-31", "2027-01-09", "2027-01-31", "2027-02-13"]
    assert "5 dates are planned." in organiser.get(answer.headers["Location"]).text


def test_only_what_was_looked_at_is_saved(app: Flask, organiser: FlaskClient) -> None:
    shown = send(organiser, PLAN, **said(), then="look")
    other = said() | line(1, 1, often="3")
    answer = send(organiser, PLAN, **other, then="save", seen=seen(shown))
    assert answer.status_code == 200
    assert "The third Saturday of each month" in answer.text
    assert days(app) == []
    assert send(organiser, PLAN, **said(), then="save").status_code == 200
    assert days(app) == []


def test_public_holidays_are_named_and_rest_without_words(
    app: Flask, organiser: FlaskClient
) -> None:
    fourth = said() | line(1, 1, often="4", on="FR")
    page = send(organiser, PLAN, **fourth, then="look")
    assert "Christmas Day" in page.text
    assert saved(organiser, **fourth, rest_1=["2026-12-25"]).status_code == 302
    assert days(app) == ["2026-11-27", "2027-01-22", "2027-02-26"]
    with app.app_context():
        row = session.scalars(select(Series.id)).one()
        assert resting.rests(row) == {"2026-12-25": "Christmas Day"}


def test_any_other_day_of_rest_needs_a_reason(app: Flask, organiser: FlaskClient) -> None:
    page = send(organiser, PLAN, **said(), rest_1=["2027-01-09", "nonsense"], then="look")
    assert page.status_code == 400
    assert "Say why it rests on the days that you ticked." in page.text
    assert saved(organiser, **said(), rest_1=["2027-01-09"], why_1="Exam").status_code == 302
    assert days(app) == ["2026-12-12", "2027-02-13"]
    assert "Exam" in organiser.get("/console/events/series/1").text


def test_an_hour_that_the_clock_skips_is_said(app: Flask, organiser: FlaskClient) -> None:
    night = said(first="2027-03-20", until="2027-04-10") | line(
        1, 2, often="w1", on="SU", starts="02:30", ends="04:00"
    )
    page = send(organiser, PLAN, **night, then="look").text
    assert "The clocks go forward and skip this hour." in page
    assert saved(organiser, **night).status_code == 302
    assert days(app) == ["2027-03-21", "2027-04-04"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title_en": ""}, "Write the title in one language."),
        ({"first": ""}, "Choose the first day."),
        ({"until": "2026-11-01"}, "The last day must come after the first."),
        ({"place_1": 0}, "Choose at least one place."),
        ({"place_1": 99}, "Not a valid choice"),
        ({"on_1": "31"}, "Choose a weekday."),
        ({"often_1": "day"}, "Choose a day of the month."),
        ({"often_1": "w9"}, "Not a valid choice"),
        ({"starts_1": ""}, "Say when the event starts."),
        ({"ends_1": "14:00"}, "The end must come after the start."),
        ({"ends_1": "13:00"}, "The end must come after the start."),
        ({"starts_1": "25:99"}, "Not a valid time"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_at_its_field(
    app: Flask, organiser: FlaskClient, changes: dict[str, Any], sentence: str
) -> None:
    answer = send(organiser, PLAN, **said(**changes), then="save")
    assert answer.status_code == 400
    assert sentence in answer.text
    assert days(app) == []


@pytest.mark.parametrize(("asked", "lines"), [("4", 8), ("8", 12), ("12", 12), ("x", 8), ("", 8)])
def test_more_places_are_one_button_away(organiser: FlaskClient, asked: str, lines: int) -> None:
    page = send(organiser, PLAN, **said(rows=asked), then="more")
    assert page.status_code == 200
    assert page.text.count("<fieldset") == lines
    assert 'value="Stall"' in page.text


def test_a_plan_needs_a_place_first(app: Flask) -> None:
    assert "A place comes first" in signed_in(app, "organiser").get(PLAN).text


def test_this_date_and_the_following_are_changed_after_a_look(
    app: Flask, organiser: FlaskClient
) -> None:
    saved(organiser, **said())
    address = "/console/events/series/1/change"
    page = organiser.get(f"{address}?key=2027-01-09T14:00").text
    assert 'value="2027-02-28"' in page
    one = said(first="2027-01-01", rows=1, key="2027-01-09T14:00") | line(1, 1, often="3")
    shown = send(organiser, address, **one, then="look")
    assert "The third Saturday of each month" in shown.text
    assert days(app) == ["2026-12-12", "2027-01-09", "2027-02-13"]
    answer = send(organiser, address, **one, then="save", seen=seen(shown))
    assert answer.headers["Location"] == "/console/events/series/2"
    assert days(app) == ["2026-12-12", "2027-01-16", "2027-02-20"]
    for nonsense in ("", "x", "2026-11-14T14:00", "~1"):
        assert organiser.get(f"{address}?key={nonsense}").status_code == 404


def test_a_day_of_rest_takes_a_draft_away_and_warns_of_an_announced_one(
    app: Flask, organiser: FlaskClient
) -> None:
    saved(organiser, **said())
    with app.app_context():
        january = session.scalars(
            select(Event).where(Event.starts_local == "2027-01-09T14:00")
        ).one()
        gated(january)
        transact(lambda: changing.confirm(january.id))
    address = "/console/events/series/1/rest"
    assert send(organiser, address, day="2026-12-12", reason="Exam").status_code == 302
    page = organiser.get("/console/events/series/1").text
    assert "Saturday, December 12, 2026" in page
    assert send(organiser, address, day="2027-01-09", reason="Snow").status_code == 302
    assert "announced already" in organiser.get("/console/events/series/1").text
    assert days(app) == ["2027-01-09", "2027-02-13"]
    refused = send(organiser, address, day="", reason="")
    assert refused.status_code == 400
    assert "Choose the day." in refused.text
    assert "Say why." in refused.text


def test_the_list_of_series_says_how_each_comes_again(organiser: FlaskClient) -> None:
    assert "No series yet" in organiser.get("/console/events/series/").text
    saved(organiser, **said())
    page = organiser.get("/console/events/series/").text
    assert "The second Saturday of each month" in page
    assert ">3</td>" in page


def test_a_draft_is_taken_off_and_stands_again_on_demand(
    app: Flask, organiser: FlaskClient
) -> None:
    saved(organiser, **said())
    with app.app_context():
        row = session.scalars(select(Event.id).order_by(Event.starts_at)).all()[0]
    address = f"/console/events/{row}/take-off"
    assert "Nobody but us knows of this draft." in organiser.get(address).text
    assert "Say why." in send(organiser, address).text
    assert send(organiser, address, reason="Too cold").status_code == 302
    assert days(app) == ["2027-01-09", "2027-02-13"]
    page = organiser.get("/console/events/series/1").text
    assert "Too cold" in page
    back = "/console/events/series/1/stand"
    assert send(organiser, back, day="nonsense").status_code == 400
    assert send(organiser, back, day="2026-12-12").status_code == 302
    assert "Too cold" not in organiser.get("/console/events/series/1").text
    assert days(app) == ["2026-12-12", "2027-01-09", "2027-02-13"]
    assert send(organiser, back, day="2026-12-12").status_code == 302
    assert len(days(app)) == 3


def test_what_people_know_of_or_what_holds_things_is_not_taken_off(
    app: Flask, organiser: FlaskClient
) -> None:
    saved(organiser, **said())
    with app.app_context():
        first, second, _third = session.scalars(select(Event).order_by(Event.starts_at)).all()
        gated(first)
        transact(lambda: changing.confirm(first.id))
        transact(lambda: changing.move(second.id, Elsewhere(starts_local="2027-01-10T14:00")))
    public, moved = (f"/console/events/{event.id}/take-off" for event in (first, second))
    assert organiser.get(public).status_code == 404
    assert send(organiser, public, reason="x").status_code == 404
    assert send(organiser, moved, reason="x").status_code == 302
    page = organiser.get(f"/console/events/{second.id}").text
    assert "Something hangs on this date already" in page
    assert days(app) == ["2026-12-12", "2027-01-10", "2027-02-13"]
