"""Organisers' pages: the month by place, one event, and what happens to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, series, slots
from campaign_app.events.facts import SeriesFacts
from campaign_app.events.models import Event, Location
from tests.accounts.people import send, signed_in
from tests.asked import questions
from tests.events.planned import SATURDAY, exit_of, gated, nations, stall

MONTH: Final = "/console/events/?month=2026-11"


@pytest.fixture(autouse=True)
def on_saturday() -> Iterator[None]:
    with clock.frozen(SATURDAY):
        yield


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


@pytest.fixture
def planned(app: Flask) -> int:
    """Plan a stall at exit 1 today; there is an exit 8, too."""
    with app.app_context():
        event = stall(exit_of("1"))
        exit_of("8")
        return event.id


def state(app: Flask, row: int) -> str:
    with app.app_context():
        return session.get_one(Event, row).state


def allow(app: Flask, row: int) -> None:
    with app.app_context():
        gated(session.get_one(Event, row))


def test_a_month_is_shown_by_place_with_states_gates_and_rules(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    with app.app_context():
        place = nations()
        rule = SeriesFacts(
            location_id=place.id, kind="street_campaign", titles={"en": "Week by week"},
            rule="FREQ=WEEKLY;BYDAY=TU", starts_local="2026-11-01T18:00", minutes=90,
        )  # fmt: skip
        transact(lambda: series.add(rule))
    page = organiser.get(MONTH).text
    assert page.index("Place des Nations") < page.index("Yongsan station, exit 1")
    assert page.count("Every week on Tuesday") == 2 * 2  # the 17th and the 24th; title and words
    assert "<b>Sat 14</b>" in page
    assert page.count("Permits wait") == 3
    assert "3 dates are drafts that only we see." in page
    assert "Week by week" not in organiser.get("/console/events/?month=2026-10").text
    assert "November 2026" in organiser.get("/console/events/").text
    for nonsense in ("2026-13", "x", "9999-99", "٢٠٢٦-١١"):
        assert organiser.get(f"/console/events/?month={nonsense}").status_code == 200


def test_a_month_of_500_events_takes_no_more_questions_than_one_of_one(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    few = counted(app, organiser)
    with app.app_context():
        places = [exit_of(str(number)) for number in range(20, 40)]
        transact(lambda: _fill(places))
    assert organiser.get(MONTH).text.count('class="w') > 500
    assert counted(app, organiser) <= few + 1  # the rules of series, of which there were none


def _fill(places: list[Location]) -> None:
    for place in places:
        facts = SeriesFacts(
            location_id=place.id, kind="street_campaign", titles={"en": "Stall"},
            rule="FREQ=WEEKLY;BYDAY=SA", starts_local="2026-11-14T20:00", minutes=60,
        )  # fmt: skip
        one = series.add(facts)
        for number in range(25):
            at = SATURDAY + timedelta(hours=number)
            session.add(
                Event(
                    location_id=one.location_id,
                    kind="street_campaign",
                    titles={"en": "Stall"},
                    starts_local=f"2026-11-{number + 1:02}T10:00",
                    zone=one.zone,
                    starts_at=at,
                    ends_local=f"2026-11-{number + 1:02}T11:00",
                    ends_at=at + timedelta(hours=1),
                )
            )


def counted(app: Flask, client: FlaskClient) -> int:
    with app.app_context(), questions() as seen:
        client.get(MONTH)
    return len(seen)


def test_an_event_is_confirmed_moved_and_cancelled_with_words_for_all(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    address = f"/console/events/{planned}"
    page = organiser.get(address).text
    assert "It can be confirmed when its permits are recorded" in page
    assert "Nothing yet: it stands as it was planned." in page
    assert "volunteers’ chat" not in page
    refused = send(organiser, f"{address}/confirm")
    assert refused.status_code == 302
    assert "The permits of this event still wait." in organiser.get(address).text
    allow(app, planned)
    assert send(organiser, f"{address}/confirm").status_code == 302
    assert state(app, planned) == "confirmed"
    said = {
        "location_id": "2", "starts": "2026-11-14T15:00", "ends": "2026-11-14T18:00",
        "reason": "station", "words_en": "Look for the yellow banner.",
    }  # fmt: skip
    assert 'value="2026-11-14T14:00"' in organiser.get(f"{address}/move").text
    assert send(organiser, f"{address}/move", **said).status_code == 302
    page = organiser.get(address).text
    assert "The station asked us to. Look for the yellow banner." in page
    assert "Saturday stall" in page
    assert "The station asked us" in page
    assert 'lang="ko" readonly' in page
    assert send(organiser, f"{address}/cancel", reason="rain").status_code == 302
    assert state(app, planned) == "cancelled"
    page = organiser.get(address).text
    assert "Today’s event is cancelled. The rain is too heavy." in page
    assert f"{address}/resume" in page
    assert f"{address}/cancel" not in page
    assert send(organiser, f"{address}/resume").status_code == 302
    assert state(app, planned) == "moved"


def test_a_month_is_announced_at_once_where_permits_are_settled(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    announce = "/console/events/confirm-ready"
    assert announce not in organiser.get(MONTH).text
    with app.app_context():
        place = session.get_one(Location, 1)
        settled = [stall(place, f"2026-11-{day}T14:00", f"2026-11-{day}T15:00") for day in (21, 28)]
        past, later = (
            stall(place, f"{day}T09:00", f"{day}T10:00") for day in ("2026-11-13", "2026-12-05")
        )
        for event in (*settled, past, later):
            gated(event, "granted")
    assert "Announce 2 dates whose permits are settled" in organiser.get(MONTH).text
    assert send(organiser, announce, month="2026-11").status_code == 302
    page = organiser.get(MONTH).text
    assert "2 dates are announced." in page
    assert announce not in page
    assert [state(app, event.id) for event in settled] == ["confirmed", "confirmed"]
    assert {state(app, row) for row in (planned, past.id, later.id)} == {"draft"}
    assert send(organiser, announce, month="x").status_code == 404
    assert send(signed_in(app, "viewer", name="Jun"), announce, month="2026-12").status_code == 404
    assert state(app, later.id) == "draft"


def test_late_and_stopped_are_offered_on_the_day(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    address = f"/console/events/{planned}"
    allow(app, planned)
    send(organiser, f"{address}/confirm")
    assert f"{address}/stop" not in organiser.get(address).text
    assert send(organiser, f"{address}/late", starts="2026-11-14T14:30").status_code == 302
    with app.app_context():
        running = stall(session.get_one(Location, 1), "2026-11-14T10:00").id
    allow(app, running)
    address = f"/console/events/{running}"
    send(organiser, f"{address}/confirm")
    assert f"{address}/stop" in organiser.get(address).text
    assert send(organiser, f"{address}/stop", reason="heat").status_code == 302
    assert "Today we ended early" in organiser.get(address).text
    assert state(app, running) == "done"


@pytest.mark.parametrize(
    ("deed", "changes", "sentence"),
    [
        ("move", {"ends": "2026-11-14T13:00"}, "The end must come after the start."),
        ("move", {"starts": ""}, "Say when the event starts."),
        ("move", {"location_id": "99"}, "Not a valid choice"),
        ("postpone", {"reason": "boredom"}, "Not a valid choice"),
        ("cancel", {"words_en": "x" * 301}, "Please write 300 letters at most."),
        ("cancel", {"words_ko": "a\x00b"}, "This contains a character that cannot be shown."),
        ("late", {"starts": "soon"}, "Not a valid datetime"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_happens(
    app: Flask,
    organiser: FlaskClient,
    planned: int,
    deed: str,
    changes: dict[str, str],
    sentence: str,
) -> None:
    allow(app, planned)
    send(organiser, f"/console/events/{planned}/confirm")
    right = {"location_id": "2", "starts": "2026-11-14T15:00", "ends": "2026-11-14T18:00"}
    answer = send(organiser, f"/console/events/{planned}/{deed}", **(right | changes))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert state(app, planned) == "confirmed"


def test_a_deed_that_came_too_late_says_so(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    address = f"/console/events/{planned}"
    assert organiser.get(f"{address}/resume").status_code == 302
    assert send(organiser, f"{address}/cancel").status_code == 302
    assert "This cannot be done with the event as it stands now." in organiser.get(address).text
    assert state(app, planned) == "draft"
    assert organiser.get(f"{address}/dance").status_code == 404
    early = send(organiser, f"{address}/late", starts="2026-11-14T13:00")
    assert early.status_code == 302


def test_the_same_is_planned_at_other_places(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    with app.app_context():
        geneva = nations().id
    address = f"/console/events/{planned}/copies"
    assert "Choose at least one place." in send(organiser, address).text
    answer = send(organiser, address, places=["2", str(geneva)])
    assert answer.headers["Location"] == "/console/events/?month=2026-11"
    with app.app_context():
        first, *made = session.query(Event).order_by(Event.id).all()
        assert [one.location_id for one in made] == [2, geneva]
        assert {one.starts_local for one in made} == {first.starts_local}
        assert {one.state for one in made} == {"draft"}
        assert made[1].starts_at == datetime(2026, 11, 14, 13, tzinfo=UTC)
        assert len({first.uid, *(one.uid for one in made)}) == 3


def test_rooms_above_hang_their_things_on_an_event(
    organiser: FlaskClient, planned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        slots.CONSOLE, "test", lambda event: Markup("<p>Hangs on {}</p>").format(event.id)
    )
    assert f"<p>Hangs on {planned}</p>" in organiser.get(f"/console/events/{planned}").text


def test_a_viewer_sees_an_event_and_no_button(app: Flask, planned: int) -> None:
    viewer = signed_in(app, "viewer")
    page = viewer.get(f"/console/events/{planned}")
    assert page.status_code == 200
    assert "/move" not in page.text
    assert "/edit" not in page.text
    for deed in ("confirm", "move", "cancel", "edit", "copies"):
        assert send(viewer, f"/console/events/{planned}/{deed}").status_code == 404
    assert state(app, planned) == "draft"


def test_nobody_is_named_in_what_the_public_reads(
    app: Flask, organiser: FlaskClient, planned: int
) -> None:
    allow(app, planned)
    send(organiser, f"/console/events/{planned}/confirm")
    with app.app_context():
        why = changing.Said(reason="rain", alias="Jun")
        transact(lambda: changing.postpone(planned, why))
    page = organiser.get(f"/console/events/{planned}").text
    assert "by the lead, Jun" in page
    chat = page[page.index("<textarea") : page.rindex("</textarea>")]
    assert "Jun" not in chat
    assert "Mina" not in chat
