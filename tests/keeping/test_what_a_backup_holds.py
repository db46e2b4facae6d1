"""A backup in a thief's hands, even with its key: no name, no mailbox, no mail, nothing deleted."""

import base64
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core import backup_file
from campaign_app.core.db import session
from campaign_app.core.keyring import Keyring
from campaign_app.core.sealed_stream import read_key
from campaign_app.outbox.models import OutboxRow
from campaign_app.petitions import export, queries
from campaign_app.petitions.signing_models import SealedCopy, Signature
from tests import given
from tests.accounts import people
from tests.faults import markers
from tests.faults.markers import Marked
from tests.given import World
from tests.keeping.restoring import KEY, backed_up
from tests.petitions.test_forgetting import close, forget

CONFIRMED, WAITING = Marked("ba"), Marked("be")


def plain(file: Path) -> bytes:
    """Read a backup as whoever has its key."""
    with backup_file.opened(file, read_key(KEY)) as lines:
        return "\n".join(lines).encode()


@pytest.fixture
def signed(app: Flask, client: FlaskClient, world: World) -> World:
    """One has confirmed; another's mail waits."""
    given.sign(client, f"/q/{world.code}", email=CONFIRMED.email, name=CONFIRMED.name)
    given.send_mail(app)
    assert client.post(given.link_of(given.mails(app)[-1])).status_code == 200
    given.sign(client, f"/q/{world.code}", email=WAITING.email, name=WAITING.name)
    return world


def coded(values: list[bytes]) -> list[bytes]:
    return [base64.b64encode(value) for value in values]


def test_no_name_and_no_mailbox_stands_in_a_backup(
    app: Flask, signed: World, tmp_path: Path
) -> None:
    file = backed_up(app, tmp_path / "x.backup")
    assert markers.traces(plain(file)) == []
    assert markers.traces(file.read_bytes()) == []
    assert b"close-the-camps" in plain(file)
    assert b"close-the-camps" not in file.read_bytes()


def test_mail_that_waits_and_keys_of_the_server_are_left_out(
    app: Flask, signed: World, tmp_path: Path
) -> None:
    with app.app_context():
        session.rollback()
        waiting = session.scalars(select(OutboxRow.payload).where(OutboxRow.is_mail)).all()
    keyring = Keyring(app.config["LANTERN"].key_dir)
    index = keyring.index_key(signed.uid)
    assert waiting
    assert index
    hours = [key for hour in keyring.hours() if (key := keyring.existing_hour_key(hour))]
    held = plain(backed_up(app, tmp_path / "x.backup"))
    for secret in [*waiting, index, *hours]:
        assert base64.b64encode(secret) not in held
        assert secret.hex().encode() not in held


def test_nobody_stays_signed_in_by_a_backup(app: Flask, world: World, tmp_path: Path) -> None:
    people.signed_in(app, "administrator")
    assert b'"web_session"' not in plain(backed_up(app, tmp_path / "x.backup"))


def test_after_the_deletion_the_next_backup_holds_no_sealed_record(
    app: Flask, signed: World, tmp_path: Path
) -> None:
    with app.app_context():
        session.rollback()
        boxes = session.scalars(select(Signature.sealed).where(Signature.sealed.is_not(None))).all()
        records = coded([box for box in boxes if box])
        records += coded(list(session.scalars(select(SealedCopy.wrapped))))
        marks = session.scalars(select(Signature.blind_index)).all()
        records += coded([mark for mark in marks if mark])
    before = plain(backed_up(app, tmp_path / "before.backup"))
    assert [record for record in records if record not in before] == []
    close(app, signed)
    forget(app, 170)
    forget(app, 184)
    after = plain(backed_up(app, tmp_path / "after.backup"))
    assert [record for record in records if record in after] == []
    assert b'"names_deleted"' in after
    with app.app_context():
        exported = list(export.lines(queries.get(signed.petition_id)))
        assert len(exported) == 1  # its head: nothing is left to open
