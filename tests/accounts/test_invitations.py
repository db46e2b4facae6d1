"""Ways to a password: invited, sent a link, forgotten; good once, and only for a while."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign_app.accounts import invitations, queries, services
from campaign_app.accounts.models import Person, PersonLink
from campaign_app.accounts.passwords import hashed
from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, db
from tests import given
from tests.accounts.people import PASSWORD, let_in, send, sign_in, signed_in, token_in

NEW = "quite another lantern"
YUNA = {"name": "Yuna", "email": "yuna@example.org", "language": "en", "organiser": "y"}
SPENT = "This link does not work any more"


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    """Sign an administrator in."""
    return signed_in(app, "administrator", name="Boss")


def invite(boss: FlaskClient, **changes: str) -> TestResponse:
    """Invite Yuna."""
    return send(boss, "/console/people/invite", **(YUNA | changes))


def link(app: Flask, number: int = -1) -> str:
    """Let the mail go out, and read the link of one."""
    given.send_mail(app)
    return given.link_of(given.mails(app)[number])


def choose(client: FlaskClient, address: str, password: str = NEW, again: str = "") -> TestResponse:
    """Fill in the page behind a link."""
    fields = {"new_password": password, "new_password_confirm": again or password}
    return client.post(address, data=fields)


def person(app: Flask, name: str = "yuna") -> Person:
    """Read a person as they are in the database now."""
    with app.app_context():
        return db.session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()


def deeds(app: Flask) -> list[tuple[str, str]]:
    """List who did what, signing in aside."""
    with app.app_context():
        rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(row.actor, row.action) for row in rows if row.action != "person.signed_in"]


def test_who_is_invited_chooses_a_password_and_comes_in(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    assert invite(boss).status_code == 303
    address = link(app)
    assert client.get(address).status_code == 200
    assert "yuna@example.org" in choose(client, address).text
    assert sign_in(client, "yuna@example.org", NEW).status_code == 302
    assert client.get("/console/petitions/new").status_code == 200
    assert deeds(app)[1:] == [
        ("Boss", "person.created"),
        ("Boss", "person.invited"),
        ("Yuna", "person.came"),
    ]


def test_the_mail_speaks_the_language_of_whom_it_is_for(app: Flask, boss: FlaskClient) -> None:
    invite(boss, language="fr")
    assert link(app).startswith("/fr/account/")
    mail = given.mails(app)[-1]
    assert str(mail["Content-Language"]) == "fr"
    assert "Yuna" in given.text_of(mail)
    assert "Boss" in given.text_of(mail)
    html = mail.get_body(("html",))
    assert html
    assert given.link_of(mail) in html.get_content()


def test_before_that_nobody_signs_in_as_them(app: Flask, boss: FlaskClient) -> None:
    invite(boss)
    for password in ("", PASSWORD, "!", NEW):
        answer = sign_in(app.test_client(), "yuna@example.org", password)
        assert answer.status_code == 200


def test_the_database_does_not_hold_the_link(app: Flask, boss: FlaskClient) -> None:
    invite(boss)
    token = link(app).rsplit("/", 1)[1]
    with app.app_context():
        (row,) = db.session.scalars(select(PersonLink))
        assert token.encode() not in row.token_hash
        assert row.token_hash == queries.hash_of(token)


def test_looking_at_the_link_changes_nothing_and_sets_no_cookie(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    invite(boss)
    address = link(app)
    for look in (client.get, client.head, client.get):
        answer = look(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert choose(client, address).status_code == 200


def test_a_link_works_once(app: Flask, boss: FlaskClient, client: FlaskClient) -> None:
    invite(boss)
    address = link(app)
    choose(client, address)
    for answer in (client.get(address), choose(client, address, "a thief's own lantern")):
        assert answer.status_code == 410
        assert SPENT in answer.text
    assert sign_in(client, "yuna@example.org", NEW).status_code == 302


def test_of_two_who_use_a_link_in_the_same_moment_one_wins(app: Flask, boss: FlaskClient) -> None:
    invite(boss)
    token = link(app).rsplit("/", 1)[1]
    outcomes: list[str] = []

    def use(secret: str) -> None:
        with app.app_context():
            try:
                db.transact(partial(invitations.choose_password, token, secret))
                outcomes.append("chosen")
            except invitations.LinkIsSpent:
                outcomes.append("spent")

    with app.app_context():
        secrets = [hashed(password) for password in (PASSWORD, NEW)]
    threads = [threading.Thread(target=use, args=(secret,)) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["chosen", "spent"]


def test_after_seven_days_it_opens_nothing(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    invite(boss)
    address, now = link(app), clock.now()
    with clock.frozen(now + timedelta(days=6, hours=23)):
        assert client.get(address).status_code == 200
    with clock.frozen(now + timedelta(days=7, minutes=1)):
        assert choose(client, address).status_code == 410
    assert not person(app).came


def test_sending_it_again_ends_the_link_before(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    invite(boss)
    first = link(app)
    send(boss, f"/console/people/{person(app).id}/link")
    second = link(app)
    assert client.get(first).status_code == 410
    assert choose(client, second).status_code == 200


def test_an_invitation_that_still_waits_to_be_sent_is_sent_once(
    app: Flask, boss: FlaskClient
) -> None:
    invite(boss)
    send(boss, f"/console/people/{person(app).id}/link")
    given.send_mail(app)
    assert len(given.mails(app)) == 1


def test_an_invitation_can_be_taken_back_and_given_again(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    invite(boss)
    address, number = link(app), person(app).id
    send(boss, f"/console/people/{number}/deactivate")
    assert "is taken back" in boss.get("/console/people/").text
    assert client.get(address).status_code == 410
    assert send(boss, f"/console/people/{number}/link").status_code == 409
    send(boss, f"/console/people/{number}/reactivate")
    send(boss, f"/console/people/{number}/link")
    assert choose(client, link(app)).status_code == 200


def test_the_list_and_the_page_say_who_has_not_come_yet(app: Flask, boss: FlaskClient) -> None:
    invite(boss)
    assert ">invited<" in boss.get("/console/people/").text
    assert "Take the invitation back" in boss.get(f"/console/people/{person(app).id}").text
    with app.app_context():
        db.transact(lambda: db.session.execute(text("DELETE FROM person_link")))
    assert ">invitation too old<" in boss.get("/console/people/").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "BOSS@example.org "}, "Somebody already signs in with this e-mail address."),
        ({"email": "nobody"}, "This does not look like an address."),
        ({"email": ""}, "Type the e-mail address."),
        ({"name": " "}, "Type the name."),
        ({"organiser": ""}, "Choose at least one role."),
        ({"language": "xx"}, "Please look at this again"),
    ],
)
def test_an_invitation_that_cannot_be_sent_says_why_and_keeps_what_was_typed(
    app: Flask, boss: FlaskClient, changes: dict[str, str], said: str
) -> None:
    answer = invite(boss, **changes)
    assert answer.status_code == 400
    assert said in answer.text
    assert ("Yuna" in answer.text) == ("name" not in changes)
    given.send_mail(app)
    assert given.mails(app) == []


def test_only_administrators_invite(app: Flask) -> None:
    client = signed_in(app, "organiser", "finance", "viewer")
    assert client.get("/console/people/invite").status_code == 404
    assert send(client, "/console/people/invite", **YUNA).status_code == 404
    assert send(client, "/console/people/1/link").status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "A password has 12 to 128 characters."),
        (NEW, "a slip of the hand", "The two new passwords differ."),
        ("", "", "Type a new password."),
        ("x" * 129, "x" * 129, "Please look at this again"),
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_as_it_was(
    app: Flask, boss: FlaskClient, client: FlaskClient, password: str, again: str, said: str
) -> None:
    invite(boss)
    address = link(app)
    fields = {"new_password": password, "new_password_confirm": again}
    answer = client.post(address, data=fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert choose(client, address).status_code == 200


def test_a_link_of_another_site_is_not_taken(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    invite(boss)
    fields = {"new_password": NEW, "new_password_confirm": NEW}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(link(app), data=fields, headers=foreign).status_code == 403
    assert not person(app).came


# Sent by an administrator


def test_an_administrator_sends_a_link_and_never_types_a_password(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    yuna = signed_in(app, "viewer", name="Yuna")
    page = boss.get(f"/console/people/{person(app).id}").text
    assert 'type="password"' not in page
    send(boss, f"/console/people/{person(app).id}/link")
    address = link(app)
    assert yuna.get("/console/password").status_code == 200, "the old password counts until then"
    assert choose(client, address).status_code == 200
    assert yuna.get("/console/password").status_code == 303, "every session ends"
    assert sign_in(client, "yuna@example.org").status_code == 200
    assert sign_in(client, "yuna@example.org", NEW).status_code == 302
    assert ("Yuna", "person.password_chosen") in deeds(app)


@pytest.mark.parametrize("ending", ["deactivate", "password"])
def test_what_ends_an_account_or_a_password_ends_its_links(
    app: Flask, boss: FlaskClient, client: FlaskClient, ending: str
) -> None:
    yuna = let_in(app, "viewer", name="Yuna")
    send(boss, f"/console/people/{yuna.id}/link")
    address = link(app)
    with app.app_context():
        secret = hashed(NEW)

        def end() -> None:
            found = db.session.get_one(Person, yuna.id)
            if ending == "deactivate":
                services.deactivate(found)
            else:
                services.set_password(found, secret)

        db.transact(end)
    assert choose(client, address, "a third lantern, then").status_code == 410


# Forgotten


def forget(app: Flask, email: str, **headers: str) -> TestResponse:
    """Ask for a link at the door, in a browser that is new here."""
    client = app.test_client()
    token = token_in(client.get("/console/forgotten"))
    fields = {"csrf_token": token, "email": email}
    return client.post("/console/forgotten", data=fields, headers=headers)


def test_a_forgotten_password_is_chosen_anew(app: Flask, client: FlaskClient) -> None:
    let_in(app, "viewer", name="Yuna")
    answer = forget(app, " YUNA@example.org", **{"Accept-Language": "fr"})
    assert answer.status_code == 200
    address = link(app)
    assert address.startswith("/fr/account/")
    assert choose(client, address).status_code == 200
    assert sign_in(client, "yuna@example.org", NEW).status_code == 302


def test_the_sign_in_page_leads_there(client: FlaskClient) -> None:
    assert 'href="/console/forgotten"' in client.get("/console/sign-in").text


def test_everybody_gets_the_same_answer_and_the_same_row(app: Flask) -> None:
    let_in(app, "viewer", name="Yuna")
    gone = let_in(app, "viewer", name="Gone")
    with app.app_context():
        let_in(app, "administrator", name="Boss")
        db.transact(lambda: services.deactivate(db.session.get_one(Person, gone.id)))
    pages = set()
    for name in ("yuna", "gone", "nobody"):
        pages.add(forget(app, f"{name}@example.org").text.replace(name, ""))
        with app.app_context():
            jobs = db.session.execute(
                text("SELECT payload FROM outbox WHERE topic = 'accounts.forgotten'")
            ).all()
            assert len(jobs) == len(pages) + (name == "gone") + 2 * (name == "nobody")
            assert all(name.encode() not in bytes(job.payload) for job in jobs)
    assert len(pages) == 1
    given.send_mail(app)
    assert [str(mail["To"]) for mail in given.mails(app)] == ["yuna@example.org"]


def test_a_mailbox_gets_three_such_mails_a_day(app: Flask) -> None:
    let_in(app, "viewer", name="Yuna")
    now = clock.now()
    for _ in range(5):
        forget(app, "yuna@example.org")
        given.send_mail(app)
    assert len(given.mails(app)) == 3
    with clock.frozen(now + timedelta(days=1, minutes=5)):
        forget(app, "yuna@example.org")
        given.send_mail(app)
    assert len(given.mails(app)) == 4


def test_a_stranger_who_asks_spoils_no_invitation(
    app: Flask, boss: FlaskClient, client: FlaskClient
) -> None:
    invite(boss)
    invited = link(app)
    forget(app, "yuna@example.org")
    assert link(app) != invited
    assert choose(client, invited).status_code == 200


def test_a_chosen_password_ends_all_links(app: Flask, client: FlaskClient) -> None:
    let_in(app, "viewer", name="Yuna")
    boss = signed_in(app, "administrator", name="Boss")
    send(boss, f"/console/people/{person(app).id}/link")
    sent = link(app)
    forget(app, "yuna@example.org")
    assert choose(client, link(app)).status_code == 200
    assert client.get(sent).status_code == 410


def test_the_form_needs_its_token(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/console/forgotten", data={"email": "yuna@example.org"})
    assert answer.status_code == 400


# The last administrator


def test_an_administrator_who_was_invited_and_never_came_counts_for_nothing(
    app: Flask, boss: FlaskClient
) -> None:
    invite(boss, administrator="y")
    number = person(app, "boss").id
    assert send(boss, f"/console/people/{number}/deactivate").status_code == 409
    assert send(boss, f"/console/people/{number}", viewer="y").status_code == 409
    choose(app.test_client(), link(app))
    assert send(boss, f"/console/people/{number}", viewer="y").status_code == 303


def test_such_an_invitation_can_be_taken_back_all_the_same(app: Flask, boss: FlaskClient) -> None:
    invite(boss, administrator="y")
    assert send(boss, f"/console/people/{person(app).id}/deactivate").status_code == 303


def test_two_invitations_to_one_mailbox_in_the_same_moment_make_one_person(app: Flask) -> None:
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def work() -> None:
        guest = invitations.Guest("Yuna", "yuna@example.org", "ko", ["viewer"])
        with app.app_context():
            letter = guest.letter(by="Boss")
            ready.wait()
            try:
                db.transact(lambda: invitations.invite(guest, letter))
                outcomes.append("invited")
            except services.EmailTaken:
                outcomes.append("taken")

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["invited", "taken"]


# Commands


@pytest.fixture
def run(app: Flask) -> Callable[..., str]:
    """Run `flask people …` and give what it says."""
    return lambda *words: app.test_cli_runner().invoke(args=["people", *words]).output


BY_COMMAND = ("invite", "--email", "Yuna@example.org", "--name", "Yuna", "--role", "administrator")


def test_a_command_invites_by_mail(
    app: Flask, client: FlaskClient, run: Callable[..., str]
) -> None:
    assert "on its way to Yuna" in run(*BY_COMMAND, "--language", "en")
    assert "(invited)" in run("list")
    assert choose(client, link(app)).status_code == 200
    assert "(invited)" not in run("list")


def test_a_command_shows_the_link_where_no_mail_goes_out_yet(
    app: Flask, client: FlaskClient, run: Callable[..., str]
) -> None:
    said = run(*BY_COMMAND, "--show")
    found = re.fullmatch(r"http://localhost(/ko/account/\S+)\n", said)
    assert found
    assert choose(client, found[1]).status_code == 200
    given.send_mail(app)
    assert given.mails(app) == []


def test_a_command_refuses_a_language_that_we_do_not_speak(run: Callable[..., str]) -> None:
    assert "--language" in run(*BY_COMMAND, "--language", "xx")


def test_a_command_refuses_a_mailbox_that_is_taken(app: Flask, run: Callable[..., str]) -> None:
    let_in(app, "viewer", name="Yuna")
    assert "Somebody already signs in" in run(*BY_COMMAND)
