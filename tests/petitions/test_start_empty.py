"""A demo may start empty: what signers left goes, what an organisation needs stays."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app import create_app
from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.outbox.models import OutboxRow
from campaign_app.petitions import recount, tally
from campaign_app.petitions.models import ConsentPart, PetitionText
from campaign_app.petitions.signing_models import Receipt, SealedCopy, Signature
from campaign_app.petitions.starting_empty import LEFT_BEHIND
from campaign_app.qr import visits
from campaign_app.qr.models import Placement, VisitCount
from config import Config
from tests import given
from tests.accounts.people import signed_in, token_in
from tests.given import World

PAGE = "/console/settings/start-empty/"


@pytest.fixture
def demo(config: Config) -> Iterator[Flask]:
    app = create_app(replace(config, environment="demo"))
    yield app
    with app.app_context():
        session.remove()
        db.db.engine.dispose()


@pytest.fixture
def used(demo: Flask) -> World:
    """A petition with two signatures, one of them confirmed, a scan, and a mail that waits."""
    world, client = given.world(demo), demo.test_client()
    given.sign(client, f"/q/{world.code}", "mina@example.org")
    given.send_mail(demo)
    client.post(given.link_of(given.mails(demo)[0]))
    given.sign(client, f"/q/{world.code}", "bora@example.org")
    with demo.app_context():
        visits.counter.flush()
        db.transact(tally.roll)
        assert session.query(OutboxRow).filter_by(is_mail=True).count() > 0
        assert session.query(VisitCount).count() > 0
    assert given.counted(demo, world.petition_id) == (1, 1)
    return world


def empty(client: FlaskClient, word: str) -> TestResponse:
    token = token_in(client.get(PAGE))
    return client.post(PAGE, data={"csrf_token": token, "word": word})


def test_an_empty_demo_counts_from_nought_and_takes_the_same_people_again(
    demo: Flask, used: World
) -> None:
    client = signed_in(demo, "administrator", "organiser")
    assert empty(client, " Empty ").status_code == 303
    assert given.counted(demo, used.petition_id) == (0, 0)
    with demo.app_context():
        assert recount.check() == []
        for model in LEFT_BEHIND:
            assert session.query(model).count() == 0, model
        assert session.query(OutboxRow).filter_by(is_mail=True).count() == 0
        session.rollback()
    answer = given.sign(demo.test_client(), f"/q/{used.code}", "mina@example.org")
    assert answer.status_code == 200
    assert given.counted(demo, used.petition_id) == (0, 1)


def test_texts_places_codes_and_people_stay(demo: Flask, used: World) -> None:
    kept = (PetitionText, ConsentPart, Placement)
    with demo.app_context():
        before = [session.query(model).count() for model in kept]
        session.rollback()
    client = signed_in(demo, "administrator")
    empty(client, "empty")
    with demo.app_context():
        assert [session.query(model).count() for model in kept] == before
    assert client.get("/console/audit/").text.count("emptied the demo") == 1


@pytest.mark.parametrize("word", ["", "no", "empty it", "비우기"])
def test_without_the_word_nothing_goes(demo: Flask, used: World, word: str) -> None:
    client = signed_in(demo, "administrator")
    assert empty(client, word).status_code == 400
    assert given.counted(demo, used.petition_id) == (1, 1)


def test_a_sudden_end_in_the_middle_leaves_everything(
    demo: Flask, used: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(demo, "administrator")

    def fails(*_said: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("campaign_app.petitions.starting_empty.record", fails)
    demo.testing = False
    assert empty(client, "empty").status_code == 500
    assert given.counted(demo, used.petition_id) == (1, 1)
    with demo.app_context():
        assert session.query(SealedCopy).count() >= 2
        assert session.query(Receipt).count() + session.query(Signature).count() >= 2


def test_only_a_demos_administrators_find_the_button(app: Flask, demo: Flask, used: World) -> None:
    organiser = signed_in(demo, "organiser", name="Bora")
    assert organiser.get(PAGE).status_code == 404
    administrator = signed_in(demo, "administrator", name="Chris")
    assert PAGE in administrator.get("/console/settings/organisation").text
    real = create_app(replace(demo.config["LANTERN"], environment="test"))
    there = signed_in(real, "administrator", name="Dana")
    assert there.get(PAGE).status_code == 404
    assert PAGE not in there.get("/console/settings/organisation").text
    token = token_in(there.get("/console/password"))
    assert there.post(PAGE, data={"csrf_token": token, "word": "empty"}).status_code == 404
    assert given.counted(demo, used.petition_id) == (1, 1)
