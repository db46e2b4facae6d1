"""The second factor: set up, asked for, taken once, guessed slowly, and safe in a stolen database."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign_app import create_app
from campaign_app.accounts import second_factor
from campaign_app.accounts.models import Person, WebSession
from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, db
from config import Config
from tests import given
from tests.accounts.people import PASSWORD, send, sign_in, signed_in, token_in
from tests.accounts.phone import FACTOR, Phone, set_up

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CODE: Final = "/console/sign-in/code"
SHOWN: Final = "/console/account/"
MINA: Final = "mina@example.org"


def give_code(client: FlaskClient, code: str, **fields: str) -> TestResponse:
    """Type a code at the door."""
    token = token_in(client.get(CODE))
    return client.post(CODE, data={"csrf_token": token, "code": code, **fields})


def later(seconds: int = 60) -> object:
    """Let time pass, so that the phone shows another code."""
    return clock.frozen(clock.now() + timedelta(seconds=seconds))


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    """Let it be nine o'clock in each test, until the test says that time passes."""
    with clock.frozen(NOW):
        yield


@pytest.fixture
def mina(app: Flask) -> tuple[FlaskClient, Phone, list[str]]:
    """Sign Mina in and set her factor up, at nine o'clock."""
    client = signed_in(app, "organiser")
    phone, codes = set_up(client)
    return client, phone, codes


def stored(app: Flask) -> Person:
    """Read Mina as she is in the database."""
    with app.app_context():
        return db.session.scalars(select(Person).where(Person.email == MINA)).one()


def at_the_door(app: Flask) -> FlaskClient:
    """Give the right password in a new browser."""
    client = app.test_client()
    assert sign_in(client, MINA).status_code == 302
    return client


def test_the_password_alone_opens_nothing_any_more(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    client, phone, _codes = mina
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert client.get(SHOWN).status_code == 200, "who set it up stays in"
        other = at_the_door(app)
        assert other.get("/console/people/").location == f"{CODE}?next=/console/people/"
        assert other.get(SHOWN).status_code == 303
        assert give_code(other, phone.code()).location == "/console/"
        assert other.get(SHOWN).status_code == 200


def test_whoever_owes_a_code_reaches_no_page_of_the_console(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    with clock.frozen(NOW + timedelta(minutes=1)):
        other = at_the_door(app)
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/console") and not rule.arguments:
                answer = other.get(rule.rule)
                assert answer.status_code in (302, 303, 405) or rule.rule in (
                    CODE,
                    "/console/forgotten",
                ), rule.rule
        assert "Mina" not in other.get(CODE).text


def test_the_code_leads_back_to_the_page_that_asked(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    phone = mina[1]
    with clock.frozen(NOW + timedelta(minutes=1)):
        answer = give_code(at_the_door(app), phone.code(), next="/console/codes/?page=2")
    assert answer.location == "/console/codes/?page=2"
    with clock.frozen(NOW + timedelta(minutes=2)):
        answer = give_code(at_the_door(app), phone.code(), next="https://example.com/console")
    assert answer.location == "/console/"


def test_a_code_counts_once(app: Flask, mina: tuple[FlaskClient, Phone, list[str]]) -> None:
    phone = mina[1]
    with clock.frozen(NOW + timedelta(minutes=1)):
        code = phone.code()
        assert give_code(at_the_door(app), code).status_code == 303
        again = give_code(at_the_door(app), code)
        assert again.status_code == 400
        assert "or it was used already" in again.text
    with clock.frozen(NOW + timedelta(seconds=75)):
        assert give_code(at_the_door(app), code).status_code == 400


def test_the_code_that_set_it_up_is_used_up(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    with clock.frozen(NOW):
        assert give_code(at_the_door(app), mina[1].code()).status_code == 400


def test_an_older_code_does_not_count_after_a_newer_one(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    phone = mina[1]
    with clock.frozen(NOW + timedelta(seconds=60)):
        older = phone.code()
    with clock.frozen(NOW + timedelta(seconds=90)):
        assert give_code(at_the_door(app), phone.code()).status_code == 303
        assert give_code(at_the_door(app), older).status_code == 400


def test_of_two_who_type_one_code_in_the_same_moment_one_gets_in(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    number = stored(app).id
    with clock.frozen(NOW + timedelta(minutes=1)), app.app_context():
        code = mina[1].code()
        tries = [db.transact(lambda: second_factor.begin_try(number)) for _ in range(2)]
        proofs = [second_factor.prove(made, code) for made in tries]
        taken = [
            db.transact(partial(second_factor.take, number, proof)) for proof in proofs if proof
        ]
    assert taken == [True, False]


def test_a_code_may_be_written_with_spaces_and_wide_digits(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    with clock.frozen(NOW + timedelta(minutes=1)):
        code = mina[1].code()
        wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code[:3])
        assert give_code(at_the_door(app), f" {wide} {code[3:]} ").status_code == 303


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "²²²²²²", "١٢٣٤٥٦", "a\0b", "0" * 41, "----"]
)
def test_what_is_no_code_is_refused_and_breaks_nothing(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]], typed: str
) -> None:
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert give_code(at_the_door(app), typed).status_code == 400


def test_guesses_are_counted_per_person_wherever_they_come_from(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    phone = mina[1]
    with clock.frozen(NOW + timedelta(minutes=1)):
        for _ in range(6):
            give_code(at_the_door(app), phone.wrong())
        answer = give_code(at_the_door(app), phone.code())
        assert "That was tried too often." in answer.text
    with clock.frozen(NOW + timedelta(minutes=20)):
        assert give_code(at_the_door(app), phone.code()).status_code == 303


def test_a_restart_forgets_no_guess(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]], config: Config
) -> None:
    phone = mina[1]
    with clock.frozen(NOW + timedelta(minutes=1)):
        for _ in range(6):
            give_code(at_the_door(app), phone.wrong())
        again = create_app(config)
        assert "tried too often" in give_code(at_the_door(again), phone.code()).text
        with again.app_context():
            db.session.remove()
            db.db.engine.dispose()


def test_a_right_code_forgives_what_went_wrong_before(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    phone = mina[1]
    for minute in (1, 2, 3):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            door = at_the_door(app)
            for _ in range(4):
                assert give_code(door, phone.wrong()).status_code == 400
            assert give_code(door, phone.code()).status_code == 303


def test_each_recovery_code_opens_the_door_once(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    codes = mina[2]
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert give_code(at_the_door(app), codes[0].upper()).status_code == 303
        assert give_code(at_the_door(app), codes[0]).status_code == 400
        assert give_code(at_the_door(app), codes[1].replace("-", " ")).status_code == 303
    assert len(stored(app).mf_recovery_codes) == len(codes) - 2
    with app.app_context():
        used = select(AuditEntry).where(AuditEntry.action == "person.recovery_code_used")
        assert [row.actor for row in db.session.scalars(used)] == ["Mina", "Mina"]


def test_new_recovery_codes_end_the_old_ones(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    client, phone, codes = mina
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert send(client, f"{FACTOR}/codes", code=phone.wrong()).status_code == 400
        answer = send(client, f"{FACTOR}/codes", code=phone.code())
        drawn = re.findall(r"<code dir=\"ltr\">([0-9a-f-]{14})</code>", answer.text)
        assert not set(drawn) & set(codes)
        assert give_code(at_the_door(app), codes[0]).status_code == 400
        assert give_code(at_the_door(app), drawn[0]).status_code == 303


def test_a_stolen_database_gives_no_code(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    person = stored(app)
    secret = json.loads(person.totp_secret or "")
    assert "key" not in secret
    assert "enckey" in secret
    key = mina[1]._totp.base32_key
    assert key not in json.dumps([person.totp_secret, person.mf_recovery_codes])
    kept = " ".join(person.mf_recovery_codes)
    assert not any(code in kept or code.replace("-", "") in kept for code in mina[2])


def test_another_secret_key_opens_none_of_it(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]], database_url: str, tmp_path: Path
) -> None:
    other = create_app(
        Config.for_tests(
            database_url=database_url, instance_dir=tmp_path, secret_key="another " * 8
        )
    )
    with clock.frozen(NOW + timedelta(minutes=1)):
        for code in (mina[1].code(), mina[2][0]):
            assert give_code(at_the_door(other), code).status_code == 400
    with other.app_context():
        db.session.remove()
        db.db.engine.dispose()


def test_setting_it_up_asks_for_the_password_again(app: Flask) -> None:
    client = signed_in(app, "viewer")
    answer = send(client, f"{FACTOR}/begin", password="a wrong password")
    assert answer.status_code == 400
    assert "otpauth" not in client.get(FACTOR).text
    for _ in range(8):
        answer = send(client, f"{FACTOR}/begin", password="a wrong password")
    assert "tried too often" in answer.text


def test_nothing_counts_before_the_first_right_code(app: Flask) -> None:
    client = signed_in(app, "viewer")
    send(client, f"{FACTOR}/begin", password=PASSWORD)
    assert send(client, f"{FACTOR}/confirm", code="000").status_code == 400
    assert not stored(app).has_second_factor
    assert at_the_door(app).get(SHOWN).status_code == 200


def test_a_code_without_a_factor_being_set_up_changes_nothing(app: Flask) -> None:
    client = signed_in(app, "viewer")
    for deed in ("confirm", "codes", "remove"):
        assert send(client, f"{FACTOR}/{deed}", code="123456").location == FACTOR
    assert not stored(app).has_second_factor


def test_the_page_shows_the_code_as_a_picture_that_holds_the_same_address(app: Flask) -> None:
    client = signed_in(app, "viewer")
    send(client, f"{FACTOR}/begin", password=PASSWORD)
    answer = client.get(FACTOR)
    assert '<svg xmlns="http://www.w3.org/2000/svg" role="img"' in answer.text
    assert "issuer=Lantern%20localhost" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "otpauth" not in signed_in(app, "viewer", name="Yuna").get(FACTOR).text


def test_the_session_keeps_the_unfinished_factor_encrypted(app: Flask) -> None:
    client = signed_in(app, "viewer")
    send(client, f"{FACTOR}/begin", password=PASSWORD)
    found = re.search(r'href="(otpauth://[^"]+)"', client.get(FACTOR).text)
    assert found
    key = Phone(found[1].replace("&amp;", "&"))._totp.base32_key
    with app.app_context():
        (row,) = db.session.scalars(select(WebSession))
    assert key not in json.dumps(row.data)


def test_other_browsers_owe_a_code_as_soon_as_there_is_a_factor(app: Flask) -> None:
    here = signed_in(app, "viewer")
    elsewhere = at_the_door(app)
    assert elsewhere.get(SHOWN).status_code == 200
    set_up(here)
    assert elsewhere.get(SHOWN).status_code == 303


def test_the_session_gets_a_new_number_with_the_code(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    with clock.frozen(NOW + timedelta(minutes=1)):
        door = at_the_door(app)
        before = door.get_cookie("lantern", path="/console")
        give_code(door, mina[1].code())
        after = door.get_cookie("lantern", path="/console")
        assert before
        assert after
        assert before.value != after.value
        door.set_cookie("lantern", before.value, path="/console")
        assert door.get(SHOWN).status_code == 303


def test_signing_in_is_noted_when_the_code_was_right(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    def noted() -> int:
        with app.app_context():
            query = select(AuditEntry).where(AuditEntry.action == "person.signed_in")
            return len(db.session.scalars(query).all())

    before = noted()
    with clock.frozen(NOW + timedelta(minutes=1)):
        door = at_the_door(app)
        assert noted() == before
        give_code(door, mina[1].code())
    assert noted() == before + 1


def test_whoever_owes_a_code_can_leave(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    with clock.frozen(NOW + timedelta(minutes=1)):
        door = at_the_door(app)
        token = token_in(door.get(CODE))
        assert door.post("/console/sign-out", data={"csrf_token": token}).status_code == 302
        assert door.get(CODE).location == "/console/sign-in"


def test_the_code_needs_the_token_of_its_page(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    with clock.frozen(NOW + timedelta(minutes=1)):
        door = at_the_door(app)
        assert door.post(CODE, data={"code": mina[1].code()}).status_code == 400
        assert door.get(SHOWN).status_code == 303


def test_a_new_password_keeps_the_factor_and_the_session(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    client = mina[0]
    new = "quite another lantern"
    with clock.frozen(NOW + timedelta(minutes=1)):
        fields = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
        assert send(client, "/console/password", **fields).location == "/console/"
        assert client.get(SHOWN).status_code == 200
        other = app.test_client()
        sign_in(other, MINA, new)
        assert other.get(SHOWN).status_code == 303


def test_it_can_be_removed_with_a_code_only(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    client, phone, _codes = mina
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert send(client, f"{FACTOR}/remove", code=phone.wrong()).status_code == 400
        assert stored(app).has_second_factor
        send(client, f"{FACTOR}/remove", code=phone.code())
        assert not stored(app).has_second_factor
        assert stored(app).mf_recovery_codes == []
        assert at_the_door(app).get(SHOWN).status_code == 200
        assert "in a browser where you were signed in" in told_of_it(app)


def told_of_it(app: Flask) -> str:
    """Read the one mail that says that the factor is gone, the same in both its forms."""
    given.send_mail(app)
    (mail,) = given.mails(app)
    assert str(mail["To"]) == MINA
    html, text = mail.get_body(("html",)), given.text_of(mail)
    assert html
    for said in (FACTOR, "somebody may be trying to get in as you"):
        assert said in text
        assert said in html.get_content()
    return " ".join(text.split())


def test_an_administrator_removes_it_for_whoever_lost_the_phone(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    boss = signed_in(app, "administrator", name="Boss")
    number = stored(app).id
    assert send(mina[0], f"/console/people/{number}/second-factor/remove").status_code == 404
    send(boss, f"/console/people/{number}/second-factor/remove")
    assert not stored(app).has_second_factor
    assert mina[0].get(SHOWN).status_code == 303
    assert at_the_door(app).get(SHOWN).status_code == 200
    assert "Boss has removed the second factor of your account" in told_of_it(app)
    send(boss, f"/console/people/{number}/second-factor/remove")  # there is none any more
    assert told_of_it(app)


def test_a_command_removes_it_for_the_only_administrator(
    app: Flask, mina: tuple[FlaskClient, Phone, list[str]]
) -> None:
    with app.app_context():
        of_mina = update(Person).where(Person.email == MINA).values(language="en")
        db.transact(lambda: db.session.execute(of_mina))
    words = ["people", "reset", MINA, "--second-factor"]
    assert "every browser is signed out" in app.test_cli_runner().invoke(args=words).output
    assert mina[0].get(SHOWN).status_code == 303
    assert at_the_door(app).get(SHOWN).status_code == 200
    assert "Whoever keeps the server has removed" in told_of_it(app)


# In production, and in the demo


@pytest.fixture
def another(database_url: str, tmp_path: Path) -> Callable[[str], Flask]:
    """Build the app for another environment."""

    def build(environment: str) -> Flask:
        config = Config.for_tests(
            database_url=database_url, instance_dir=tmp_path, environment=environment
        )
        return create_app(config)

    return build


@pytest.mark.parametrize(
    ("role", "place"), [("administrator", "/console/people/"), ("finance", "/console/money/")]
)
def test_in_production_who_administers_or_handles_money_first_sets_it_up(
    another: Callable[[str], Flask], role: str, place: str
) -> None:
    app = another("production")
    client = signed_in(app, role, "organiser")
    for rule in app.url_map.iter_rules():
        path = rule.rule
        if path.startswith("/console/") and "GET" in (rule.methods or ()) and not rule.arguments:
            answer = client.get(path)
            reached = answer.status_code == 200
            assert reached == (path in (FACTOR, "/console/forgotten")), path
    page = client.get(FACTOR).text
    assert "Whoever administers or handles money needs a second factor." in page
    assert f'href="{place}"' not in page
    set_up(client)
    assert client.get(place).status_code == 200
    with app.app_context():
        db.session.remove()
        db.db.engine.dispose()


def test_in_production_others_may_do_without(another: Callable[[str], Flask]) -> None:
    app = another("production")
    assert signed_in(app, "organiser", "viewer").get(SHOWN).status_code == 200
    with app.app_context():
        db.session.remove()
        db.db.engine.dispose()


def test_the_demo_has_none_and_says_so(another: Callable[[str], Flask]) -> None:
    app = another("demo")
    client = signed_in(app, "administrator")
    assert client.get("/console/people/").status_code == 200
    assert "The demo has no second factor" in client.get(FACTOR).text
    assert send(client, f"{FACTOR}/begin", password=PASSWORD).location == FACTOR
    assert "otpauth" not in client.get(FACTOR).text
    with app.app_context():
        db.session.remove()
        db.db.engine.dispose()
