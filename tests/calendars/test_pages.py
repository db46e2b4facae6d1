"""What pages say to calendars and search engines, and how they offer to subscribe."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.calendars import jsonld
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.settings import settings
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere
from campaign_app.events.models import Act, Event, Location
from tests.conformance import search_rules
from tests.conformance.world import data_of
from tests.events.planned import SATURDAY, exit_of, gated, nations, stall


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.frozen(SATURDAY):
        yield


def announced(place: Location, starts: str = "2026-11-14T14:00", **changes: Any) -> Event:
    made = stall(place, starts, f"{starts[:11]}18:00", **changes)
    gated(made)
    return transact(lambda: changing.confirm(made.id))


def data(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200
    (block,) = data_of(answer.text)
    assert list(search_rules.check(block)) == []
    found: dict[str, Any] = block
    return found


def page_of(event: Event, language: str = "en") -> str:
    return f"/{language}/events/{event.letters}"


def test_the_page_of_a_date_says_all_of_it_to_search_engines(client: FlaskClient) -> None:
    place = exit_of("8", latitude=37.5299, longitude=126.9648, addresses={"ko": "한강대로23길 55"})
    made = announced(place, summaries={"ko": "함께 서명해요."}, capacity=40)
    said = data(client, page_of(made, "ko"))
    assert said["@type"] == "Event"
    assert said["name"] == "토요일 거리 캠페인"
    assert said["inLanguage"] == "ko"
    assert said["description"] == "함께 서명해요."
    assert (said["startDate"], said["endDate"]) == (
        "2026-11-14T14:00:00+09:00",
        "2026-11-14T18:00:00+09:00",
    )
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["location"]["geo"]["latitude"] == 37.5299
    assert said["location"]["address"]["streetAddress"] == "한강대로23길 55"
    assert said["location"]["address"]["addressCountry"] == "KR"
    assert said["isAccessibleForFree"] is True
    assert said["maximumAttendeeCapacity"] == 40
    assert said["url"] == settings().public_url + page_of(made, "ko")


def test_each_change_is_in_the_data_after_one_commit(client: FlaskClient) -> None:
    one, made = exit_of("1").id, announced(exit_of("8"))
    number, page = made.id, page_of(made)
    later = Elsewhere(starts_local="2026-12-12T14:00", ends_local="2026-12-12T16:00")
    transact(lambda: changing.move(number, Elsewhere(location_id=one)))
    moved = data(client, page)
    assert moved["eventStatus"].endswith("/EventScheduled")
    assert moved["location"]["name"] == "Yongsan station, exit 1"
    for step, status in (
        (changing.postpone, "EventPostponed"),
        (lambda event_id: changing.move(event_id, later), "EventRescheduled"),
        (changing.cancel, "EventCancelled"),
        (changing.resume, "EventRescheduled"),
    ):
        with clock.frozen(SATURDAY + timedelta(hours=1)):
            transact(partial(step, number))
        said = data(client, page)
        assert said["eventStatus"] == f"https://schema.org/{status}"
    assert said["previousStartDate"] == "2026-11-14T14:00:00+09:00"
    assert said["startDate"] == "2026-12-12T14:00:00+09:00"


def test_what_is_called_off_keeps_its_date(client: FlaskClient) -> None:
    made = announced(nations(), "2026-12-05T14:00")
    transact(lambda: changing.cancel(made.id))
    said = data(client, page_of(made, "fr"))
    assert said["startDate"] == "2026-12-05T14:00:00+01:00"
    assert "previousStartDate" not in said


def test_a_concert_names_its_acts_and_its_doors(client: FlaskClient) -> None:
    made = announced(exit_of("8"), kind="concert", doors_local="2026-11-14T13:00")
    rows = [("The Lanterns", "14:00", "14:40"), ("새벽", "15:00", "15:45")]

    def line_up() -> None:
        for position, (name, starts, ends) in enumerate(rows):
            day = "2026-11-14T"
            act = Act(event_id=made.id, position=position, name=name)
            act.starts_local, act.ends_local = day + starts, day + ends
            session.add(act)

    transact(line_up)
    said = data(client, page_of(made))
    assert said["@type"] == "MusicEvent"
    assert [act["name"] for act in said["performer"]] == ["The Lanterns", "새벽"]
    assert said["doorTime"] == "2026-11-14T13:00:00+09:00"
    assert "isAccessibleForFree" not in said


def test_what_is_online_has_an_address_and_no_place(client: FlaskClient) -> None:
    made = announced(exit_of("", kind="online", names={"en": "Online"}), kind="online")
    said = data(client, page_of(made))
    assert said["location"] == {"@type": "VirtualLocation", "url": said["url"]}


def test_lists_say_of_each_date_what_when_and_where(client: FlaskClient) -> None:
    eight = exit_of("8")
    announced(eight)
    announced(eight, "2026-11-21T14:00")
    for path in (f"/en/places/{eight.slug}", "/en/events/?month=2026-11"):
        assert len(data(client, path)["@graph"]) == 2


def test_no_text_can_end_the_block_or_begin_a_script(client: FlaskClient) -> None:
    nasty = "</script><script>alert(1)</script><!-- & \u2028"
    made = announced(exit_of("8"), titles={"en": nasty})
    html = client.get(page_of(made)).text
    block = html.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(block)["name"] == nasty
    assert "<" not in block
    assert "\u2028" not in block


def test_a_list_says_no_more_than_it_can_carry(app: Flask) -> None:
    eight = exit_of("8")
    made = announced(eight)
    with app.test_request_context("/en/"):
        said = json.loads(jsonld.block([made] * (jsonld.MOST + 5), {}))
    assert len(said["@graph"]) == jsonld.MOST


def feeds_named(html: str) -> list[str]:
    lines = [line for line in html.splitlines() if 'type="text/calendar"' in line]
    return [line.split('href="')[1].split('"')[0] for line in lines]


def test_every_feed_is_discoverable_from_the_pages(client: FlaskClient) -> None:
    eight = exit_of("8")
    made = announced(eight)
    announced(nations(), "2026-11-15T14:00")
    base = f"{settings().public_url}/fr/calendar.ics"
    seoul = [base, f"{base}?city=seoul", f"{base}?place={eight.slug}"]
    assert feeds_named(client.get(page_of(made, "fr")).text) == seoul
    assert feeds_named(client.get(f"/fr/places/{eight.slug}").text) == seoul
    assert feeds_named(client.get("/fr/events/?month=2026-11").text) == [base]
    assert feeds_named(client.get("/fr/events/?month=2026-11&city=seoul").text) == seoul


def test_pages_offer_to_subscribe_and_say_what_will_happen(client: FlaskClient) -> None:
    eight = exit_of("8")
    made = announced(eight)
    page = client.get(page_of(made)).text
    assert f'href="webcal://localhost/en/calendar.ics?place={eight.slug}"' in page
    assert f"/en/events/{made.letters}.ics" in page
    assert "keep themselves up to date" in page
    assert "stays as it is now" in page
    everywhere, city = (
        client.get(f"/en/events/?month=2026-11{more}").text for more in ("", "&city=seoul")
    )
    assert 'href="webcal://localhost/en/calendar.ics"' in everywhere
    assert 'href="webcal://localhost/en/calendar.ics?city=seoul"' in city
    assert "stays as it is now" not in city
