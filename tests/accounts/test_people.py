"""People: let in, given roles, let in no more; the last administrator stays."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.accounts import queries, services
from campaign_app.accounts.models import Person
from campaign_app.accounts.passwords import WeakPassword, hashed
from campaign_app.audit.models import AuditEntry
from campaign_app.core import db
from tests.accounts.people import PASSWORD, let_in, send, sign_in, signed_in

NEW = "quite another lantern"


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    """Sign an administrator in."""
    return signed_in(app, "administrator", name="Boss")


def found(person: Person) -> Person:
    """Read a person again."""
    return db.session.get_one(Person, person.id, populate_existing=True)


def test_two_people_cannot_share_a_mailbox(app: Flask) -> None:
    let_in(app, "viewer", email="mina@example.org")
    with pytest.raises(services.EmailTaken):
        let_in(app, "viewer", email="MINA@example.org ")


def test_a_role_that_does_not_exist_is_refused(app: Flask) -> None:
    with pytest.raises(services.UnknownRole):
        let_in(app, "emperor")


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 129])
def test_a_password_that_can_be_guessed_is_refused(app: Flask, password: str) -> None:
    with app.app_context(), pytest.raises(WeakPassword):
        hashed(password)


def test_passwords_are_kept_as_argon2id(app: Flask) -> None:
    assert let_in(app, "viewer").password.startswith("$argon2id$")


def test_the_list_shows_who_may_do_what(app: Flask, boss: FlaskClient) -> None:
    let_in(app, "organiser", "viewer", name="Yuna")
    page = boss.get("/console/people/").text
    assert all(word in page for word in ("Yuna", "yuna@example.org", "Organiser", "Viewer"))


def test_roles_can_be_given_and_taken(app: Flask, boss: FlaskClient) -> None:
    yuna = let_in(app, "viewer", name="Yuna")
    assert 'checked id="viewer"' in boss.get(f"/console/people/{yuna.id}").text
    send(boss, f"/console/people/{yuna.id}", organiser="y", administrator="y")
    with app.app_context():
        assert {role.name for role in found(yuna).roles} == {"organiser", "administrator"}
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "person.roles_set")
        ).one()
        assert entry.actor == "Boss"
        assert entry.detail == {"before": ["viewer"], "after": ["administrator", "organiser"]}


def test_a_person_let_in_no_more_cannot_sign_in_until_let_in_again(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    yuna = let_in(app, "viewer", name="Yuna")
    send(boss, f"/console/people/{yuna.id}/deactivate")
    assert sign_in(client, yuna.email).status_code == 200
    assert "cannot sign in" in boss.get("/console/people/").text
    send(boss, f"/console/people/{yuna.id}/reactivate")
    assert sign_in(client, yuna.email).status_code == 302


@pytest.mark.parametrize("deed", ["", "/deactivate"])
def test_the_last_administrator_stays(app: Flask, boss: FlaskClient, deed: str) -> None:
    gone = let_in(app, "administrator", name="Gone")
    send(boss, f"/console/people/{gone.id}/deactivate")
    with app.app_context():
        last = queries.person_of("boss@example.org")
        assert last
    answer = send(boss, f"/console/people/{last.id}{deed}", viewer="y")
    assert answer.status_code == 409
    assert "This is the last administrator." in answer.text
    assert boss.get("/console/people/").status_code == 200


def test_two_administrators_cannot_remove_each_other_in_the_same_moment(app: Flask) -> None:
    people = [let_in(app, "administrator", name=name) for name in ("Mina", "Yuna")]
    outcomes: list[str] = []

    def remove(person: Person) -> None:
        with app.app_context():
            try:
                db.transact(lambda: services.deactivate(found(person)))
                outcomes.append("gone")
            except services.LastAdministrator:
                outcomes.append("stays")

    threads = [threading.Thread(target=remove, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone", "stays"]


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999999", "-1", "x"])
def test_an_unknown_person_is_a_page_that_does_not_exist(boss: FlaskClient, number: str) -> None:
    assert boss.get(f"/console/people/{number}").status_code == 404


def test_another_reviewer_is_an_active_organiser_and_not_oneself(app: Flask) -> None:
    mina = let_in(app, "organiser")
    let_in(app, "viewer", "administrator", name="Boss")
    assert not someone_else_reviews(app, mina)
    yuna = let_in(app, "organiser", name="Yuna")
    assert someone_else_reviews(app, mina)
    with app.app_context():
        db.transact(lambda: services.deactivate(found(yuna)))
    assert not someone_else_reviews(app, mina)


def someone_else_reviews(app: Flask, person: Person) -> bool:
    """Ask in a moment of its own, so that nothing is remembered."""
    with app.app_context():
        return queries.other_reviewers(person.id)


def test_nobody_is_signed_in_outside_of_a_request(app: Flask) -> None:
    with app.app_context():
        assert queries.current_person() is None


def change(client: FlaskClient, old: str, new: str, again: str) -> str:
    """Send the form for a new password, and give what it answers."""
    fields = {"password": old, "new_password": new, "new_password_confirm": again}
    answer = send(client, "/console/password", **fields)
    return answer.location or answer.text


def test_a_new_password_counts_and_signs_other_browsers_out(app: Flask) -> None:
    here = signed_in(app, "viewer")
    elsewhere = app.test_client()
    sign_in(elsewhere, "mina@example.org")
    assert change(here, PASSWORD, NEW, NEW) == "/console/"
    assert here.get("/console/password").status_code == 200
    assert elsewhere.get("/console/password").status_code == 303
    assert sign_in(elsewhere, "mina@example.org").status_code == 200
    assert sign_in(elsewhere, "mina@example.org", NEW).status_code == 302
    with app.app_context():
        query = select(AuditEntry.actor).where(AuditEntry.action == "person.password_changed")
        assert db.session.scalars(query).all() == ["Mina"]


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("a wrong password", NEW, NEW, "This is not the password"),
        (PASSWORD, NEW, "a slip of the hand", "The two new passwords differ."),
        (PASSWORD, PASSWORD, PASSWORD, "The new password is the old one."),
        (PASSWORD, "short", "short", "A password has 12 characters or more."),
        ("", NEW, NEW, "Type the password that you have used until now."),
    ],
)
def test_a_new_password_is_refused_with_a_reason(
    app: Flask, old: str, new: str, again: str, said: str
) -> None:
    client = signed_in(app, "viewer")
    assert said in change(client, old, new, again)
    assert sign_in(app.test_client(), "mina@example.org").status_code == 302


def test_a_borrowed_session_cannot_guess_the_password_fast(app: Flask) -> None:
    client = signed_in(app, "viewer")
    for _ in range(8):
        page = change(client, "a wrong password", NEW, NEW)
    assert "That was tried too often." in page


@pytest.fixture
def run(app: Flask) -> Callable[..., str]:
    """Run `flask people …` and give what it says."""

    def run(*words: str, said: str = "") -> str:
        return app.test_cli_runner().invoke(args=["people", *words], input=said).output

    return run


def test_the_first_person_is_let_in_by_a_command(
    app: Flask, client: FlaskClient, run: Callable[..., str]
) -> None:
    words = ("--email", "Mina@example.org", "--name", "Mina", "--role", "administrator")
    said = run("create", *words, "--role", "organiser", said=f"{PASSWORD}\n{PASSWORD}\n")
    assert "Mina can sign in" in said
    assert PASSWORD not in said
    assert "mina@example.org  Mina  administrator, organiser" in run("list")
    assert sign_in(client, "mina@example.org").status_code == 302


def test_a_command_can_read_the_password_from_a_file(
    client: FlaskClient, run: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", "utf-8")
    words = ("--email", "mina@example.org", "--name", "Mina", "--role", "viewer")
    run("create", *words, "--password-file", str(file))
    assert sign_in(client, "mina@example.org").status_code == 302


def test_a_forgotten_password_is_set_anew_by_a_command(app: Flask, run: Callable[..., str]) -> None:
    client = signed_in(app, "viewer")
    assert "counts from now on" in run("reset", "MINA@example.org", said=f"{NEW}\n{NEW}\n")
    assert client.get("/console/password").status_code == 303
    assert sign_in(app.test_client(), "mina@example.org", NEW).status_code == 302


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "--email", "x", "--name", "Mina", "--role", "viewer"), "--email"),
        (("create", "--email", "a@example.org", "--name", " ", "--role", "viewer"), "--name"),
        (("create", "--email", "a@example.org", "--name", "Mina", "--role", "boss"), "--role"),
        (("create", "--email", "a@example.org", "--name", "Mina", "--role", "viewer"), "12 to 128"),
        (("reset", "nobody@example.org"), "Nobody signs in"),
    ],
)
def test_a_command_says_what_is_wrong(
    run: Callable[..., str], words: tuple[str, ...], said: str
) -> None:
    output = run(*words, said="short\nshort\n")
    assert said in output
    assert "Traceback" not in output
