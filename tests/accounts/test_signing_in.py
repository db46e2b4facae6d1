"""The door: who gets in, who does not, and what a stranger can learn from it."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.accounts import passwords
from campaign_app.accounts.models import Person, WebSession
from campaign_app.audit.models import AuditEntry
from campaign_app.audit.services import record
from campaign_app.core import clock, db
from tests.accounts.people import PASSWORD, let_in, send, sign_in, signed_in, token_in

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WRONG = "This e-mail address and password do not belong together."


def test_the_right_password_opens_the_console(app: Flask, client: FlaskClient) -> None:
    let_in(app, "organiser")
    answer = sign_in(client, "mina@example.org")
    assert answer.status_code == 302
    assert answer.location == "/console/"
    assert client.get("/console/password").status_code == 200


def test_an_address_may_be_written_in_capitals(app: Flask, client: FlaskClient) -> None:
    let_in(app, "viewer", email="Mina@Example.org")
    assert sign_in(client, " MINA@example.ORG ").status_code == 302


def test_wrong_password_unknown_address_and_locked_out_person_read_alike(app: Flask) -> None:
    let_in(app, "organiser")
    gone = let_in(app, "organiser", name="Gone")
    with app.app_context():
        db.transact(lambda: setattr(db.session.get(Person, gone.id), "active", False))
    answers = [
        sign_in(app.test_client(), "mina@example.org", "a wrong password"),
        sign_in(app.test_client(), "nobody@example.org", "a wrong password"),
        sign_in(app.test_client(), "gone@example.org"),
    ]
    pages = {
        page.text.replace(token_in(page), "").replace(who, "")
        for page, who in zip(answers, ("mina", "nobody", "gone"), strict=True)
    }
    assert len(pages) == 1
    assert WRONG in pages.pop()


def test_the_typed_address_stays_and_the_password_does_not(app: Flask, client: FlaskClient) -> None:
    page = sign_in(client, "mina@example.org", "a wrong password").text
    assert 'value="mina@example.org"' in page
    assert "a wrong password" not in page


def test_what_is_missing_is_named(client: FlaskClient) -> None:
    page = sign_in(client, "", "").text
    assert "Type your e-mail address." in page
    assert "Type your password." in page
    assert WRONG not in page


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient) -> None:
    let_in(app, "organiser")
    fields = {"email": "mina@example.org", "password": PASSWORD}
    assert client.post("/console/sign-in", data=fields).status_code == 400
    assert client.get("/console/password").status_code == 303


def test_json_is_not_a_way_in(client: FlaskClient) -> None:
    answer = client.post("/console/sign-in", json={"email": ["\ud800"], "password": {}})
    assert answer.status_code == 415


@pytest.mark.parametrize("text", ["a\0b", "x" * 5000, "\ud7ff" * 200, "=1+1", "%s %(x)s {x}"])
def test_odd_input_is_a_wrong_password_and_no_accident(client: FlaskClient, text: str) -> None:
    assert sign_in(client, text, text).status_code == 200


def test_sign_in_leads_back_to_the_page_that_asked_for_it(app: Flask, client: FlaskClient) -> None:
    let_in(app, "administrator")
    asked = client.get("/console/people/?page=2")
    assert asked.location == "/console/sign-in?next=/console/people/?page%3D2"
    assert 'name="next" value="/console/people/?page=2"' in client.get(asked.location).text
    answer = sign_in(client, "mina@example.org", next="/console/people/?page=2")
    assert answer.location == "/console/people/?page=2"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "///example.com"])
def test_sign_in_never_leads_to_another_site(
    app: Flask, client: FlaskClient, elsewhere: str
) -> None:
    let_in(app, "viewer")
    assert sign_in(client, "mina@example.org", next=elsewhere).location == "/console/"


def test_signing_in_is_noted_in_the_audit_trail(app: Flask) -> None:
    signed_in(app, "viewer")
    with app.app_context():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "person.signed_in")
        ).one()
        assert entry.actor == "Mina"
        assert entry.subject == f"person:{entry.person_id}"


def test_guesses_become_slow_and_the_right_password_must_wait_too(
    app: Flask, client: FlaskClient
) -> None:
    let_in(app, "organiser")
    with clock.frozen(NOW):
        for _ in range(8):
            sign_in(client, "mina@example.org", "a wrong password")
        assert "That was tried too often." in sign_in(client, "mina@example.org").text
    with clock.frozen(NOW + timedelta(minutes=5)):
        assert sign_in(client, "mina@example.org").status_code == 302


def test_guesses_at_one_account_do_not_slow_another(app: Flask, client: FlaskClient) -> None:
    let_in(app, "organiser")
    with clock.frozen(NOW):
        for _ in range(20):
            sign_in(client, "boss@example.org", "a wrong password")
        assert sign_in(client, "mina@example.org").status_code == 302


def test_unknown_addresses_are_slowed_like_known_ones(app: Flask, client: FlaskClient) -> None:
    with clock.frozen(NOW):
        for _ in range(8):
            answer = sign_in(client, "nobody@example.org", "a wrong password")
    assert "That was tried too often." in answer.text


def test_a_stranger_cannot_lock_out_a_browser_that_was_here_before(app: Flask) -> None:
    own = signed_in(app, "organiser")
    send(own, "/console/sign-out")
    stranger = app.test_client()
    with clock.frozen(NOW):
        for _ in range(20):
            sign_in(stranger, "mina@example.org", "a wrong password")
        assert "tried too often" in sign_in(stranger, "mina@example.org").text
        assert sign_in(own, "mina@example.org").status_code == 302


def test_a_password_hashed_in_an_older_way_is_hashed_anew(app: Flask, client: FlaskClient) -> None:
    person = let_in(app, "organiser")
    with app.app_context():
        context = app.extensions["security"].pwd_context
        old = context.using(argon2__memory_cost=128).hash(PASSWORD)
        db.transact(lambda: setattr(db.session.get(Person, person.id), "password", old))
    assert sign_in(client, "mina@example.org").status_code == 302
    with app.app_context():
        found = db.session.get(Person, person.id)
        assert found
        assert found.password != old
        assert found.password.startswith("$argon2id$")
        assert db.session.scalars(select(WebSession)).all()


def test_the_sign_in_page_speaks_the_language_of_the_browser(app: Flask) -> None:
    page = app.test_client().get("/console/sign-in", headers={"Accept-Language": "fr"})
    assert '<html lang="fr"' in page.text


def test_a_crowd_at_the_door_waits_and_is_asked_to_come_back(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(app, "organiser")
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    room = passwords.FewAtOnce.slots
    for _ in range(passwords.AT_ONCE):
        room.acquire()
    try:
        answer = sign_in(client, "mina@example.org")
        assert answer.status_code == 503
        assert "Many people are signing in" in answer.text
    finally:
        room.release(passwords.AT_ONCE)
    assert sign_in(client, "mina@example.org").status_code == 302


def test_others_can_write_while_a_password_is_checked(app: Flask, client: FlaskClient) -> None:
    let_in(app, "organiser")
    wrote: list[bool] = []

    def write() -> None:
        with app.app_context():
            db.transact(lambda: record("page.written", "page:1"))
        wrote.append(True)

    class Watched(passwords.FewAtOnce):
        def verify(self, *args: Any, **kwargs: Any) -> bool:
            thread = threading.Thread(target=write)
            thread.start()
            thread.join(5)
            return super().verify(*args, **kwargs)

    security = app.extensions["security"]
    security.pwd_context = Watched(**security.pwd_context.to_dict())
    assert sign_in(client, "mina@example.org").status_code == 302
    assert wrote == [True]
