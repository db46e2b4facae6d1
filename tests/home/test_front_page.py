"""The front page: who we are, what is open to sign, what happens next, what came of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events import changing
from campaign_app.events.models import Event, Location
from campaign_app.home import services
from campaign_app.home.facts import Written
from tests import given
from tests.events.announced import alternates, asked, geneva, new_york, place, planned, told
from tests.petitions import stating

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def part(html: str, name: str) -> str:
    """Cut one part out of the front page."""
    return html.partition(f'id="{name}"')[2].partition("</section>")[0]


def test_an_empty_house_says_what_will_be_there(client: FlaskClient) -> None:
    html = client.get("/en/").text
    assert "Nothing is open just now." in part(html, "sign")
    assert "No date is certain yet." in part(html, "next")
    assert 'id="achieved"' not in html


def test_what_is_open_stands_there_with_its_tally_and_one_action(
    app: Flask, client: FlaskClient
) -> None:
    world = given.world(app)
    with app.app_context():
        db.transact(lambda: given.petition("another"))
    html = client.get("/en/").text
    open_now = part(html, "sign")
    assert "UN Human Rights Council" in open_now
    assert f'href="/en/petitions/{world.slug}"' in open_now
    assert "Be the first to sign." in open_now
    assert open_now.count("Read and sign") == 2
    assert html.count('class="button primary"') == 1


def test_events_stand_under_when_and_where_they_are(app: Flask, client: FlaskClient) -> None:
    def build() -> None:
        seoul = place("yongsan")
        told(seoul, "2026-12-04T14:00", titles={"en": "On Friday"})
        told(seoul, "2026-12-20T14:00", titles={"en": "Before Christmas"})
        told(seoul, "2027-02-20T14:00", titles={"en": "In the new year"})
        told(geneva(), "2027-03-08T11:30", titles={"en": "At the Council"})
        told(new_york(), "2027-10-05T11:30", titles={"en": "At the Committee"})
        planned(seoul, "2026-12-05T14:00", titles={"en": "Only a plan"})
        called_off = told(seoul, "2026-12-06T14:00", titles={"en": "Called off"})
        changing.cancel(called_off.id)

    with app.app_context():
        db.transact(build)
    coming = part(client.get("/en/").text, "next")
    order = [
        "This week", "On Friday", "Within a month", "Before Christmas",
        "Later in Geneva", "At the Council", "Later in New York", "At the Committee",
    ]  # fmt: skip
    found = [coming.index(words) for words in order]
    assert found == sorted(found)
    for words in ("Only a plan", "Called off", "In the new year"):
        assert words not in coming
    assert 'href="/en/events/?city=geneva"' in coming


def test_what_was_handed_over_and_answered_is_what_was_achieved(
    app: Flask, client: FlaskClient
) -> None:
    world = given.world(app)
    stating.count(app, world.petition_id, 12)
    handover = stating.hand_over(app, stating.state(app, world.petition_id))
    stating.reply(app, handover)
    achieved = part(client.get("/en/").text, "achieved")
    assert "What has been achieved" in achieved
    assert "handed to" in achieved
    assert "<b>12</b>" in achieved
    assert "We have <strong>read</strong> every line." in achieved
    assert "/en/statements/" in achieved


def write(page: str, language: str, title: str, **changes: object) -> None:
    """Publish words of ours, read by a second person."""
    author, reader = given.person(f"A{page}{language}"), given.person(f"R{page}{language}")
    said = Written(page=page, language=language, title=title, lead="We ask.", body="**More**")
    text = services.write(said, author.id)
    services.publish(text.id, reader.id)


def test_the_first_sentence_is_ours_to_write(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.transact(lambda: write("front", "ko", "누구도 잊히지 않습니다"))
    assert "<h1>누구도 잊히지 않습니다</h1>" in client.get("/ko/").text
    english = client.get("/en/").text
    assert '<header class="opening front" lang="ko"' in english
    assert "<title>누구도 잊히지 않습니다" in english


@pytest.mark.parametrize("page", ["", "about", "contact"])
def test_each_page_names_all_its_versions(client: FlaskClient, page: str) -> None:
    expected = {(code, f"http://localhost/{code}/{page}") for code in ("ko", "en", "fr")}
    expected.add(("x-default", f"http://localhost/{page}"))
    paths = [f"/{page}", *(f"/{code}/{page}" for code in ("ko", "en", "fr"))]
    assert [alternates(client.get(path).text) for path in paths] == [expected] * 4


def test_a_bare_address_speaks_as_the_browser_asks(client: FlaskClient) -> None:
    for path in ("/", "/about", "/contact"):
        page = client.get(path, headers={"Accept-Language": "fr-CH,fr;q=0.9"})
        assert page.headers["Content-Language"] == "fr"
        assert "Accept-Language" in page.headers["Vary"]


def test_contact_says_what_the_organisation_says_of_itself(client: FlaskClient) -> None:
    page = client.get("/en/contact").text
    assert "How to reach us" in page
    assert "mailto:" in page


def test_a_wrong_address_leads_on(app: Flask, client: FlaskClient) -> None:
    world = given.world(app)
    with app.app_context():
        db.transact(lambda: told(place("yongsan"), titles={"en": "Meet us here"}))
    page = client.get("/en/nowhere")
    assert page.status_code == 404
    assert f"/en/petitions/{world.slug}" in page.text
    assert "Meet us here" in page.text
    assert 'name="robots" content="noindex"' in page.text


def test_the_list_of_pages_names_all_that_may_be_read_and_nothing_else(
    app: Flask, client: FlaskClient
) -> None:
    world = given.world(app)

    def build() -> tuple[Event, Event]:
        where = place("yongsan")
        return told(where), planned(where, "2026-12-20T14:00")

    with app.app_context():
        public, draft = (event.letters for event in db.transact(build))
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    listed = re.findall(r"<loc>http://localhost([^<]+)</loc>", answer.text)
    assert len(listed) == len(set(listed))
    for path in ("/ko/", "/fr/about", "/en/contact", "/en/events/", "/en/places/yongsan",
                 f"/fr/events/{public}", f"/ko/petitions/{world.slug}"):  # fmt: skip
        assert path in listed
    assert draft not in answer.text
    assert {client.get(path).status_code for path in listed} == {200}
    of_event = answer.text.partition(f"/en/events/{public}</loc>")[2].partition("</url>")[0]
    assert of_event.count("hreflang=") == 4
    assert f'hreflang="x-default" href="http://localhost/events/{public}"' in of_event


def test_robots_are_told_where_not_to_go(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /console/" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def test_a_crowd_at_the_front_page_costs_one_rendering_a_moment(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        db.transact(lambda: told(place("yongsan"), titles={"en": "Soon", "ko": "곧"}))
    app.config["LANTERN"] = replace(app.config["LANTERN"], page_seconds=60)
    assert "Soon" in client.get("/en/").text
    assert "곧" in client.get("/ko/").text
    assert asked(app, client, "/en/") == 0
    assert asked(app, client, "/") == 0
    assert "Soon" in client.get("/en/").text


def test_the_front_page_asks_no_more_for_many_events(app: Flask, client: FlaskClient) -> None:
    def build(number: int) -> None:
        known = session.query(Location).all() or [place("yongsan"), geneva()]
        for n in range(number):
            event = told(known[n % 2], f"2026-12-{n % 20 + 2:02}T14:00")
            changing.late(event.id, f"2026-12-{n % 20 + 2:02}T15:00")

    with app.app_context():
        db.transact(lambda: build(6))
    client.get("/en/")
    few = asked(app, client, "/en/")
    with app.app_context():
        db.transact(lambda: build(60))
    assert asked(app, client, "/en/") == few
