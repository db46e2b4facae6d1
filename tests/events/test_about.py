"""What the page of an event says, the night of a concert, and what follows when the date moves."""

from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, concerts, services
from campaign_app.events.changing import Elsewhere
from campaign_app.events.concerts import Set
from campaign_app.events.facts import EventFacts
from campaign_app.events.models import Event
from tests.accounts import people
from tests.events.planned import SATURDAY, exit_of, gated, nations, stall

Answer = TypeVar("Answer")
NIGHT = {
    "access_ko": "휠체어석 열 자리",
    "access_en": "Ten wheelchair seats",
    "cause_en": "Shelter for three families",
    "doors": "17:00",
    "curfew": "00:30",
    "acts-0-name": "새벽", "acts-0-stage": "Main", "acts-0-starts": "19:00", "acts-0-ends": "19:40",
    "acts-1-name": "The Lanterns", "acts-1-stage": "Main",
    "acts-1-starts": "18:00", "acts-1-ends": "18:45",
    "acts-2-name": "Last & Least", "acts-2-stage": "Yard",
    "acts-2-starts": "23:30", "acts-2-ends": "00:15",
}  # fmt: skip


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(SATURDAY):
        yield


def apart(ask: Callable[[], Answer]) -> Answer:
    """Ask as a browser does: at this time, without the test's own context."""
    session.rollback()
    now = clock.now()

    def asking() -> Answer:
        with clock.frozen(now):
            return ask()

    return Context().run(asking)


def signed_in(app: Flask, role: str) -> FlaskClient:
    return apart(lambda: people.signed_in(app, role))


def send(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    return apart(lambda: people.send(client, address, **fields))


def text(client: FlaskClient, address: str) -> str:
    return apart(lambda: client.get(address)).text


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


def concert(**changes: Any) -> Event:
    said: dict[str, Any] = {"kind": "concert", "titles": {"en": "Songs for the camps"}}
    times = ("2026-12-05T18:00", "2026-12-06T00:30")
    return stall(exit_of("8"), *times, **(said | changes))


def page_of(event: Event) -> str:
    return f"/console/events/{event.id}/concert"


def public_page(client: FlaskClient, event: Event) -> str:
    gated(event)
    transact(lambda: changing.confirm(event.id))
    return text(client, f"/en/events/{event.letters}")


def test_a_concert_is_told_whole_and_in_order_of_time(
    organiser: FlaskClient, client: FlaskClient
) -> None:
    made = concert()
    assert send(organiser, page_of(made), **NIGHT).status_code == 302
    page = public_page(client, made)
    assert "Ten wheelchair seats" in page
    assert "Shelter for three families" in page
    assert "Doors open at" in page
    order = [page.index(name) for name in ("The Lanterns", "새벽", "Last &amp; Least")]
    assert order == sorted(order)
    session.rollback()
    kept = session.get_one(Event, made.id)
    assert (kept.doors_local, kept.curfew_local) == ("2026-12-05T17:00", "2026-12-06T00:30")
    last = concerts.line_up(made.id)[-1]
    assert (last.starts_local, last.ends_local) == ("2026-12-05T23:30", "2026-12-06T00:15")
    again = text(organiser, page_of(made))
    assert 'value="23:30"' in again
    assert again.count("acts-") > 6 * 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"doors": "18:30"}, "The doors must open before it begins."),
        ({"curfew": "23:00"}, "It ends later than it may."),
        ({"acts-1-ends": ""}, "Say from when until when “The Lanterns” plays."),
        ({"acts-1-starts": "12:00"}, "“The Lanterns” plays outside of the event."),
        ({"acts-1-ends": "17:59"}, "“The Lanterns” plays outside of the event."),
        ({"acts-1-ends": "19:15"}, "“새벽” begins before the act before it ends."),
        ({"acts-0-name": "x" * 121}, "This is too long."),
        ({"access_en": "x" * 1501}, "Please write 1,500 letters at most."),
    ],
)
def test_a_night_that_cannot_be_is_refused_in_words_and_nothing_is_lost(
    organiser: FlaskClient, changes: dict[str, str], told: str
) -> None:
    made = concert()
    answer = send(organiser, page_of(made), **(NIGHT | changes))
    assert answer.status_code == 400
    assert told in answer.text
    assert "Shelter for three families" in answer.text
    assert concerts.line_up(made.id) == []


def test_two_stages_may_play_at_once(organiser: FlaskClient) -> None:
    made = concert()
    both = NIGHT | {"acts-1-stage": "Yard", "acts-1-ends": "19:15"}
    assert send(organiser, page_of(made), **both).status_code == 302


def test_an_act_is_taken_out_by_emptying_its_name(organiser: FlaskClient) -> None:
    made = concert()
    send(organiser, page_of(made), **NIGHT)
    send(organiser, page_of(made), **(NIGHT | {"acts-0-name": " "}))
    session.rollback()
    assert [act.name for act in concerts.line_up(made.id)] == ["The Lanterns", "Last & Least"]


def test_only_a_concert_has_a_line_up(organiser: FlaskClient, client: FlaskClient) -> None:
    made = stall(exit_of("8"))
    assert send(organiser, page_of(made)).status_code == 404
    assert send(organiser, "/console/events/999/concert").status_code == 404
    assert "line-up" not in public_page(client, made)


@pytest.mark.parametrize("page", ["about", "concert"])
def test_who_may_only_look_finds_no_such_page(app: Flask, page: str) -> None:
    made, viewer = concert(), signed_in(app, "viewer")
    address = f"/console/events/{made.id}/{page}"
    assert "Ten wheelchair" not in text(viewer, address)
    assert send(viewer, address, **NIGHT).status_code == 404


def test_any_event_says_what_it_is_about(organiser: FlaskClient, client: FlaskClient) -> None:
    made = stall(exit_of("8"))
    said = {"summary_en": "Sign with us.", "find_en": "The blue tent.", "capacity": "40"}
    address = f"/console/events/{made.id}/about"
    assert send(organiser, address, **said).status_code == 302
    page = public_page(client, made)
    assert "Sign with us." in page
    assert "The blue tent." in page
    assert "Sign with us." in text(organiser, address)
    refused = send(organiser, address, **(said | {"capacity": "0"}))
    assert refused.status_code == 400
    assert "Write a number from 1 up." in refused.text


def test_words_put_right_later_tell_calendars_that_something_changed(
    organiser: FlaskClient, client: FlaskClient
) -> None:
    made = stall(exit_of("8"))
    public_page(client, made)
    sequence, address = made.sequence, f"/console/events/{made.id}/about"
    with clock.frozen(SATURDAY + timedelta(minutes=30)):
        send(organiser, address, summary_en="Sign with us.")
    feed = text(client, "/en/calendar.ics")
    assert "LAST-MODIFIED:20261114T020000Z" in feed
    assert f"SEQUENCE:{sequence}\r\n" in feed
    with clock.frozen(SATURDAY + timedelta(minutes=40)):
        send(organiser, address, summary_en="Sign with us.")
    assert text(client, "/en/calendar.ics") == feed


def test_putting_the_title_right_leaves_what_the_page_says(organiser: FlaskClient) -> None:
    made = concert()
    send(organiser, page_of(made), **NIGHT)
    facts = EventFacts(
        location_id=made.location_id, kind="concert", titles={"en": "Songs"},
        starts_local=made.starts_local, ends_local=made.ends_local,
    )  # fmt: skip
    changed = transact(lambda: services.change_event(made.id, facts))
    assert changed.titles["en"] == "Songs"
    assert changed.causes == {"en": "Shelter for three families"}
    assert changed.doors_local == "2026-12-05T17:00"


def test_doors_and_sets_follow_when_the_date_moves(organiser: FlaskClient) -> None:
    made = concert()
    send(organiser, page_of(made), **NIGHT)
    gated(made)
    transact(lambda: changing.confirm(made.id))
    transact(lambda: changing.move(made.id, Elsewhere(starts_local="2026-12-12T19:00")))
    session.rollback()
    kept = session.get_one(Event, made.id)
    assert (kept.doors_local, kept.curfew_local) == ("2026-12-12T18:00", "2026-12-13T01:30")
    assert concerts.line_up(made.id)[0].starts_local == "2026-12-12T19:00"


def test_a_time_that_the_clock_skips_on_the_new_day_is_told_an_hour_later() -> None:
    made = stall(nations(), "2027-03-27T02:00", "2027-03-27T05:00", kind="concert")
    sets = [Set("Night", "", "2027-03-27T02:30", "2027-03-27T03:15")]
    transact(lambda: concerts.write_line_up(made.id, sets))
    later = Elsewhere(starts_local="2027-03-28T01:30", ends_local="2027-03-28T05:00")
    transact(lambda: changing.move(made.id, later))
    (act,) = concerts.line_up(made.id)
    assert (act.starts_local, act.ends_local) == ("2027-03-28T03:00", "2027-03-28T03:45")
