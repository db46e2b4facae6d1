"""A new house opens once: to the code that its keeper reads, for the first person, and never again."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app import create_app
from campaign_app.accounts import queries, setup
from campaign_app.accounts.models import Person, RoleName, WebSession
from campaign_app.accounts.setup_cli import address
from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.settings import settings
from config import Config
from tests import given
from tests.accounts.people import PASSWORD, let_in, sign_in, token_in

WHO = {
    "name_en": "Window Watch",
    "name_ko": "창문지기",
    "country": "CH",
    "address": "Rue du Lac 1\n1200 Genève",
    "privacy_contact": "privacy@window.example.org",
    "sender_name": "Window Watch",
    "sender_address": "sign@window.example.org",
    "smallest_age": "16",
}
MINA = {
    "name": "Mina Kim",
    "email": "Mina@Example.org",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def code(app: Flask) -> str:
    return new_code(app)


def new_code(app: Flask, *, anew: bool = False) -> str:
    with app.app_context():
        db.transact(lambda: setup.prepare(anew=anew))
        return setup.code()


def first_person(client: FlaskClient, code: str, **changes: str) -> TestResponse:
    at = f"/console/setup/en/{code}"
    token = token_in(client.get(at))
    return client.post(at, data={"csrf_token": token, **MINA, **changes})


def test_the_code_leads_from_the_language_to_the_console(
    app: Flask, client: FlaskClient, code: str
) -> None:
    welcome = client.get(f"/setup/{code}")
    assert f"/ko/setup/{code}" in welcome.text
    asked = client.get(f"/ko/setup/{code}")
    assert '<html lang="ko"' in asked.text
    went_on = client.post(f"/ko/setup/{code}", data=WHO)
    assert (went_on.status_code, went_on.location) == (303, f"/console/setup/ko/{code}")
    came_in = first_person(client, code)
    assert (came_in.status_code, came_in.location) == (303, "/console/setup")
    steps = client.get("/console/setup")
    assert steps.status_code == 200
    assert "Send a test mail to mina@example.org" in steps.text
    with app.app_context():
        mina = queries.person_of("mina@example.org")
        assert mina
        assert {role.name for role in mina.roles} == {RoleName.ADMINISTRATOR, RoleName.ORGANISER}
        assert settings().organisation == "Window Watch"
        assert settings().smallest_age == 16
        deeds = {(e.actor, e.action) for e in session.query(AuditEntry)}
    assert {
        ("setup", "organisation.changed"),
        ("setup", "person.created"),
        ("Mina Kim", "person.signed_in"),
    } <= deeds


def test_what_was_said_is_there_when_somebody_comes_back(client: FlaskClient, code: str) -> None:
    client.post(f"/en/setup/{code}", data=WHO)
    again = client.get(f"/fr/setup/{code}").text
    assert 'value="창문지기"' in again
    assert "Rue du Lac 1" in again


def test_once_there_is_a_person_every_address_is_unknown(
    app: Flask, client: FlaskClient, code: str
) -> None:
    first_person(client, code)
    stranger = app.test_client()
    for path in (f"/setup/{code}", f"/en/setup/{code}", f"/console/setup/en/{code}"):
        assert stranger.get(path).status_code == 404, path
        assert stranger.post(path, data=WHO | MINA).status_code in (404, 405), path
        assert client.get(path).status_code == 404, path


def test_whoever_was_let_in_from_the_shell_closes_the_door_as_well(
    app: Flask, client: FlaskClient, code: str
) -> None:
    let_in(app, "administrator")
    assert client.get(f"/setup/{code}").status_code == 404


@pytest.mark.parametrize("wrong", ["x", "3479-acde-fghj-kmnp", "0000-0000-0000-0000", "%00"])
def test_a_wrong_code_meets_the_same_page_as_any_unknown_address(
    client: FlaskClient, code: str, wrong: str
) -> None:
    unknown = client.get("/nowhere/at-all")
    for path in (f"/setup/{wrong}", f"/console/setup/en/{wrong}"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.text == unknown.text
    assert client.get("/setup").status_code == client.get("/setup/").status_code == 404


def test_codes_are_guessed_ever_more_slowly_whoever_asks(app: Flask, code: str) -> None:
    for number in range(5):
        guess = "3479acdefghjkmn" + "pqrtx"[number]
        assert app.test_client().get(f"/setup/{guess}").status_code == 404
    assert app.test_client().get(f"/setup/{code}").status_code == 404
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert app.test_client().get(f"/setup/{code}").status_code == 200


def test_scanners_that_ask_for_setup_pages_use_up_no_tries(app: Flask, code: str) -> None:
    for path in ("index.php", "install", "license.aspx", "x" * 500) * 5:
        assert app.test_client().get(f"/setup/{path}").status_code == 404
    assert app.test_client().get(f"/setup/{code}").status_code == 200


def test_another_code_voids_the_one_before(app: Flask, client: FlaskClient, code: str) -> None:
    other = new_code(app, anew=True)
    assert other != code
    assert client.get(f"/setup/{code}").status_code == 404
    assert client.get(f"/setup/{other}").status_code == 200


def test_all_processes_know_the_same_code_and_the_database_knows_none(
    app: Flask, config: Config, code: str
) -> None:
    assert new_code(create_app(config)) == code
    thief = replace(config, secret_key="another secret of thirty-two letters")
    assert new_code(create_app(thief)) != code
    with app.app_context():
        assert address() == f"http://localhost/setup/{code}"


def test_the_command_shows_the_address_until_there_is_a_person(app: Flask) -> None:
    shown = app.test_cli_runner().invoke(args=["setup-code"])
    code = shown.output.strip().rpartition("/")[2]
    assert app.test_client().get(f"/setup/{code}").status_code == 200
    assert app.test_cli_runner().invoke(args=["setup-code", "--new"]).output != shown.output
    let_in(app, "administrator")
    refused = app.test_cli_runner().invoke(args=["setup-code"])
    assert refused.exit_code == 1
    assert "/setup/" not in refused.output


def test_of_two_who_set_up_at_once_one_comes_in(app: Flask, code: str) -> None:
    clients = [app.test_client() for _ in range(2)]
    at = f"/console/setup/en/{code}"
    tokens = [token_in(client.get(at)) for client in clients]
    start, found = threading.Barrier(2), [0, 0]

    def try_it(turn: int) -> None:
        typed = MINA | {"email": f"person{turn}@example.org", "csrf_token": tokens[turn]}
        start.wait()
        found[turn] = clients[turn].post(at, data=typed).status_code

    threads = [threading.Thread(target=try_it, args=(turn,)) for turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [303, 404]
    with app.app_context():
        assert session.query(Person).count() == 1
        assert session.query(WebSession).count() == 1


def test_a_form_from_elsewhere_lets_nobody_in(app: Flask, client: FlaskClient, code: str) -> None:
    at = f"/console/setup/en/{code}"
    assert client.post(at, data=MINA).status_code == 400
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/en/setup/{code}", data=WHO, headers=foreign).status_code == 403
    with app.app_context():
        assert session.query(Person).count() == 0


@pytest.mark.parametrize(
    "changes", [{"password": "short", "again": "short"}, {"again": "other words"}, {"email": "x"}]
)
def test_a_weak_password_or_a_slip_is_named_and_lets_nobody_in(
    app: Flask, client: FlaskClient, code: str, changes: dict[str, str]
) -> None:
    answer = first_person(client, code, **changes)
    assert answer.status_code == 400
    assert 'class="summary"' in answer.text
    with app.app_context():
        assert session.query(Person).count() == 0


def test_an_organisation_needs_a_name_and_mailboxes_that_can_be_one(
    client: FlaskClient, code: str
) -> None:
    wrong = WHO | {"name_en": "", "name_ko": " ", "sender_address": "nobody", "smallest_age": "9"}
    answer = client.post(f"/en/setup/{code}", data=wrong)
    assert answer.status_code == 400
    assert answer.text.count('aria-invalid="true"') == 3


def test_the_mail_server_answers_in_the_list(app: Flask, client: FlaskClient, code: str) -> None:
    client.post(f"/en/setup/{code}", data=WHO)
    first_person(client, code)
    token = token_in(client.get("/console/setup"))
    sent = client.post("/console/setup/mail", data={"csrf_token": token})
    assert sent.location == "/console/setup"
    assert "The mail server took the test mail" in client.get("/console/setup").text
    (mail,) = given.mails(app)
    assert mail["To"] == "mina@example.org"
    assert mail["From"] == "Window Watch <sign@window.example.org>"
    with app.app_context():
        assert setup.mail_was_answered()


def test_only_an_administrator_sends_a_test_mail(app: Flask) -> None:
    let_in(app, "viewer", name="Viewer")
    client = app.test_client()
    sign_in(client, "viewer@example.org")
    token = token_in(client.get("/console/password"))
    assert client.post("/console/setup/mail", data={"csrf_token": token}).status_code == 404
    assert client.get("/console/setup").status_code == 200


@pytest.fixture
def demo_app(config: Config) -> Iterator[Flask]:
    app = create_app(replace(config, environment="demo"))
    yield app
    with app.app_context():
        session.remove()
        db.db.engine.dispose()


def test_a_demo_is_never_set_up(demo_app: Flask) -> None:
    code = new_code(demo_app)
    assert demo_app.test_client().get(f"/setup/{code}").status_code == 404
    assert demo_app.test_cli_runner().invoke(args=["setup-code"]).exit_code == 1


def test_the_list_leaves_today_once_a_petition_was_opened(
    app: Flask, client: FlaskClient, code: str
) -> None:
    first_person(client, code)
    assert "First steps" in client.get("/console/").text
    with app.app_context():
        db.transact(lambda: [given.key(), given.key()])
    assert "Make two keys, and prove them" in client.get("/console/").text
    with app.app_context():
        db.transact(given.petition)
    assert "First steps" not in client.get("/console/").text


def test_services_still_refuse_a_second_first_person(app: Flask, code: str) -> None:
    with app.app_context():
        db.transact(lambda: setup.let_first_in("A", "a@example.org", "!"))
        with pytest.raises(setup.SetUpMeanwhile):
            db.transact(lambda: setup.let_first_in("B", "b@example.org", "!"))
        assert session.query(Person).count() == 1


def test_who_may_not_do_a_step_reads_who_does(app: Flask) -> None:
    let_in(app, "organiser", name="Bora")
    client = app.test_client()
    sign_in(client, "bora@example.org")
    page = client.get("/console/setup").text
    assert page.count("An administrator does this.") == 3
    assert "/console/settings/" not in page.split('<ol class="todo">')[1]
    assert "/console/petitions/new" in page
