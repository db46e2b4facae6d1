"""Public pages of events and places: what a stranger reads before setting out."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock, files
from campaign_app.core.db import session, table_of
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere, Said
from campaign_app.events.models import Event, Location
from tests.events.announced import (
    alternates,
    asked,
    geneva,
    letters_of,
    new_york,
    place,
    planned,
    told,
)

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def test_an_event_says_when_by_the_clock_there_and_names_the_clock(
    app: Flask, client: FlaskClient
) -> None:
    letters = letters_of(app, lambda: told(geneva(), "2026-12-12T14:00"))
    page = client.get(f"/en/events/{letters}")
    assert page.status_code == 200
    assert "Saturday, December 12, 2026" in page.text
    assert "2:00\u202fPM – 6:00\u202fPM" in page.text
    assert "Central European Standard Time (UTC+1)" in page.text
    assert 'datetime="2026-12-12T14:00+01:00"' in page.text
    assert "heure normale d’Europe centrale (UTC+1)" in client.get(f"/fr/events/{letters}").text


def test_a_draft_and_its_place_are_nobodys_business(app: Flask, client: FlaskClient) -> None:
    letters = letters_of(app, lambda: planned(place("secret-place")))
    for path in (f"/en/events/{letters}", f"/events/{letters}", "/en/places/secret-place"):
        assert client.get(path).status_code == 404
    month = client.get("/en/events/?month=2026-12").text
    assert letters not in month
    assert "Nothing is planned in this month yet" in month
    assert client.get("/en/events/?month=2026-12&city=seoul").status_code == 404


def test_a_cancelled_event_stays_and_says_so_first(app: Flask, client: FlaskClient) -> None:
    def cancelled() -> Event:
        event = told(place("yongsan"))
        return changing.cancel(event.id, Said(reason="rain"))

    letters = letters_of(app, cancelled)
    text = client.get(f"/en/events/{letters}").text
    assert text.index("The rain is too heavy.") < text.index('<dl class="when off"')
    assert "Cancelled" in client.get("/en/events/?month=2026-12").text


def test_the_state_is_said_in_the_language_of_each_page(app: Flask, client: FlaskClient) -> None:
    letters = letters_of(app, lambda: changing.cancel(told(place("yongsan")).id))
    tags = {
        re.findall(r'<b class="state cancelled">([^<]+)</b>', client.get(f"/{code}{path}").text)[0]
        for code in ("ko", "en", "fr")
        for path in ("/events/?month=2026-12", f"/events/{letters}", "/places/yongsan")
    }
    assert len(tags) == 3


def test_a_moved_event_says_where_it_is_now_on_every_page(app: Flask, client: FlaskClient) -> None:
    def moved() -> Event:
        one = place("yongsan", stations={"en": "Yongsan"}, exit_number="1")
        other = place("yongsan-8", stations={"en": "Yongsan"}, exit_number="8")
        event = told(one, "2026-12-01T14:00")
        return changing.move(event.id, Elsewhere(location_id=other.id))

    letters = letters_of(app, moved)
    for path in (f"/en/events/{letters}", "/en/places/yongsan-8", "/en/events/?month=2026-12"):
        assert "Today at exit 8, not exit 1." in client.get(path).text, path


@pytest.mark.parametrize(
    ("slug", "asks", "answers"),
    [
        ("nations", "", "fr"),
        ("plaza", "", "en"),
        ("yongsan", "", "ko"),
        ("nations", "ko-KR,ko;q=0.9", "ko"),
        ("yongsan", "fr-CH", "fr"),
        ("nations", "ja", "fr"),
    ],
)
def test_a_bare_address_speaks_as_the_browser_asks_else_as_the_place_does(
    app: Flask, client: FlaskClient, slug: str, asks: str, answers: str
) -> None:
    def build() -> Event:
        told(geneva())
        told(new_york())
        return told(place("yongsan"))

    letters_of(app, build)
    with app.app_context():
        event = session.query(Event).join(Event.location).filter(Location.slug == slug).one()
        paths = (f"/events/{event.letters}", f"/places/{slug}")
    for path in paths:
        page = client.get(path, headers={"Accept-Language": asks} if asks else {})
        assert f'<html lang="{answers}"' in page.text
        assert page.headers["Content-Language"] == answers
        assert "Accept-Language" in page.headers["Vary"]
        assert f'rel="canonical" href="http://localhost/{answers}{path}"' in page.text


def test_every_version_names_all_versions(app: Flask, client: FlaskClient) -> None:
    letters = letters_of(app, lambda: told(place("yongsan")))
    for path in (f"events/{letters}", "places/yongsan", "events/?month=2026-12&city=seoul"):
        expected = {(code, f"http://localhost/{code}/{path}") for code in ("ko", "en", "fr")}
        expected.add(("x-default", f"http://localhost/{path}"))
        versions = [client.get(f"/{code}{path}").text for code in ("", "ko/", "en/", "fr/")]
        assert [alternates(html.replace("&amp;", "&")) for html in versions] == [expected] * 4


def test_a_text_in_another_language_says_so(app: Flask, client: FlaskClient) -> None:
    letters = letters_of(app, lambda: told(place("yongsan"), titles={"ko": "토요일 캠페인"}))
    assert '<h1><bdi lang="ko">토요일 캠페인</bdi></h1>' in client.get(f"/en/events/{letters}").text
    assert "<h1>토요일 캠페인</h1>" in client.get(f"/ko/events/{letters}").text


def test_what_a_place_offers_is_told_and_what_nobody_knows_is_not(
    app: Flask, client: FlaskClient
) -> None:
    def build() -> Event:
        told(place("unknown"))
        known = place("known", step_free=True, shelter=False, lifts={"en": "Behind the kiosk"})
        return told(known)

    letters = letters_of(app, build)
    for path in (f"/en/events/{letters}", "/en/places/known"):
        text = client.get(path).text
        for words in ("Yes, without a step", "No, under the open sky", "Behind the kiosk"):
            assert words in text
        assert "Indoors" not in text
    assert "Nobody of us has looked into this yet." in client.get("/en/places/unknown").text


def test_a_photo_is_shown_with_what_it_shows(app: Flask, client: FlaskClient) -> None:
    def build() -> Event:
        where = place("yongsan")
        where.photo_id = files.keep_public(b"picture", "image/jpeg").id
        where.photo_alts = {"ko": "1번 출구 앞 광장"}
        return told(where)

    letters = letters_of(app, build)
    for path in (f"/en/events/{letters}", "/en/places/yongsan"):
        assert 'alt="1번 출구 앞 광장" lang="ko" loading="lazy"' in client.get(path).text


@pytest.mark.parametrize("kind", ["station", "online"])
def test_a_drawing_names_what_is_near_in_words_too(
    app: Flask, client: FlaskClient, kind: str
) -> None:
    def build() -> Event:
        told(place("north", names={"en": "North gate"}, latitude=37.5340, kind=kind))
        return told(place("yongsan"))

    letters_of(app, build)
    text = client.get("/en/places/yongsan").text
    assert ("North gate is 500 m to the north." in text) == (kind == "station")
    assert "min on foot" in text


def test_korean_places_lead_to_korean_maps_and_others_to_openstreetmap(
    app: Flask, client: FlaskClient
) -> None:
    def build() -> Event:
        told(geneva())
        return told(place("yongsan"))

    letters_of(app, build)
    korean, swiss = client.get("/ko/places/yongsan").text, client.get("/fr/places/nations").text
    for host in ("https://map.naver.com/", "https://map.kakao.com/"):
        assert host in korean
        assert host not in swiss
    assert "https://www.openstreetmap.org/?mlat=46.222600&amp;mlon=6.139100" in swiss
    assert 'href="geo:37.529500,126.965400"' in korean
    assert korean.count('rel="noreferrer noopener external"') == 2


def test_a_place_shows_what_comes_and_what_was(app: Flask, client: FlaskClient) -> None:
    def build() -> Event:
        where = place("yongsan")
        told(where, "2026-11-14T14:00", titles={"en": "Long ago"})
        planned(where, "2026-12-13T14:00", titles={"en": "Secret plan"})
        return told(where, titles={"en": "Soon"})

    letters_of(app, build)
    text = client.get("/en/places/yongsan").text
    assert text.index("Soon") < text.index("What happened here") < text.index("Long ago")
    assert "Secret plan" not in text


def test_a_month_shows_its_days_and_leads_to_the_months_that_have_some(
    app: Flask, client: FlaskClient
) -> None:
    def build() -> Event:
        where = place("yongsan")
        told(where, "2026-11-14T14:00", titles={"en": "November"})
        told(where, "2026-12-31T22:00", titles={"en": "Over midnight"})
        told(geneva(), titles={"en": "In Geneva"})
        return told(where, titles={"en": "In Seoul"})

    letters_of(app, build)
    december = client.get("/en/events/?month=2026-12").text
    assert "In Seoul" in december
    assert "In Geneva" in december
    assert "November<" not in december
    assert 'href="/en/events/?month=2026-11"' in december
    assert "month=2027-01" not in december
    assert "Over midnight" in client.get("/en/events/?month=2027-01").text
    seoul = client.get("/en/events/?city=seoul").text
    assert "In Seoul" in seoul
    assert "In Geneva" not in seoul


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=x", "month=0000-01", "month=２０２６-12", "city=atlantis"]
)
def test_a_month_or_city_that_is_none_is_not_found(client: FlaskClient, query: str) -> None:
    assert client.get(f"/en/events/?{query}").status_code == 404


def test_a_month_of_500_events_asks_no_more_than_a_month_of_five(
    app: Flask, client: FlaskClient
) -> None:
    def build() -> Event:
        known = [place(f"exit-{n}") for n in range(4)]
        for n in range(5):
            event = told(known[n % 4], f"2026-12-{n % 28 + 1:02}T1{n % 8}:00")
        return changing.postpone(event.id)

    def multiply() -> Event:
        pattern = session.query(Event).first()
        assert pattern
        kept = {
            column.name: getattr(pattern, column.name)
            for column in table_of(Event).columns
            if column.name not in {"id", "letters", "uid"}
        }
        session.add_all([Event(**kept) for _ in range(495)])
        return pattern

    letters_of(app, build)
    few = asked(app, client, "/en/events/?month=2026-12")
    letters_of(app, multiply)
    assert asked(app, client, "/en/events/?month=2026-12") == few
    assert client.get("/en/events/?month=2026-12").text.count('<li class="row') == 500
