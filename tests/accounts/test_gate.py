"""The gate: who may open what, in whose name, and what happens to a form that cannot be taken."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.accounts import services
from campaign_app.accounts.gate import navigation
from campaign_app.accounts.models import Person
from campaign_app.audit.models import AuditEntry
from campaign_app.audit.services import COMMAND, acting, record
from campaign_app.core import access, db
from campaign_app.core.access import Permission, requires
from tests.accounts.people import let_in, send, signed_in, token_of

OPEN_TO = {
    "/console/read": {"administrator", "organiser", "finance", "viewer"},
    "/console/organise": {"organiser"},
    "/console/finance": {"finance"},
    "/console/administer": {"administrator"},
}
LETTER = "We, the undersigned, ask the government to stop."


@pytest.fixture
def app(app: Flask) -> Flask:
    """Add a page for each permission."""
    for permission in Permission:

        @requires(permission)
        def page() -> str:
            db.transact(lambda: record("page.sent", "page:1"))
            return str(acting.get().name)

        address = f"/console/{permission}"
        app.add_url_rule(address, str(permission), page, methods=["GET", "POST"])
    return app


@pytest.mark.parametrize("role", ["administrator", "organiser", "finance", "viewer"])
@pytest.mark.parametrize("address", OPEN_TO)
def test_each_role_opens_its_pages_and_no_others(app: Flask, role: str, address: str) -> None:
    client = signed_in(app, role)
    expected = 200 if role in OPEN_TO[address] else 404
    assert client.get(address).status_code == expected


def test_roles_add_up(app: Flask) -> None:
    client = signed_in(app, "administrator", "organiser", "finance")
    assert all(client.get(address).status_code == 200 for address in OPEN_TO)


def test_without_a_role_nothing_opens(app: Flask) -> None:
    client = app.test_client()
    let_in(app)
    assert client.get("/console/read").status_code == 303


def test_what_is_forbidden_looks_like_what_does_not_exist(app: Flask) -> None:
    client = signed_in(app, "viewer")
    forbidden, unknown = client.get("/console/organise"), client.get("/console/nowhere")
    assert forbidden.status_code == unknown.status_code == 404
    assert forbidden.data.replace(b"organise", b"") == unknown.data.replace(b"nowhere", b"")


def test_a_forbidden_form_looks_like_one_that_does_not_exist_even_without_a_token(
    app: Flask,
) -> None:
    client = signed_in(app, "viewer")
    assert client.post("/console/administer").status_code == 404


@pytest.mark.parametrize("address", OPEN_TO)
def test_whoever_is_signed_out_is_led_to_the_door(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 303
    assert answer.location == f"/console/sign-in?next={address}"
    assert client.post(address).status_code == 303


def test_a_form_needs_the_token_of_its_page(app: Flask) -> None:
    client = signed_in(app, "organiser")
    assert client.post("/console/organise").status_code == 400
    assert client.post("/console/organise", data={"csrf_token": "x"}).status_code == 400
    assert send(client, "/console/organise").text == "Mina"


def test_the_token_of_somebody_else_does_not_do(app: Flask) -> None:
    token = token_of(signed_in(app, "organiser", name="Yuna"))
    client = signed_in(app, "organiser")
    assert client.post("/console/organise", data={"csrf_token": token}).status_code == 400


def test_a_form_that_is_too_old_gives_back_what_was_written(app: Flask) -> None:
    client = signed_in(app, "organiser")
    answer = client.post("/console/organise", data={"body": LETTER, "new_password": LETTER * 2})
    assert "This form is too old" in answer.text
    assert answer.text.count(LETTER) == 1


def test_what_was_written_is_not_lost_when_the_session_has_ended(client: FlaskClient) -> None:
    answer = client.post("/console/organise", data={"body": f"<b>{LETTER}"})
    assert answer.status_code == 403
    assert "You were signed out" in answer.text
    assert f"&lt;b&gt;{LETTER}" in answer.text


def test_what_is_done_is_noted_under_the_name_of_who_did_it(app: Flask) -> None:
    send(signed_in(app, "organiser"), "/console/organise")
    assert acting.get() == COMMAND
    with app.app_context():
        query = select(AuditEntry).where(AuditEntry.action == "page.sent")
        assert [entry.actor for entry in db.session.scalars(query)] == ["Mina"]


def test_a_person_let_in_no_more_is_out_at_once(app: Flask) -> None:
    client = signed_in(app, "viewer")
    with app.app_context():
        let_in(app, "administrator", name="Boss")
        db.transact(lambda: services.deactivate(_first(app)))
    assert client.get("/console/read").status_code == 303


def test_a_role_taken_away_counts_from_the_next_page(app: Flask) -> None:
    client = signed_in(app, "organiser")
    with app.app_context():
        db.transact(lambda: services.set_roles(_first(app), ["viewer"]))
    assert client.get("/console/organise").status_code == 404


def _first(app: Flask) -> Person:
    return db.session.scalars(select(Person).order_by(Person.id)).first() or pytest.fail("nobody")


def test_the_console_leads_only_where_a_person_may_go(app: Flask) -> None:
    page = signed_in(app, "viewer").get("/console/password").text
    assert 'href="/console/people/"' not in page
    page = signed_in(app, "administrator", name="Boss").get("/console/password").text
    assert 'href="/console/people/"' in page


def test_nobody_is_led_anywhere_without_signing_in(app: Flask) -> None:
    with app.test_request_context("/console/sign-in"):
        assert navigation() == []


def test_every_page_of_this_room_says_whom_it_is_for(app: Flask) -> None:
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console")
        and access.audience_of(app.view_functions[rule.endpoint]) is None
    }
    assert silent == set()


def test_flask_security_brings_no_page_that_we_did_not_ask_for(app: Flask) -> None:
    brought = {rule.endpoint for rule in app.url_map.iter_rules() if "security." in rule.endpoint}
    assert brought == {"security.login", "security.logout", "security.change_password"}
