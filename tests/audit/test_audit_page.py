"""The audit trail: who may read it, what it says, and how to find something in it."""

import ast
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import campaign_app
from campaign_app.audit import words
from campaign_app.audit.services import SIGNER, acting, record
from campaign_app.core import clock, db
from tests.accounts.people import signed_in

NOON = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    """Sign an administrator in."""
    return signed_in(app, "administrator", name="Boss")


@pytest.fixture
def note(app: Flask) -> Callable[..., None]:
    """Note a deed as the rooms do."""

    def note(action: str, subject: str, **detail: object) -> None:
        with app.app_context():
            db.transact(lambda: record(action, subject, **detail))

    return note


@pytest.mark.parametrize("role", ["organiser", "viewer"])
def test_only_administrators_read_the_trail(app: Flask, role: str) -> None:
    assert signed_in(app, role).get("/console/audit/").status_code == 404


def test_the_newest_deed_stands_first(boss: FlaskClient, note: Callable[..., None]) -> None:
    note("petition.opened", "petition:1")
    note("petition.paused", "petition:1")
    page = boss.get("/console/audit/").text
    assert page.index("paused a petition") < page.index("opened a petition for signing")


def test_a_deed_reads_as_a_sentence(boss: FlaskClient, note: Callable[..., None]) -> None:
    note("code.revoked", "code:7", reason="<b>stolen</b>", placement=None, one_person=True)
    page = boss.get("/console/audit/").text
    assert "a command on the server" in page
    assert "revoked a code" in page
    assert ">Code 7</a>" in page
    assert "reason: <bdi>&lt;b&gt;stolen" in page
    assert "placement:" not in page
    assert "approved by one person alone: <bdi>yes</bdi>" in page


def test_a_deed_that_has_no_words_yet_is_shown_all_the_same(
    boss: FlaskClient, note: Callable[..., None]
) -> None:
    note("lantern.lit_again", "lantern:1", by_whom=["Mina", "Yuna"])
    page = boss.get("/console/audit/").text
    assert "lantern lit again" in page
    assert "by whom: <bdi>Mina, Yuna</bdi>" in page


def test_what_a_signer_did_shows_the_hour_and_no_name(
    app: Flask, boss: FlaskClient, note: Callable[..., None]
) -> None:
    token = acting.set(SIGNER)
    with clock.frozen(NOON):
        note("signature.withdrawn", "petition:1")
    acting.reset(token)
    page = boss.get("/console/audit/?about=signature").text
    assert 'datetime="2026-11-23T12:00:00+00:00"' in page
    assert "a signer" in page


def test_the_trail_can_be_narrowed_to_a_kind_or_a_thing(
    boss: FlaskClient, note: Callable[..., None]
) -> None:
    note("petition.opened", "petition:1")
    note("petition.opened", "petition:12")
    note("code.created", "code:1")
    about = boss.get("/console/audit/?about=petition").text
    assert "made a code" not in about
    assert ">Petition 12</a>" in about
    for written in ("petition:1", "Petition%201"):
        one = boss.get(f"/console/audit/?subject={written}").text
        assert ">Petition 1</a>" in one
        assert ">Petition 12</a>" not in one


def make_codes(number: int) -> None:
    """Note that so many codes were made."""
    for code in range(number):
        record("code.created", f"code:{code}")


def test_older_deeds_are_on_the_next_page(boss: FlaskClient, app: Flask) -> None:
    with app.app_context():
        db.transact(lambda: make_codes(60))
    first = boss.get("/console/audit/?about=code").text
    assert ">Code 59</a>" in first
    assert ">Code 9</a>" not in first
    assert "Older" in first
    second = boss.get("/console/audit/?about=code&page=2").text
    assert ">Code 9</a>" in second
    assert "Older" not in second
    assert "Newer" in second


def test_when_nothing_fits_the_page_says_so(boss: FlaskClient) -> None:
    assert "Nothing to show" in boss.get("/console/audit/?subject=petition:999").text


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=9" + "9" * 30, "about=%00", "subject=%00%ff"]
)
def test_odd_questions_are_answered_without_an_accident(boss: FlaskClient, query: str) -> None:
    assert boss.get(f"/console/audit/?{query}").status_code == 200


def test_every_deed_of_the_house_has_words() -> None:
    folder = Path(campaign_app.__file__).parent
    calls = (
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    )
    found = {deed for call in calls for deed in deeds_noted_by(call)}
    assert found - words.DEEDS.keys() == set()
    assert {"person.signed_in", "petition.opened", "text.approved"} <= found


def deeds_noted_by(call: ast.Call) -> set[str]:
    """List the deeds that a call of `record(…)`, or of a room's own `_note(…)`, names."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    given = {str(word.value) for word in call.args if isinstance(word, ast.Constant)}
    if not re.fullmatch(r"record|_note\w*", name):
        return set()
    return {word for word in given if re.fullmatch(r"[a-z_]+\.[a-z_]+", word)}
