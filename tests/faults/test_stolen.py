"""The whole server in a thief's hands, after a petition's end: nobody is opened, nobody is tested.

The thief has the database, every file of KEY_DIR, every setting, and the letters that stood in the
outbox weeks ago. The same attempts with what was there before the end succeed, so they can.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core import clock, db
from campaign_app.core.db import Base, session
from campaign_app.core.keyring import Keyring
from campaign_app.core.seal import CannotOpen, PrivateKey, SealedRecord, open_bytes
from campaign_app.core.sealed_record import Signer
from campaign_app.outbox import worker
from campaign_app.outbox.models import OutboxRow
from campaign_app.petitions import services
from campaign_app.petitions.models import Petition
from campaign_app.petitions.shipped_rules import ensure_rules
from campaign_app.petitions.signing_models import SealedCopy, Signature
from config import Config
from tests import given
from tests.faults.markers import Marked, files_below
from tests.given import World

KEY_BYTES = 32
CONFIRMED, UNCONFIRMED, UNSENT = Marked("ba"), Marked("be"), Marked("bi")
SIGNERS = (CONFIRMED, UNCONFIRMED, UNSENT)


@dataclass
class Loot:
    """What a thief carries away."""

    petition: str
    keys: set[bytes] = field(default_factory=set)
    letters: dict[UUID, bytes] = field(default_factory=dict)
    records: dict[UUID, SealedRecord] = field(default_factory=dict)
    #: Every value that stands anywhere in the database.
    values: set[bytes] = field(default_factory=set)

    def opened_letters(self) -> list[bytes]:
        """Try every key on every letter."""
        return [
            plain
            for key, (row, box) in product(self.keys, self.letters.items())
            if (plain := _opened(key, box, b"lantern/outbox/v1|" + row.hex.encode()))
        ]

    def opened_records(self) -> list[str]:
        """Try every key on every record, as a data key and as an organiser's."""
        found = []
        for key, (row, record) in product(self.keys, self.records.items()):
            binding = f"lantern/signature/v1|{self.petition}|{row.hex}".encode()
            if _opened(key, record.box, binding) or _unsealed(key, record, self.petition, row):
                found.append(row.hex)
        return found

    def tested(self, who: Marked) -> list[str]:
        """Look for a known mailbox: blinded by any key, or only hashed."""
        return [
            spelling
            for spelling in who.spellings
            if not self.values.isdisjoint(_blinded(self.keys, spelling.encode()))
        ]


def _opened(key: bytes, box: bytes, binding: bytes) -> bytes:
    try:
        return open_bytes(key, box, aad=binding)
    except CannotOpen:
        return b""


def _unsealed(key: bytes, record: SealedRecord, petition: str, row: UUID) -> bool:
    try:
        Signer.unseal(record, private_key(key), petition=petition, row=row.hex)
    except (CannotOpen, ValueError):
        return False
    return True


def private_key(scalar: bytes) -> PrivateKey:
    """Take bytes for an organiser's private key."""
    secret = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    plain = ser.NoEncryption()
    return PrivateKey.from_pkcs8(
        secret.private_bytes(ser.Encoding.DER, ser.PrivateFormat.PKCS8, plain)
    )


def scalar_of(key: PrivateKey) -> bytes:
    """Give the bytes of an organiser's private key."""
    return key.secret.private_numbers().private_value.to_bytes(KEY_BYTES, "big")


def _blinded(keys: set[bytes], mailbox: bytes) -> Iterator[bytes]:
    for text in (mailbox, b"mailbox|" + mailbox):
        yield from (hmac.digest(key, text, hashlib.sha256) for key in keys)
        for kind in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s"):
            yield hashlib.new(kind, text).digest()


def steal(app: Flask, petition_id: int) -> Loot:
    """Take the database, the keys and the settings."""
    config: Config = app.config["LANTERN"]
    with app.app_context():
        session.rollback()
        petition = session.get(Petition, petition_id)
        assert petition is not None
        loot = Loot(petition.uid)
        loot.values.update(_values())
        waiting = session.execute(select(OutboxRow.id, OutboxRow.payload))
        loot.letters.update(dict(waiting.all()))
        loot.records.update(_records(petition_id))
        session.rollback()
    secret = config.secret_key.encode()
    loot.keys |= {secret[:KEY_BYTES], secret[-KEY_BYTES:], hashlib.sha256(secret).digest()}
    loot.keys |= {path.read_bytes() for path in files_below(config.key_dir)}
    loot.keys |= {value for value in loot.values if len(value) == KEY_BYTES}
    return loot


def _values() -> Iterator[bytes]:
    for table in Base.metadata.sorted_tables:
        for value in (value for row in session.execute(select(table)) for value in row):
            if isinstance(value, bytes | str):
                yield value if isinstance(value, bytes) else value.encode()
            if isinstance(value, str) and len(value) in (32, 40, 64, 128):
                yield _from_hex(value)


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _records(petition_id: int) -> Iterator[tuple[UUID, SealedRecord]]:
    signatures = select(Signature.id, Signature.sealed).where(Signature.petition_id == petition_id)
    for row, box in session.execute(signatures):
        copies = select(SealedCopy.key_id, SealedCopy.wrapped).where(SealedCopy.signature_id == row)
        yield row, SealedRecord(box or b"", dict(session.execute(copies).all()))


@pytest.fixture
def world(app: Flask, client: FlaskClient) -> World:
    """A petition with signers of every kind, and another one that goes on."""
    world = given.world(app)
    with app.app_context():
        db.transact(ensure_rules)
        db.transact(lambda: given.petition("another"))
    for who in (CONFIRMED, UNCONFIRMED):
        given.sign(client, f"/q/{world.code}", email=who.email, name=who.name)
    given.send_mail(app)
    links = {str(mail["To"]): given.link_of(mail) for mail in given.mails(app)}
    assert client.post(links[CONFIRMED.email]).status_code == 200
    given.sign(client, f"/q/{world.code}", email=UNSENT.email, name=UNSENT.name)
    # One who signs both is known by another mark there, under a key that stays.
    given.sign(client, "/en/petitions/another", email=CONFIRMED.email, name=CONFIRMED.name)
    return world


def end(app: Flask, petition_id: int) -> None:
    """Close the petition, and let 31 days pass."""

    def close() -> None:
        petition = session.get(Petition, petition_id)
        assert petition is not None
        services.close(petition, petition.slug, petition.slug)

    with app.app_context():
        db.transact(close)
        with clock.frozen(clock.now() + timedelta(days=31)):
            worker.drain()


def test_a_stolen_server_opens_and_tests_no_signer_of_a_petition_that_ended(
    app: Flask, world: World
) -> None:
    before = steal(app, world.petition_id)
    assert len(before.letters) == 3
    assert len(before.opened_letters()) == 3
    assert all(before.tested(who) for who in SIGNERS)
    assert before.opened_records() == []

    end(app, world.petition_id)
    after = steal(app, world.petition_id)
    after.letters |= before.letters
    assert after.records
    assert after.keys
    assert after.opened_letters() == []
    assert after.opened_records() == []
    assert [who for who in SIGNERS if after.tested(who)] == []
    assert given.counted(app, world.petition_id)[0] == 1


def test_only_an_organisers_own_key_would_open_the_records(app: Flask, world: World) -> None:
    loot = steal(app, world.petition_id)
    assert loot.opened_records() == []
    loot.keys.add(scalar_of(world.keys[1]))
    assert len(loot.opened_records()) == 3


def test_a_destroyed_key_lies_in_no_file(app: Flask, world: World, tmp_path: Path) -> None:
    keyring = Keyring(app.config["LANTERN"].key_dir)
    key = keyring.index_key(world.uid)
    assert key
    assert any(key in path.read_bytes() for path in files_below(tmp_path))
    end(app, world.petition_id)
    assert not any(key in path.read_bytes() for path in files_below(tmp_path))
