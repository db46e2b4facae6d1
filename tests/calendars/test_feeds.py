"""Feeds: what a calendar is told, and when it is told something new."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, series, services
from campaign_app.events.changing import Elsewhere, Said
from campaign_app.events.facts import LocationFacts, SeriesFacts
from campaign_app.events.models import Event, Location
from tests.asked import questions
from tests.conformance.linter import Component, compare, lint, parsed
from tests.events.planned import SATURDAY, exit_of, gated, nations, stall

FEED = "/en/calendar.ics"


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(SATURDAY):
        yield


def announced(
    place: Location, starts: str = "2026-11-14T14:00", ends: str = "2026-11-14T18:00"
) -> Event:
    made = stall(place, starts, ends)
    gated(made)
    return transact(lambda: changing.confirm(made.id))


def events_in(client: FlaskClient, path: str = FEED) -> list[Component]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert lint(answer.data) == []
    return parsed(answer.data).named("VEVENT")


def test_a_draft_is_never_told(client: FlaskClient) -> None:
    made = stall(exit_of("1"))
    assert events_in(client) == []
    assert client.get(f"/en/events/{made.letters}.ics").status_code == 404


def test_an_announced_date_says_what_when_where_and_how_to_find_out_more(
    client: FlaskClient,
) -> None:
    made = announced(exit_of("8", latitude=37.5299, longitude=126.9648))
    (found,) = events_in(client, "/ko/calendar.ics")
    assert found.one("UID") == made.uid
    assert found.one("SUMMARY") == "토요일 거리 캠페인"
    assert found.one("DTSTART") == "20261114T140000"
    assert [one.params for one in found.own if one.name == "DTSTART"] == [{"TZID": "Asia/Seoul"}]
    assert found.one("LOCATION") == "용산역 8번 출구\\, 서울"
    assert found.one("GEO") == "37.5299;126.9648"
    assert found.one("STATUS") == "CONFIRMED"
    assert found.one("URL").endswith(f"/ko/events/{made.letters}")
    assert found.one("DTSTAMP") == found.one("LAST-MODIFIED") == "20261114T013000Z"


def test_a_feed_is_of_one_city_or_one_place_if_asked(client: FlaskClient) -> None:
    eight, square = exit_of("8"), nations()
    announced(eight)
    announced(square, "2026-12-05T14:00", "2026-12-05T17:00")
    assert len(events_in(client)) == 2
    assert len(events_in(client, f"{FEED}?city=seoul")) == 1
    (found,) = events_in(client, f"{FEED}?place={square.slug}")
    assert found.one("DTSTART") == "20261205T140000"
    for nowhere in ("?city=nowhere", "?place=nowhere", f"?place={exit_of('9').slug}"):
        assert client.get(FEED + nowhere).status_code == 404


def test_one_date_can_be_taken_along(client: FlaskClient) -> None:
    made = announced(exit_of("8"))
    announced(exit_of("1"))
    answer = client.get(f"/fr/events/{made.letters}.ics")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{made.letters}.ics"'
    (found,) = parsed(answer.data).named("VEVENT")
    assert found.one("SUMMARY") == "Stand du samedi"
    assert b"REFRESH-INTERVAL" not in answer.data


def test_the_bare_feed_speaks_the_language_that_is_asked_for(client: FlaskClient) -> None:
    announced(exit_of("8"))
    french = client.get("/calendar.ics", headers={"Accept-Language": "fr"})
    assert "Stand du samedi" in french.text
    assert "Accept-Language" in french.headers["Vary"]
    g.pop("language")  # the test's own context outlives the request
    assert "Saturday stall" in client.get("/calendar.ics").text


Step = Callable[[int], Event]


def steps(other_place: int) -> list[tuple[Step, str]]:
    later, elsewhere = (
        Elsewhere(starts_local="2026-12-12T14:00"),
        Elsewhere(location_id=other_place),
    )
    return [
        (changing.postpone, "TENTATIVE"),
        (lambda number: changing.move(number, later), "CONFIRMED"),
        (lambda number: changing.cancel(number, Said(reason="rain")), "CANCELLED"),
        (changing.resume, "CONFIRMED"),
        (lambda number: changing.move(number, elsewhere), "CONFIRMED"),
        (changing.finish, "CONFIRMED"),
    ]


def test_each_change_is_in_the_feed_after_one_commit_with_a_higher_number(
    client: FlaskClient,
) -> None:
    one, made = exit_of("1").id, announced(exit_of("8"))
    before, uid, event_id = client.get(FEED), made.uid, made.id
    for number, (step, status) in enumerate(steps(one), 2):
        with clock.frozen(SATURDAY + timedelta(hours=number)):
            transact(partial(step, event_id))
            after = client.get(FEED)
        assert list(compare(before.data, after.data)) == []
        assert after.headers["ETag"] != before.headers["ETag"]
        (found,) = parsed(after.data).named("VEVENT")
        said = found.one("UID"), found.one("STATUS"), found.one("SEQUENCE")
        assert said == (uid, status, str(number))
        before = after


def test_the_title_says_what_a_calendar_may_not_show(client: FlaskClient) -> None:
    made = announced(exit_of("8"))
    transact(lambda: changing.postpone(made.id, Said(reason="heat")))
    (found,) = events_in(client)
    assert found.one("SUMMARY") == "Postponed: Saturday stall"
    assert "It is too hot." in found.one("DESCRIPTION")
    assert found.one("TRANSP") == "TRANSPARENT"
    transact(lambda: changing.cancel(made.id))
    (found,) = events_in(client)
    assert found.one("SUMMARY") == "Cancelled: Saturday stall"


def test_what_was_called_off_stays_ninety_days_and_then_goes(client: FlaskClient) -> None:
    made = announced(exit_of("8"))
    transact(lambda: changing.cancel(made.id))
    for days, left in ((1, 1), (89, 1), (91, 0)):
        with clock.frozen(SATURDAY + timedelta(days=days)):
            assert len(events_in(client)) == left


def test_an_unchanged_feed_costs_one_small_answer(client: FlaskClient) -> None:
    announced(exit_of("8"))
    first = client.get(FEED)
    with clock.frozen(SATURDAY + timedelta(days=3)):
        again = client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_word_put_right_is_a_new_feed(client: FlaskClient) -> None:
    made = announced(exit_of("8"))
    number, tag = made.id, client.get(FEED).headers["ETag"]

    def reword() -> None:
        session.get_one(Event, number).titles = {"en": "Saturday stall by the gate"}

    transact(reword)
    answer = client.get(FEED, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "by the gate" in answer.text


def test_a_feed_says_what_it_is_and_travels_packed(client: FlaskClient) -> None:
    announced(exit_of("8"))
    answer = client.get(FEED, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    text = gzip.decompress(answer.data).decode()
    assert "\r\nNAME:" in text
    assert "\r\nX-WR-CALNAME:" in text
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "\r\nX-PUBLISHED-TTL:PT1H\r\n" in text
    assert "METHOD" not in text


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [
        ("2027-03-28T01:30", "2027-03-28T03:30", ["20270328T013000", "20270328T033000"]),
        ("2027-10-31T02:30", "2027-10-31T04:00", ["20271031T023000", "20271031T040000"]),
    ],
)
def test_when_the_clocks_change_the_clock_at_the_place_is_told(
    client: FlaskClient, starts: str, ends: str, shown: list[str]
) -> None:
    announced(nations(), starts, ends)
    (found,) = events_in(client)
    assert [found.one("DTSTART"), found.one("DTEND")] == shown


def test_the_second_of_two_equal_hours_is_told_in_utc(client: FlaskClient) -> None:
    number = announced(nations(), "2027-10-31T01:00", "2027-10-31T04:00").id

    def second() -> None:
        session.get_one(Event, number).starts_at += timedelta(hours=2, minutes=30)

    transact(second)
    (found,) = events_in(client)
    assert (found.one("DTSTART"), found.one("DTEND")) == ("20271031T013000Z", "20271031T030000Z")


def test_a_feed_asks_the_same_few_questions_for_any_number_of_dates(client: FlaskClient) -> None:
    place = exit_of("8")
    announced(place)
    few = asked_of(client)
    for day in range(1, 13):
        made = announced(place, f"2026-12-{day:02}T14:00", f"2026-12-{day:02}T16:00")
        transact(partial(changing.cancel, made.id))
    assert asked_of(client) == few <= 5
    assert len(events_in(client)) == 13


def asked_of(client: FlaskClient) -> int:
    session.remove()
    with questions() as seen:
        client.get(FEED)
    return len(seen)


def test_a_place_without_dates_has_a_feed_that_calendars_accept(client: FlaskClient) -> None:
    slug = announced(exit_of("8")).location.slug
    with clock.frozen(SATURDAY + timedelta(days=120)):
        assert events_in(client, f"{FEED}?place={slug}") == []


def test_what_a_lead_or_an_organiser_noted_is_in_no_feed(client: FlaskClient) -> None:
    one, made = exit_of("1", notes="the guard is called Park"), announced(exit_of("8"))
    said = Said(reason="police", words={"en": "See you at exit 1."}, alias="Swallow")
    transact(lambda: changing.move(made.id, Elsewhere(location_id=one.id), said))
    text = client.get(FEED).text.replace("\r\n ", "")
    assert "See you at exit 1." in text
    assert "Swallow" not in text
    assert "Park" not in text


def test_a_place_put_right_tells_calendars_that_its_coming_dates_changed(
    client: FlaskClient,
) -> None:
    eight = exit_of("8")
    announced(eight)
    said = LocationFacts(**{field: getattr(eight, field) for field in LocationFacts.__slots__})
    with clock.frozen(SATURDAY + timedelta(hours=1)):
        transact(lambda: services.change_location(eight.id, replace(said, notes="windy")))
        (same,) = events_in(client)
        transact(lambda: services.change_location(eight.id, replace(said, exit_number="9")))
        (told,) = events_in(client)
    assert same.one("LAST-MODIFIED") == "20261114T013000Z"
    assert told.one("LAST-MODIFIED") == "20261114T023000Z"
    assert told.one("SEQUENCE") == same.one("SEQUENCE")


def test_new_words_of_a_series_tell_calendars_that_its_dates_changed(client: FlaskClient) -> None:
    facts = SeriesFacts(
        location_id=exit_of("8").id, kind="street_campaign", titles={"en": "Stall"},
        rule="FREQ=MONTHLY;BYDAY=2SA", starts_local="2026-11-14T14:00", minutes=240,
    )  # fmt: skip
    number = transact(lambda: series.add(facts).id)
    first = session.query(Event).order_by(Event.starts_at).first()
    assert first is not None
    row, key = first.id, first.recurrence_key or ""
    gated(first)
    transact(lambda: changing.confirm(row))
    words = replace(facts, titles={"en": "Songs"})
    with clock.frozen(SATURDAY + timedelta(hours=1)):
        transact(lambda: series.change_from(number, key, words))
    (told,) = events_in(client)
    assert told.one("SUMMARY") == "Songs"
    assert told.one("LAST-MODIFIED") == "20261114T023000Z"
