"""Whoever signed without a mailbox is counted, shown, invalidated, exported and forgotten like others."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import db, ids
from campaign_app.core.db import session
from campaign_app.core.i18n import force_locale
from campaign_app.petitions import (
    export,
    forgetting,
    invalidating,
    public_total,
    queries,
    recount,
    statement_sheet,
    statements,
    states,
)
from campaign_app.petitions.signing_models import Mailbox, Receipt, SealedCopy, Signature
from campaign_app.petitions.tally import Count
from tests import given
from tests.given import World
from tests.petitions.stating import state
from tests.petitions.witnessed import give

CODE = ids.readable(ids.RECEIPT_LENGTH)


@pytest.fixture
def row(app: Flask, world: World) -> Iterator[uuid.UUID]:
    """Let one person sign without a mailbox, beside one with; afterwards all numbers agree."""
    row = uuid.uuid4()
    give(app, world, "", row=row, receipt=CODE)
    give(app, world, "jun@example.org")
    yield row
    with app.app_context():
        session.rollback()
        assert recount.check() == []


def test_the_receipt_shows_and_withdraws(
    app: Flask, client: FlaskClient, world: World, row: uuid.UUID
) -> None:
    assert "Counted" in client.post("/en/receipt", data={"code": CODE}).text
    sure = {"code": CODE, "sure": "yes"}
    assert client.post("/en/receipt/withdraw", data=sure).status_code == 200
    assert given.counted(app, world.petition_id) == (1, 0)
    with app.app_context():
        assert session.query(Mailbox).count() == 1
        assert session.get_one(Signature, (world.petition_id, row)).sealed is None


def test_invalidating_and_letting_it_count_again(app: Flask, world: World, row: uuid.UUID) -> None:
    with app.app_context():
        assert db.transact(lambda: invalidating.invalidate(world.petition_id, row, "a joke"))
        assert given.counted(app, world.petition_id) == (1, 0)
        assert db.transact(lambda: invalidating.restore(world.petition_id, row, "no joke"))
    assert given.counted(app, world.petition_id) == (2, 0)


def test_the_export_names_its_class(app: Flask, world: World, row: uuid.UUID) -> None:
    with app.app_context():
        _header, *lines = map(json.loads, export.lines(queries.get(world.petition_id)))
    known = {line["row"]: line["evidence"] for line in lines}
    assert known[row.hex] == "no_mailbox"
    assert sorted(known.values()) == ["no_mailbox", "witnessed"]


def test_a_new_receipt_is_mailed_to_nobody_else(
    app: Flask, client: FlaskClient, world: World, row: uuid.UUID
) -> None:
    given.send_mail(app)
    before = len(given.mails(app))
    client.post("/en/receipt/again", data={"email": "mina@example.org"})
    client.post("/en/receipt/again", data={"email": "jun@example.org"})
    given.send_mail(app)
    assert [mail["To"] for mail in given.mails(app)[before:]] == ["jun@example.org"]


def test_when_names_go_nothing_of_it_stays_but_the_count(
    app: Flask, client: FlaskClient, world: World, row: uuid.UUID
) -> None:
    with app.app_context():
        found = session.query(Signature).all()
        rows = [{"id": one.id, "blind_index": one.blind_index} for one in found]
        db.transact(lambda: forgetting.forget(world.petition_id, rows))
        for one in session.query(Signature):
            assert (one.sealed, one.blind_index, one.not_me_hash) == (None, None, None)
        for table in (SealedCopy, Receipt, Mailbox):
            assert session.query(table).count() == 0
    assert given.counted(app, world.petition_id) == (2, 0)


# What the public total says it contains


def said(**classes: int) -> str:
    return public_total.sentence(Count(classes, datetime(2026, 11, 22, tzinfo=UTC)))


def test_the_public_total_says_what_it_contains(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("en"):
        assert said(confirmed=3) == "3 people have signed and confirmed."
        everybody = said(confirmed=3, witnessed=2, no_mailbox=1, stall_code=4, paper=5)
        assert everybody == (
            "15 people have signed: 3 confirmed by e-mail, 7 in front of a volunteer, 5 on paper."
        )
        assert said(no_mailbox=1) == "1 person has signed: 1 in front of a volunteer."
        assert said(paper=2, unconfirmed=1).endswith("2 on paper. 1 more is still to confirm.")
        assert said() == "Be the first to sign."


def test_a_statement_from_before_the_tablets_is_read_as_it_was_made(
    app: Flask, world: World, row: uuid.UUID
) -> None:
    made = state(app, world.petition_id)
    with app.test_request_context("/"):
        facts = statements.facts(made)
        for kind in (states.NO_MAILBOX, states.BY_STALL_CODE):
            del facts["by_evidence"][kind]
        made.data = statements.canonical(facts)
        read = statement_sheet.read(made, "en")
        assert read
        assert [line.name for line in read.classes] == [
            "Confirmed by mail",
            "Witnessed at a stall",
            "On paper",
        ]
