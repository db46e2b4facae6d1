"""People who have signed and confirmed, for tests of what an organiser does with their names."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from campaign_app.core import db, keyfile
from campaign_app.core.db import session, table_of
from campaign_app.core.seal import PrivateKey
from campaign_app.core.sealed_record import Signer
from campaign_app.petitions import queries, signing, states, wording
from campaign_app.petitions.models import ConsentPart, PetitionText
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    SealedCopy,
    Signature,
    TallyDelta,
)
from tests.given import World

#: Name, mailbox, country, language, whether the name may be handed over.
Person = tuple[str, str, str, str, bool]
CROWD: Sequence[Person] = (
    ("김미나", "mina@example.org", "KR", "ko", True),
    ("Élodie Çağlar", "elodie@example.fr", "FR", "fr", True),
    ("Zoë Straße", "zoe@example.ch", "CH", "en", False),
    ('=HYPERLINK("https://evil.example")', "formula@example.org", "KR", "en", True),
    ('Anna, called “Ann"', "anna@example.org", "US", "en", True),
)


def signed(app: Flask, world: World, crowd: Sequence[Person] = CROWD) -> list[uuid.UUID]:
    """Write signatures that count, as signing and confirming leave them; give their rows."""
    with app.app_context():
        made = prepared(world, crowd)
        db.transact(lambda: _write(made))
        return [row["signature"]["id"] for row in made]


def prepared(world: World, crowd: Sequence[Person]) -> list[dict[str, Any]]:
    """Seal signatures that are not written yet."""
    texts = {text.language: text for text in queries.texts(world.petition_id)}
    parts = {
        language: [part for part in queries.parts(world.petition_id) if part.language == language]
        for language in texts
    }
    made = [_one(world, person, texts[person[3]], parts[person[3]]) for person in crowd]
    session.rollback()
    return made


def _one(
    world: World, person: Person, text: PetitionText, parts: Sequence[ConsentPart]
) -> dict[str, Any]:
    name, email, country, language, agreed = person
    row = uuid.uuid4()
    given = [part for part in parts if part.kind == wording.SIGN]
    given += [part for part in parts if part.kind == wording.HANDOVER and agreed]
    signer = Signer(
        name=name,
        email=email,
        country=country,
        language=language,
        text_sha256=text.sha256 or "",
        consents=tuple(part.sha256 for part in given),
    )
    record = signer.seal(petition=world.uid, row=row.hex, to=[key.public for key in world.keys])
    return {
        "signature": {
            "petition_id": world.petition_id,
            "id": row,
            "text_id": text.id,
            "placement_id": world.placement_id,
            "state": states.CONFIRMED,
            "evidence": states.BY_MAIL,
            "language": language,
            "country": country,
            "hour": signing.this_hour(),
            "blind_index": uuid.uuid4().bytes,
            "sealed": record.box,
            "link_hash": b"",
            "code_hash": b"",
            "leads": True,
        },
        "copies": record.copies,
        "parts": [part.id for part in given],
    }


def _write(made: Sequence[dict[str, Any]]) -> None:
    rows = [one["signature"] for one in made]
    session.execute(table_of(Signature).insert(), rows)
    session.execute(table_of(TallyDelta).insert(), [signing.delta_values(row, 1) for row in rows])
    session.execute(table_of(Mailbox).insert(), [_mailbox(row) for row in rows])
    copies = [
        _of(one, key_id=key_id, wrapped=wrapped)
        for one in made
        for key_id, wrapped in one["copies"].items()
    ]
    session.execute(table_of(SealedCopy).insert(), copies)
    given = [_of(one, part_id=part) for one in made for part in one["parts"]]
    session.execute(table_of(GivenConsent).insert(), given)


def _of(one: dict[str, Any], **more: Any) -> dict[str, Any]:
    row = one["signature"]
    return {"petition_id": row["petition_id"], "signature_id": row["id"], **more}


def _mailbox(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "petition_id": row["petition_id"],
        "blind_index": row["blind_index"],
        "mails": 1,
        "signed": True,
        "hour": row["hour"],
    }


def read(app: Flask, row: uuid.UUID) -> Signature:
    """Read a signature as it is now."""
    with app.app_context():
        session.rollback()
        return session.scalars(select(Signature).where(Signature.id == row)).one()


def key_file(private: PrivateKey, passphrase: str) -> str:
    """Close a key that a world already has, as `flask keys new` closes a new one."""
    document = keyfile._document(private, keyfile._as_typed(passphrase))
    return json.dumps(document | {"label": "a laptop", "created": "2026-11-22T10:00:00+00:00"})
