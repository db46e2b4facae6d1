"""A letter from the deed that wants it into the outbox."""

import logging
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from campaign_app.core import clock, db
from campaign_app.core.keyring import Keyring
from campaign_app.core.seal import CannotOpen
from campaign_app.core.settings import settings
from campaign_app.outbox import letters, worker
from campaign_app.outbox.services import cancel, enqueue_job, post
from config import Config
from tests.outbox.posting import REMINDER, letter, send, waiting

CANARY = "canary.k7q3@mailbox.example"
NAME = "Kanarienvogel Zwo"


def test_a_letter_goes_with_its_transaction(app: Flask) -> None:
    def deed() -> None:
        post(letter())
        raise RuntimeError("the deed fails")

    with pytest.raises(RuntimeError, match="the deed fails"):
        db.transact(deed)
    assert waiting() == []


def test_a_waiting_letter_says_when_it_is_due_and_nothing_of_whom(app: Flask) -> None:
    with clock.frozen(datetime(2026, 5, 4, 13, 37, 11, tzinfo=UTC)):
        send(ref="signature:1", lanes=["petition:3", "placement:7"], repeat=REMINDER)
    [row] = waiting()
    assert (row.ref, row.lanes, row.key_hour) == (
        "signature:1",
        "petition:3 placement:7",
        "2026050413",
    )
    assert row.run_at == row.due_at == datetime(2026, 5, 4, 13, 37, 11, tzinfo=UTC)
    assert b"mina" not in row.payload


def test_a_long_and_a_short_address_look_alike(app: Flask) -> None:
    short, long = letter("a@b.example"), letter("a.very.long.mailbox.name@example.org")
    assert len(short.payload) == len(long.payload)


def test_a_letter_opens_in_its_own_row_only(app: Flask) -> None:
    mine, other = letter(), letter()
    keyring = Keyring(settings().key_dir)
    opened = letters.open_letter(keyring, row=mine.id, key_hour=mine.key_hour, payload=mine.payload)
    assert (opened.to, opened.context) == ("mina@example.org", {"name": "Mina"})
    with pytest.raises(CannotOpen):
        letters.open_letter(keyring, row=other.id, key_hour=mine.key_hour, payload=mine.payload)


def test_a_cancelled_letter_is_gone_and_others_stay(app: Flask, mails: object) -> None:
    send(ref="signature:1")
    send(ref="signature:2")
    db.transact(partial(cancel, "signature:1"))
    assert [row.ref for row in waiting()] == ["signature:2"]


def test_nobody_takes_back_everything_without_a_ref(app: Flask) -> None:
    send()
    with pytest.raises(ValueError, match="ref"):
        db.transact(partial(cancel, ""))
    assert len(waiting()) == 1


def test_a_job_of_one_name_waits_once(app: Flask) -> None:
    for number in (1, 2):
        db.transact(partial(enqueue_job, "events.changed", {"event": number}, dedupe="event:1"))
    db.transact(partial(enqueue_job, "events.changed", {"event": 3}))
    db.transact(partial(enqueue_job, "events.changed", {"event": 4}))
    assert sorted(row.payload for row in waiting()) == [
        b'{"event": 1}',
        b'{"event": 3}',
        b'{"event": 4}',
    ]


@pytest.fixture
def mail_url() -> str:
    """Nobody listens here."""
    return "smtp://127.0.0.1:9"


def test_with_the_server_down_an_address_is_nowhere_but_in_ciphertext(
    app: Flask, config: Config, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    send(CANARY, context={"name": NAME}, ref="signature:1", repeat=REMINDER)
    worker.drain()
    assert [row.last_error for row in waiting()] == ["ConnectionRefusedError"]
    kept = _everything_kept(config, request)
    assert kept
    for text in (CANARY, NAME, "canary.k7q3"):
        assert text not in caplog.text
        assert not [path for path in kept if text.encode() in path.read_bytes()]


def _everything_kept(config: Config, request: pytest.FixtureRequest) -> list[Path]:
    """List every file of the instance and of the database server, its logs included."""
    folders = [config.instance_dir]
    if not config.is_sqlite:
        server = request.getfixturevalue("postgres_server")
        with server.connect() as connection:
            connection.execute("CHECKPOINT")
        folders += [server.data, server.log.parent]
    files = (path for folder in folders for path in folder.rglob("*"))
    return [path for path in files if path.is_file()]
