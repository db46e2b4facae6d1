"""Sessions: none in public, a row in the database for whoever is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, flash
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import event, select, update

from campaign_app import create_app
from campaign_app.accounts.models import Person, WebSession
from campaign_app.core import clock, db
from campaign_app.core.access import public
from config import Config
from tests.accounts.people import PASSWORD, let_in, send, sign_in, signed_in, token_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SHOWN = "/console/password"


def cookie(client: FlaskClient) -> str:
    """Read the session cookie of a browser."""
    found = client.get_cookie("lantern", path="/console")
    return found.value if found else ""


def rows(app: Flask) -> list[WebSession]:
    """List the sessions in the database."""
    with app.app_context():
        return list(db.session.scalars(select(WebSession)))


@pytest.fixture
def writes(app: Flask) -> list[str]:
    """Watch the database: what is written shows up here."""
    seen: list[str] = []

    def look(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.split()[0].upper() not in ("SELECT", "PRAGMA", "BEGIN"):
            seen.append(statement)

    with app.app_context():
        event.listen(db.db.engine, "before_cursor_execute", look)
    return seen


def test_the_database_cannot_open_a_session(app: Flask) -> None:
    client = signed_in(app, "viewer")
    (row,) = rows(app)
    assert cookie(client).encode() not in row.token_hash
    assert cookie(client) not in str(row.data)
    assert len(cookie(client)) >= 43


def test_a_revoked_session_is_signed_out_at_once(app: Flask) -> None:
    client = signed_in(app, "viewer")
    with app.app_context():
        db.transact(lambda: db.session.delete(db.session.scalars(select(WebSession)).one()))
    assert client.get(SHOWN).status_code == 303


def test_sign_in_gives_a_new_cookie_and_a_new_form_token(app: Flask, client: FlaskClient) -> None:
    let_in(app, "viewer")
    client.get("/console/sign-in")
    before = cookie(client)
    sign_in(client, "mina@example.org")
    assert cookie(client) != before
    client.set_cookie("lantern", before, path="/console")
    assert client.get(SHOWN).status_code == 303


def test_a_planted_session_is_not_the_one_that_gets_signed_in(app: Flask) -> None:
    attacker, victim = app.test_client(), app.test_client()
    attacker.get("/console/sign-in")
    victim.set_cookie("lantern", cookie(attacker), path="/console")
    let_in(app, "viewer")
    assert sign_in(victim, "mina@example.org").status_code == 302
    assert attacker.get(SHOWN).status_code == 303
    assert victim.get(SHOWN).status_code == 200


def test_not_even_our_own_signature_signs_somebody_in(app: Flask, client: FlaskClient) -> None:
    person = let_in(app, "administrator")
    claim = {"_user_id": person.fs_uniquifier, "_fresh": True, "csrf_token": "x"}
    forged = URLSafeSerializer(str(app.secret_key), salt="lantern").dumps(claim)
    client.set_cookie("lantern", str(forged), path="/console")
    assert client.get(SHOWN).status_code == 303


def test_signing_out_ends_the_row_and_the_cookie(app: Flask) -> None:
    client = signed_in(app, "viewer")
    stolen = cookie(client)
    assert send(client, "/console/sign-out").location == "/console/sign-in"
    assert rows(app) == []
    assert cookie(client) == ""
    client.set_cookie("lantern", stolen, path="/console")
    assert client.get(SHOWN).status_code == 303


def test_looking_at_a_page_never_signs_out(app: Flask) -> None:
    client = signed_in(app, "viewer")
    assert client.get("/console/sign-out").status_code == 405
    assert client.head("/console/sign-out").status_code == 405
    assert client.get(SHOWN).status_code == 200


def test_signing_out_needs_the_token_of_the_page(app: Flask) -> None:
    client = signed_in(app, "viewer")
    assert client.post("/console/sign-out").status_code == 400
    assert client.get(SHOWN).status_code == 200


def test_signing_out_twice_leads_to_the_door(client: FlaskClient) -> None:
    assert client.post("/console/sign-out").location == "/console/sign-in"


def test_looking_at_pages_writes_nothing(app: Flask, writes: list[str]) -> None:
    client = signed_in(app, "administrator")
    visitor = app.test_client()
    writes.clear()
    for look in (client.get, client.head):
        for address in ("/console/sign-in", SHOWN, "/console/people/", "/console/people/1"):
            look(address)
    visitor.get("/console/sign-in")
    visitor.get(SHOWN)
    assert writes == []


def test_reading_a_message_writes_nothing(app: Flask, writes: list[str]) -> None:
    client = signed_in(app, "administrator")
    other = let_in(app, "viewer", name="Yuna")
    send(client, f"/console/people/{other.id}", organiser="y")
    writes.clear()
    assert "Saved." in client.get("/console/people/").text
    assert "Saved." not in client.get("/console/people/").text
    assert writes == []


def test_a_message_is_text_and_never_markup(app: Flask) -> None:
    @app.get("/console/message")
    @public
    def message() -> str:
        flash("<b>Mina</b>", "good")
        return "noted"

    client = app.test_client()
    client.get("/console/message")
    assert "&lt;b&gt;Mina" in client.get("/console/sign-in").text


def test_two_hours_without_a_click_end_a_session(app: Flask) -> None:
    with clock.frozen(NOW):
        client = signed_in(app, "viewer")
    with clock.frozen(NOW + timedelta(hours=1, minutes=59)):
        assert client.get(SHOWN).status_code == 200
    with clock.frozen(NOW + timedelta(hours=3, minutes=58)):
        assert client.get(SHOWN).status_code == 200
    with clock.frozen(NOW + timedelta(hours=5, minutes=59)):
        assert client.get(SHOWN).status_code == 303


def test_twelve_hours_end_any_session(app: Flask) -> None:
    with clock.frozen(NOW):
        client = signed_in(app, "viewer")
    for hour in range(1, 12):
        with clock.frozen(NOW + timedelta(hours=hour)):
            assert client.get(SHOWN).status_code == 200
    with clock.frozen(NOW + timedelta(hours=12)):
        assert client.get(SHOWN).status_code == 303


def test_a_session_in_use_is_extended_every_five_minutes(app: Flask, writes: list[str]) -> None:
    with clock.frozen(NOW):
        client = signed_in(app, "viewer")
        writes.clear()
    for minute in (1, 2, 3, 4):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            client.get(SHOWN)
    assert writes == []
    with clock.frozen(NOW + timedelta(minutes=5)):
        client.get(SHOWN)
    assert len(writes) == 1
    assert "web_session" in writes[0]


def test_the_next_sign_in_sweeps_what_has_ended(app: Flask) -> None:
    with clock.frozen(NOW):
        signed_in(app, "viewer")
    with clock.frozen(NOW + timedelta(days=1)):
        signed_in(app, "viewer", name="Yuna")
    assert len(rows(app)) == 1


def test_changing_networks_signs_nobody_out(app: Flask) -> None:
    client = signed_in(app, "viewer")
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get(SHOWN, environ_overrides=other).status_code == 200


def test_a_session_keeps_no_address_and_no_fingerprint(app: Flask) -> None:
    signed_in(app, "viewer")
    (row,) = rows(app)
    assert set(row.data) == {"_user_id", "_fresh", "fs_paa", "csrf_token"}


def test_public_pages_have_no_cookie_and_do_not_vary_by_it(app: Flask) -> None:
    @app.get("/somewhere")
    @public
    def somewhere() -> str:
        return "hello"

    client = signed_in(app, "administrator")
    client.set_cookie("lantern", cookie(client), path="/")
    answer = client.get("/somewhere")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_public_page_that_tries_to_keep_something_fails_loudly(app: Flask) -> None:
    @app.get("/somewhere")
    @public
    def somewhere() -> str:
        flash("a message")
        return "hello"

    with pytest.raises(RuntimeError):
        app.test_client().get("/somewhere")


def test_console_pages_are_not_stored(app: Flask) -> None:
    client = signed_in(app, "administrator")
    for address in ("/console/people/", SHOWN):
        assert "no-store" in client.get(address).headers["Cache-Control"]
    assert "no-store" in app.test_client().get("/console/sign-in").headers["Cache-Control"]


@pytest.fixture
def with_https(database_url: str, tmp_path: Path) -> Callable[[], Flask]:
    """Build an app that is served over HTTPS."""
    config = Config.for_tests(database_url=database_url, instance_dir=tmp_path, secure_cookies=True)
    return lambda: create_app(config)


def test_over_https_cookies_are_bound_to_this_host(with_https: Callable[[], Flask]) -> None:
    app = with_https()
    let_in(app, "viewer")
    client = app.test_client()
    secure = {"base_url": "https://localhost"}
    page = client.get("/console/sign-in", **secure)
    token = page.text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    fields = {"csrf_token": token, "email": "mina@example.org", "password": PASSWORD}
    answer = client.post("/console/sign-in", data=fields, **secure)
    for header in answer.headers.getlist("Set-Cookie"):
        assert header.startswith("__Host-lantern")
        assert all(word in header for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
        assert "Domain" not in header
    assert client.get(SHOWN, **secure).status_code == 200
    with app.app_context():
        db.session.remove()
        db.db.engine.dispose()


def test_without_https_cookies_stay_below_the_console(app: Flask, client: FlaskClient) -> None:
    let_in(app, "viewer")
    for header in sign_in(client, "mina@example.org").headers.getlist("Set-Cookie"):
        assert "Path=/console" in header
        assert "HttpOnly" in header


def test_the_token_of_a_page_lasts_as_long_as_the_session(app: Flask) -> None:
    with clock.frozen(NOW):
        client = signed_in(app, "viewer")
        token = token_of(client)
    with clock.frozen(NOW + timedelta(minutes=110)):
        assert client.post("/console/sign-out", data={"csrf_token": token}).status_code == 302


# Where one is signed in

ACCOUNT = "/console/account/"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
)


def on_a_phone(app: Flask) -> FlaskClient:
    """Sign Mina in once more, on her phone."""
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = PHONE
    assert sign_in(phone, "mina@example.org").status_code == 302
    return phone


def handle(page: str) -> str:
    """Read how the page names the first browser that can be ended."""
    return page.split('name="browser" value="', 1)[1].split('"', 1)[0]


def test_the_account_lists_where_one_is_signed_in_and_marks_this_browser(app: Flask) -> None:
    here = signed_in(app, "viewer")
    on_a_phone(app)
    signed_in(app, "viewer", name="Yuna")
    page = here.get(ACCOUNT).text
    assert page.count("<li>\n<div>") == 2
    assert "Chrome, Android" in page
    assert page.count("this one") == 1
    assert page.count('name="browser"') == 1


def test_one_browser_is_signed_out_at_its_next_request(app: Flask) -> None:
    here = signed_in(app, "viewer")
    phone = on_a_phone(app)
    named = handle(here.get(ACCOUNT).text)
    assert phone.get(SHOWN).status_code == 200
    send(here, f"{ACCOUNT}browsers/end", browser=named)
    assert phone.get(SHOWN).status_code == 303
    assert here.get(SHOWN).status_code == 200


def test_all_others_are_signed_out_at_once(app: Flask) -> None:
    here = signed_in(app, "viewer")
    others = [on_a_phone(app) for _ in range(3)]
    somebody_else = signed_in(app, "viewer", name="Yuna")
    send(here, f"{ACCOUNT}browsers/end-others")
    assert [other.get(SHOWN).status_code for other in others] == [303] * 3
    assert here.get(SHOWN).status_code == somebody_else.get(SHOWN).status_code == 200
    assert len(rows(app)) == 2


def test_nobody_signs_somebody_else_out(app: Flask) -> None:
    mina = signed_in(app, "viewer")
    on_a_phone(app)
    named = handle(mina.get(ACCOUNT).text)
    send(signed_in(app, "viewer", name="Yuna"), f"{ACCOUNT}browsers/end", browser=named)
    assert len(rows(app)) == 3


def test_an_administrator_ends_all_sessions_of_somebody(app: Flask) -> None:
    mina, phone = signed_in(app, "viewer"), on_a_phone(app)
    boss = signed_in(app, "administrator", name="Boss")
    with app.app_context():
        number = db.session.scalars(select(Person.id).where(Person.name == "Mina")).one()
    assert "in 2 browsers" in boss.get(f"/console/people/{number}").text
    assert send(mina, f"/console/people/{number}/sign-out").status_code == 404
    send(boss, f"/console/people/{number}/sign-out")
    assert mina.get(SHOWN).status_code == phone.get(SHOWN).status_code == 303
    assert boss.get(SHOWN).status_code == 200


def test_when_a_browser_was_last_used_is_known_to_five_minutes(app: Flask) -> None:
    with clock.frozen(NOW):
        client = signed_in(app, "viewer")
    with clock.frozen(NOW + timedelta(minutes=7)):
        client.get(SHOWN)
    with clock.frozen(NOW + timedelta(minutes=9)):
        client.get(SHOWN)
    assert [row.used_at for row in rows(app)] == [NOW + timedelta(minutes=7)]


def test_a_session_from_before_this_was_noted_goes_on(app: Flask) -> None:
    with clock.frozen(NOW):
        client = signed_in(app, "viewer")
        with app.app_context():
            db.transact(lambda: db.session.execute(update(WebSession).values(used_at=None)))
        assert client.get(ACCOUNT).status_code == 200
    with clock.frozen(NOW + timedelta(minutes=6)):
        assert client.get(ACCOUNT).status_code == 200
    assert [row.used_at for row in rows(app)] == [NOW + timedelta(minutes=6)]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0 Mobile",
            "Samsung Internet, Android",
        ),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_do(app: Flask, agent: str, name: str) -> None:
    let_in(app, "viewer")
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(client, "mina@example.org")
    assert [row.agent for row in rows(app)] == [name]
