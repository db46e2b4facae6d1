"""Whoever was handed a statement can look it up, read it, and check it, in each language."""

import hashlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.petitions import queries
from campaign_app.petitions.statement_models import Statement
from tests import given
from tests.given import World
from tests.petitions.stating import count, hand_over, state


@pytest.fixture
def statement(app: Flask, world: World) -> Statement:
    """State a tally with two small countries in it."""
    count(app, world.petition_id, 1812)
    count(app, world.petition_id, 41, country="US")
    count(app, world.petition_id, 12, country="DE")
    count(app, world.petition_id, 2, country="LA", language="ko")
    return state(app, world.petition_id)


def test_the_page_shows_hash_and_totals(client: FlaskClient, statement: Statement) -> None:
    page = client.get(f"/en/statements/{statement.serial}").text
    assert statement.sha256 in page
    assert "1,867" in page
    assert "not what the fingerprint was made of" not in page
    assert "has not been recorded yet" in page


def test_small_numbers_are_not_written_anywhere(client: FlaskClient, statement: Statement) -> None:
    for path in ("", "/sheet"):
        page = client.get(f"/en/statements/{statement.serial}{path}").text
        assert '<th scope="row">Laos</th><td class="num">&lt; 5</td>' in page
        assert '<th scope="row">Germany</th><td class="num">10–13</td>' in page
        assert '<th scope="row">United States</th><td class="num">41</td>' in page
    data = client.get(f"/statements/{statement.serial}.json").get_json()
    assert data["by_country"]["few"] == ["LA"]
    assert data["by_country"]["withheld"] == ["DE"]


def test_the_file_has_the_hash_that_the_page_says(
    client: FlaskClient, statement: Statement
) -> None:
    file = client.get(f"/statements/{statement.serial}.json")
    assert hashlib.sha256(file.data).hexdigest() == statement.sha256
    assert f"statement-{statement.serial}.json" in file.headers["Content-Disposition"]


@pytest.mark.parametrize("language", given.LANGUAGES)
def test_the_paper_has_the_text_of_its_language_and_its_number(
    client: FlaskClient, statement: Statement, language: str
) -> None:
    paper = client.get(f"/{language}/statements/{statement.serial}/sheet").text
    assert f'<html lang="{language}"' in paper
    assert given.TITLES[language] in paper
    foot = paper.split("<footer")[1]
    assert statement.serial in foot
    assert statement.sha256 in foot
    assert f"http://localhost/{language}/statements/{statement.serial}".split("/")[-1] in paper


def test_pages_are_made_of_the_frozen_data_alone(
    app: Flask, client: FlaskClient, world: World, statement: Statement
) -> None:
    path = f"/en/statements/{statement.serial}/sheet"
    before = client.get(path).text
    count(app, world.petition_id, 100, country="LA")
    with app.app_context():
        db.transact(lambda: given.approved(
            queries.get(world.petition_id), "en",
            world.author_id, world.reviewer_id,
        ))  # fmt: skip
    assert client.get(path).text == before


def test_data_that_were_changed_in_the_database_are_called_so(
    app: Flask, client: FlaskClient, statement: Statement
) -> None:
    forged = statement.data.replace('"total":1867', '"total":9867')
    assert forged != statement.data
    with app.app_context():
        db.transact(lambda: session.execute(update(Statement).values(data=forged)))
    for path in ("", "/sheet"):
        page = client.get(f"/en/statements/{statement.serial}{path}").text
        assert "not what the fingerprint was made of" in page


@pytest.mark.parametrize("typed", ["{}", "No. {}", " {} ", "Statement {}."])
def test_a_number_is_found_however_it_is_typed(
    client: FlaskClient, statement: Statement, typed: str
) -> None:
    number = typed.format(statement.serial)
    answer = client.get("/en/statements", query_string={"number": number})
    assert answer.location == f"/en/statements/{statement.serial}"
    short = statement.serial.replace("-00", "-")
    assert client.get("/en/statements", query_string={"number": short}).status_code == 303


@pytest.mark.parametrize("typed", ["2026-999", "x", "<b>", "\0", "9" * 400, "٢٠٢٦-٠٠١"])
def test_a_number_that_leads_nowhere_is_said_so(client: FlaskClient, typed: str) -> None:
    answer = client.get("/en/statements", query_string={"number": typed})
    assert answer.status_code == 404
    assert "no statement with this number" in answer.text
    assert "<b>" not in answer.text.split("<form")[1]


@pytest.mark.parametrize(
    "path", ["/en/statements/2026-1", "/en/statements/x", "/en/statements/2026-999/sheet",
             "/statements/2026-999.json", "/statements/x.json", "/xx/statements/2026-001"],
)  # fmt: skip
def test_another_spelling_is_a_404(client: FlaskClient, statement: Statement, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_of_a_statement_says_to_whom_it_was_handed(
    app: Flask, client: FlaskClient, statement: Statement
) -> None:
    hand_over(app, statement)
    page = client.get(f"/fr/statements/{statement.serial}").text
    assert "UN Human Rights Office" in page


def test_no_name_and_no_mailbox_is_in_a_statement(app: Flask, world: World) -> None:
    visitor = app.test_client()
    given.sign(visitor, f"/en/petitions/{world.slug}", "canary.bird@example.org", name="Canary")
    made = state(app, world.petition_id)
    assert "anary" not in made.data
