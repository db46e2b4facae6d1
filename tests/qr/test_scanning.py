"""`/q/<code>`: what a scanned board leads to, and what counts as a visit."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from campaign_app import create_app
from campaign_app.core import caching, organisation, web
from campaign_app.core.db import db, transact
from campaign_app.core.ids import in_groups
from campaign_app.qr import queries, services, visits
from campaign_app.qr.pointing import find
from config import Config
from tests.qr.conftest import KIND, Stall

PHONE = (
    "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def letters(stall: Stall) -> str:
    return stall.board.code.letters


def counted(app: Flask, stall: Stall) -> Mapping[int, int]:
    with app.app_context():
        visits.counter.flush()
        return {k: n for k, n in queries.visits_of(stall.board.code_id).items() if n}


def test_a_scan_answers_with_the_page_itself(
    client: FlaskClient, stall: Stall, letters: str
) -> None:
    answer = client.get(f"/q/{letters}")
    assert answer.status_code == 200
    assert answer.json == {"did": "show", "id": 1, "placement": stall.board.id}
    assert "Set-Cookie" not in answer.headers


def test_what_is_sent_from_the_page_is_taken_by_its_owner(
    client: FlaskClient, app: Flask, stall: Stall, letters: str
) -> None:
    answer = client.post(f"/q/{letters}", data={"name": "Mina"})
    assert answer.json == {"did": "take", "id": 1, "placement": stall.board.id}
    assert counted(app, stall) == {}


@pytest.mark.parametrize(
    "typed",
    [str.upper, in_groups, lambda code: f" {code[:4]} {code[4:]} ", lambda code: code.title()],
)
def test_a_code_is_read_however_it_is_typed(app: Flask, letters: str, typed: object) -> None:
    assert callable(typed)
    with app.app_context():
        found = find(typed(letters))
    assert found is not None
    assert found.letters == letters


def test_full_width_letters_are_letters(client: FlaskClient, letters: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in letters)
    assert client.get(f"/q/{wide}").status_code == 200


@pytest.mark.parametrize(
    "code", ["33333333", "abc", "0o1il2z5", "%00", "%ff%fe", "한국어", "a" * 3000, "..%2f..", "?"]
)
def test_an_unknown_code_gets_a_page_that_still_offers_the_open_petitions(
    client: FlaskClient, app: Flask, pages: object, code: str
) -> None:
    app.extensions[web.OFFERS] = lambda: [SimpleNamespace(title="Close the camps", url="/en/x")]
    answer = client.get(f"/q/{code}")
    assert answer.status_code == 404
    assert "Close the camps" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
def test_the_page_of_an_unknown_code_speaks_the_language_asked_for(
    client: FlaskClient, language: str
) -> None:
    assert f'<html lang="{language}"' in client.get(f"/q/33333333?lang={language}").text
    asked = client.get("/q/33333333", headers={"Accept-Language": language})
    assert f'<html lang="{language}"' in asked.text


def test_a_revoked_code_leads_nowhere_not_even_for_a_form_already_open(
    client: FlaskClient, app: Flask, stall: Stall, letters: str
) -> None:
    with app.app_context():
        transact(lambda: services.revoke(stall.board.code_id, "Stolen."))
    assert client.get(f"/q/{letters}").status_code == 404
    sent = client.post(f"/q/{letters}", data={"name": "Mina"})
    assert sent.status_code == 404
    assert "What you typed was not sent" in sent.text
    assert counted(app, stall) == {}


def test_a_board_put_away_offers_its_last_petition_outside_an_event(
    client: FlaskClient, app: Flask, stall: Stall, letters: str
) -> None:
    with app.app_context():
        transact(lambda: services.re_point(stall.board.code_id, stall.stands_for(target_id=2)))
        transact(lambda: services.put_away(stall.board.code_id))
    assert client.get(f"/q/{letters}").json == {"did": "show", "id": 2, "placement": None}
    assert counted(app, stall) == {0: 1}


def test_visits_count_for_the_placement_of_the_moment(
    client: FlaskClient, app: Flask, stall: Stall, letters: str
) -> None:
    client.get(f"/q/{letters}")
    client.get(f"/q/{letters.upper()}")
    with app.app_context():
        moved = transact(
            lambda: services.re_point(stall.board.code_id, stall.stands_for(target_id=2))
        )
    client.get(f"/q/{letters}")
    assert counted(app, stall) == {stall.board.id: 2, moved.id: 1}


def test_two_flushes_of_the_same_hour_add_up(
    client: FlaskClient, app: Flask, stall: Stall, letters: str
) -> None:
    for total in (1, 2, 3):
        client.get(f"/q/{letters}")
        assert counted(app, stall) == {stall.board.id: total}


def test_choosing_a_language_is_no_new_visit(
    client: FlaskClient, app: Flask, stall: Stall, letters: str
) -> None:
    assert client.get(f"/q/{letters}?lang=fr").status_code == 200
    assert counted(app, stall) == {}


def test_head_is_no_visit(client: FlaskClient, app: Flask, stall: Stall, letters: str) -> None:
    answer = client.head(f"/q/{letters}")
    assert (answer.status_code, answer.data) == (200, b"")
    assert counted(app, stall) == {}


@pytest.mark.parametrize(
    "header",
    [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Sec-Purpose", "prefetch;anonymous-client-ip"),
        ("Purpose", "prefetch"),
        ("X-Purpose", "preview"),
        ("X-Moz", "prefetch"),
    ],
)
def test_a_declared_prefetch_is_no_visit(
    client: FlaskClient, app: Flask, stall: Stall, letters: str, header: tuple[str, str]
) -> None:
    assert client.get(f"/q/{letters}", headers=[header]).status_code == 200
    assert counted(app, stall) == {}


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
        "facebookexternalhit/1.1;line-poker/1.0",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
        "Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html?faqId=28966) Daumoa",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    ],
)
def test_machines_that_we_know_are_no_visitors(
    client: FlaskClient, app: Flask, stall: Stall, letters: str, agent: str
) -> None:
    assert client.get(f"/q/{letters}", headers={"User-Agent": agent}).status_code == 200
    assert counted(app, stall) == {}


@pytest.mark.parametrize(
    "agent",
    [
        "",
        PHONE,
        PHONE.replace("SM-S931N", "CUBOT KINGKONG 9"),
        f"{PHONE};KAKAOTALK 2610000",
        f"{PHONE} Line/15.2.1/IAB",
        f"{PHONE} NAVER(inapp; search; 1200; 12.9.0)",
        f"{PHONE} DaumApps/8.0.0 DaumDevice/mobile",
        f"{PHONE} [FBAN/EMA;FBLC/ko_KR;FBAV/430.0;]",
        f"{PHONE} musical_ly_2023 BytedanceWebview/d8a21c6",
        PHONE.replace("Chrome/", "HeadlessChrome/"),
        "curl/8.9.1",
    ],
)
def test_people_are_visitors_whatever_they_browse_with(agent: str) -> None:
    assert not visits.is_bot(agent)


@pytest.fixture
def cached(config: Config) -> Iterator[Flask]:
    """The same database under an app that keeps answers for a second and a half."""
    app = create_app(replace(config, page_seconds=1.5))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def until(app: Flask, path: str, expected: object) -> float:
    """Ask again and again; tell after how many seconds the answer is the expected one."""
    started, client = time.monotonic(), app.test_client()
    while time.monotonic() < started + 5:
        answer = client.get(path)
        found = answer.get_json(silent=True) or {}
        if expected in (answer.status_code, found.get("id")):
            return time.monotonic() - started
        time.sleep(0.02)
    raise AssertionError(f"{path} never answered {expected}")


def test_moving_and_revoking_show_within_two_seconds_in_other_processes(
    app: Flask, cached: Flask, stall: Stall, letters: str
) -> None:
    path, code = f"/q/{letters}", stall.board.code_id
    assert cached.test_client().get(path).json["id"] == 1  # type: ignore[index]  # it answers JSON
    with app.app_context():
        transact(lambda: services.re_point(code, stall.stands_for(target_id=2)))
    assert until(cached, path, 2) < 2
    with app.app_context():
        transact(lambda: services.revoke(code, "Stolen."))
    assert until(cached, path, 404) < 2


def test_a_crowd_at_one_board_asks_the_database_once(
    cached: Flask, stall: Stall, letters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All within one moment, however slow this machine is.
    now = time.monotonic()
    still = SimpleNamespace(monotonic=lambda: now)
    for module in (caching, organisation):
        monkeypatch.setattr(module, "time", still)
    asked: list[str] = []
    with cached.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]), named=False
        )
    client = cached.test_client()
    for _ in range(20):
        assert client.get(f"/q/{letters}").status_code == 200
    selects = [statement for statement in asked if re.match("SELECT", statement)]
    # Once for the board, once for who we are: settings are looked at again every moment.
    assert sorted("organisation" in select for select in selects) == [False, True]


def test_every_target_is_one_that_a_room_answers_for(stall: Stall) -> None:
    assert stall.board.target == KIND
