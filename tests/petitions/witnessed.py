"""People who sign while somebody of ours stands by, as tablets and sheets hand them in."""

import uuid
from typing import Any

from flask import Flask

from campaign_app.core import db, ids
from campaign_app.core.db import session
from campaign_app.petitions import mailboxes, states, witnessing
from campaign_app.petitions.desk import Desks
from campaign_app.petitions.signing import this_hour
from campaign_app.petitions.witnessing import Fate, Prepared, Seen
from tests.given import World


def seen(world: World, email: str = "mina@example.org", **changes: Any) -> Prepared:
    """Seal what a person gave; inside an app context."""
    desks = Desks()
    desk = desks.desk.get(world.petition_id)
    assert desk
    facts: dict[str, Any] = {
        "row": uuid.uuid4(),
        "desk": desk,
        "text": desk.texts["en"],
        "parts": [part for part in desk.parts_for("en", "KR") if part.required],
        "name": "김미나",
        "address": email,
        "mailbox": mailboxes.checked(email) if email else None,
        "country": "KR",
        "language": "en",
        "placement_id": world.placement_id,
        "hour": this_hour(),
        "evidence": states.WITNESSED,
        "receipt": ids.readable(ids.RECEIPT_LENGTH),
    }
    prepared = witnessing.prepare(Seen(**(facts | changes)), desks)
    session.rollback()
    return prepared


def give(app: Flask, world: World, email: str = "mina@example.org", **changes: Any) -> Fate:
    """Let somebody sign at the stall."""
    with app.app_context():
        prepared = seen(world, email, **changes)
        return db.transact(lambda: witnessing.store(prepared))
