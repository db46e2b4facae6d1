"""The mail to whoever signed at a stall, as a mail server really gets it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import ids
from config import Config
from tests import given
from tests.given import World
from tests.outbox.mail_server import Mails, listening
from tests.petitions.stalls import code_now, stall, typed
from tests.petitions.witnessed import give


@pytest.fixture
def mails() -> Mails:
    """What arrives at the mail server."""
    return Mails()


@pytest.fixture
def config(database_url: str, tmp_path: Path, mails: Mails) -> Iterator[Config]:
    """Send mail to a server of this test."""
    with listening(mails) as port:
        yield Config.for_tests(
            database_url=database_url,
            instance_dir=tmp_path,
            mail_url=f"smtp://127.0.0.1:{port}",
            public_url="https://sign.example.org",
        )


@pytest.mark.parametrize("language", ["ko", "en", "fr"])
def test_it_arrives_whole_in_each_language(
    app: Flask, client: FlaskClient, mails: Mails, language: str
) -> None:
    world: World = given.world(app)
    receipt = ids.readable(ids.RECEIPT_LENGTH)
    give(app, world, language=language, receipt=receipt)
    given.send_mail(app)
    [mail] = mails.messages
    assert mail["To"] == "mina@example.org"
    assert "\n" not in mail["Subject"]
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert html
    for part in (plain.get_content(), html.get_content()):
        assert ids.in_groups(receipt) in part
        assert f"https://sign.example.org/{language}/receipt" in part
        links = re.findall(rf"https://sign\.example\.org(/{language}/not-me/[\w-]+)", part)
        assert len(set(links)) == 1
    assert client.post(links[0]).status_code == 200
    assert given.counted(app, world.petition_id) == (0, 0)


def test_a_stalls_code_sends_it_in_the_place_of_the_first(
    app: Flask, client: FlaskClient, mails: Mails
) -> None:
    at = stall(app)
    answer = given.sign(client, at.board)
    typed(client, at.world.slug, answer, code_now(app, at.event_id))
    given.send_mail(app)
    [mail] = mails.messages
    assert "your signature counts" in mail["Subject"]
    [link] = re.findall(r"https://sign\.example\.org(/en/not-me/[\w-]+)", given.text_of(mail))
    assert client.post(link).status_code == 200
    assert given.counted(app, at.world.petition_id) == (0, 0)
