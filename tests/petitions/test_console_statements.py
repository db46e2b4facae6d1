"""Organisers state a tally, hand it over, take a mistake back, and record what was answered."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.petitions import handing, services, statements, states
from campaign_app.petitions.statement_models import Handover
from tests import given
from tests.accounts.people import send, signed_in
from tests.given import World
from tests.petitions.consoling import HOME, audited, flashed, hidden, petition
from tests.petitions.stating import count, hand_over, reply, state, today


@pytest.fixture
def mina(app: Flask) -> FlaskClient:
    """Sign an organiser in."""
    return signed_in(app, "organiser")


def here(world: World, path: str = "statements") -> str:
    return f"{HOME}{world.petition_id}/{path}"


def filled(app: Flask, world: World, **changes: object) -> dict[str, object]:
    """Fill in the form of a handover."""
    with app.app_context():
        newest = statements.of(world.petition_id)[0]
    said: dict[str, object] = {
        "statement": newest.id,
        "on": today().isoformat(),
        "place_en": "Geneva",
        "receiver_en": "UN Human Rights Office",
        "receiver_ko": "유엔 인권최고대표사무소",
        "handed_by": "Our delegation",
        "ends": "y",
    }
    return said | changes


def recorded(app: Flask, mina: FlaskClient, world: World) -> int:
    """Record a handover and give its row."""
    count(app, world.petition_id, 12)
    send(mina, here(world))
    send(mina, here(world, "handovers/new"), **filled(app, world))
    with app.app_context():
        session.rollback()
        return handing.handovers(world.petition_id)[0].id


def test_an_organiser_makes_a_statement_and_hands_it_over(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    count(app, world.petition_id, 12)
    assert "No statement yet" in mina.get(here(world)).text
    page = flashed(mina, send(mina, here(world)))
    number = statement_number(page)
    assert f"Statement {number} is made" in page
    form = mina.get(here(world, "handovers/new")).text
    assert f"{number} · " in form
    assert "12 signatures" in form
    answer = send(mina, here(world, "handovers/new"), **filled(app, world))
    page = flashed(mina, answer)
    assert "The handover is recorded" in page
    assert "UN Human Rights Office" in page
    assert "Our delegation" in page
    assert "It was handed over on" in mina.get(here(world, "")[:-1]).text
    now = petition(app, world.petition_id)
    assert (now.state, now.delivered_on) == (states.DELIVERED, today())
    assert audited(app, "statement.made")[0].actor == "Mina"


def statement_number(page: str) -> str:
    found = re.search(r"20\d\d-\d{3}", page)
    assert found
    return found[0]


def test_the_public_reads_when_where_to_whom_and_how_many(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    recorded(app, mina, world)
    count(app, world.petition_id, 3)  # confirmed after the statement: not what was handed over
    visitor = app.test_client()
    for path in (f"/en/petitions/{world.slug}", "/en/"):
        words = plain(visitor.get(path))
        assert "in Geneva, 12 signatures were handed to: UN Human Rights Office" in words
    korean = visitor.get(f"/ko/petitions/{world.slug}").text
    assert "유엔 인권최고대표사무소" in korean
    assert '<bdi lang="en">Geneva</bdi>' in korean  # not said in Korean: the page says so


def plain(page: TestResponse) -> str:
    """Read a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", page.text).split())


def test_the_answer_stands_below_the_handover_with_a_fallback_that_is_seen(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    row = recorded(app, mina, world)
    address = here(world, f"handovers/{row}/answer")
    said = {"on": today().isoformat(), "sender_en": "The Office", "text_en": "We **read** it."}
    page = flashed(mina, send(mina, address, **hidden(mina.get(address)), **said))
    assert "The answer is recorded" in page
    english = app.test_client().get(f"/en/petitions/{world.slug}").text
    assert "We <strong>read</strong> it." in english
    assert "no translation yet" not in english
    french = app.test_client().get(f"/fr/petitions/{world.slug}").text
    assert '<blockquote lang="en"' in french


def test_an_older_form_does_not_overwrite_a_newer_answer(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    row = recorded(app, mina, world)
    address = here(world, f"handovers/{row}/answer")
    said = {"on": today().isoformat(), "sender_en": "The Office", "text_en": "First."}
    send(mina, address, seen="0", **said)
    late = send(mina, address, seen="0", **(said | {"text_en": "Late."}))
    assert late.status_code == 409
    assert "Late." in late.text
    assert "First." in late.text
    again = send(mina, address, **(said | {"text_en": "Late."}), **hidden(late))
    assert again.status_code == 303
    assert "Version 1" in mina.get(address).text


def test_a_mistake_is_taken_back_with_a_reason(app: Flask, mina: FlaskClient, world: World) -> None:
    row = recorded(app, mina, world)
    address = here(world, f"handovers/{row}/take-back")
    assert send(mina, address, reason="").status_code == 400
    page = flashed(mina, send(mina, address, reason="It was the other petition"))
    assert "It was the other petition" in page
    assert petition(app, world.petition_id).state == states.OPEN
    assert "were handed to" not in plain(app.test_client().get("/en/"))
    for path in (address, here(world, f"handovers/{row}/answer")):
        assert mina.get(path).status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("on", "", "on which day"),
        ("on", "2020-01-01", "was not there yet on that day"),
        ("on", "9999-12-31", "was not there yet on that day"),
        ("place_en", "", "in one language at least"),
        ("handed_by", "", "who of yours"),
        ("receiver_en", "x" * 201, "200 letters at most"),
        ("note", "\0", "cannot be shown"),
        ("statement", "99", "Not a valid choice"),
        ("ends", "", "People can still sign"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    app: Flask, mina: FlaskClient, world: World, field: str, value: str, words: str
) -> None:
    count(app, world.petition_id, 5)
    state(app, world.petition_id)
    sent = filled(app, world, **{field: value})
    if field == "ends":
        del sent["ends"]
    answer = send(mina, here(world, "handovers/new"), **sent)
    assert answer.status_code in (400, 409)
    assert words in answer.text
    assert "Our delegation" in answer.text or field == "handed_by"
    assert petition(app, world.petition_id).state == states.OPEN


def test_handing_over_needs_a_statement(app: Flask, mina: FlaskClient, world: World) -> None:
    answer = mina.get(here(world, "handovers/new"))
    assert "Make a statement first" in flashed(mina, answer)


def test_a_draft_has_nothing_to_state(app: Flask, mina: FlaskClient) -> None:
    with app.app_context():
        draft = db.transact(lambda: services.create(given.plan())).id
    assert "has opened and has an approved text" in flashed(
        mina, send(mina, f"{HOME}{draft}/statements")
    )


def test_an_answer_comes_after_the_handover(app: Flask, mina: FlaskClient, world: World) -> None:
    row = recorded(app, mina, world)
    said = {"on": (today() - timedelta(days=9)).isoformat(), "sender_en": "x", "text_en": "x"}
    answer = send(mina, here(world, f"handovers/{row}/answer"), seen="0", **said)
    assert answer.status_code == 409
    assert "comes after the handover" in answer.text


def test_a_viewer_reads_and_records_nothing(app: Flask, world: World) -> None:
    count(app, world.petition_id, 5)
    made = state(app, world.petition_id)
    row = hand_over(app, made).id
    vera = signed_in(app, "viewer", name="Vera")
    page = vera.get(here(world))
    assert page.status_code == 200
    assert "<form" not in page.text.split('<main id="main">')[1]
    assert "Geneva delegation" not in page.text
    for path in ("handovers/new", f"handovers/{row}/answer", f"handovers/{row}/take-back"):
        assert vera.get(here(world, path)).status_code == 404
        assert send(vera, here(world, path), reason="x").status_code == 404
    assert send(vera, here(world)).status_code == 404
    with app.app_context():
        session.rollback()
        assert len(statements.of(world.petition_id)) == 1


def test_a_handover_of_another_petition_is_a_404(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    with app.app_context():
        other = db.transact(lambda: given.petition("another")).id
    row = hand_over(app, state(app, other)).id
    for name in ("answer", "take-back"):
        assert mina.get(here(world, f"handovers/{row}/{name}")).status_code == 404
        assert send(mina, here(world, f"handovers/{row}/{name}"), reason="x").status_code == 404
    reply(app, handing_of(app, row))


def handing_of(app: Flask, row: int) -> Handover:
    with app.app_context():
        found = session.get(Handover, row)
        assert found
        return found
