"""Tallies to state: signatures without ceremony, statements, handovers."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from campaign_app.core import clock, db
from campaign_app.core.db import session, table_of
from campaign_app.core.wall_clock import hour_number
from campaign_app.petitions import handing, queries, statements, states
from campaign_app.petitions.handing import Delivery, Reply
from campaign_app.petitions.signing import delta_values
from campaign_app.petitions.signing_models import Signature, TallyDelta
from campaign_app.petitions.statement_models import Handover, Statement

PLACE = {"en": "Geneva", "ko": "제네바"}
RECEIVER = {"en": "UN Human Rights Office", "ko": "유엔 인권최고대표사무소"}


def count(app: Flask, petition_id: int, n: int = 1, **said: Any) -> None:
    """Let some people sign and prove their mailboxes, written as confirming writes it."""
    with app.app_context():
        db.transact(lambda: _count(petition_id, n, said))


def _count(petition_id: int, n: int, said: Mapping[str, Any]) -> None:
    language = said.get("language", "en")
    text = queries.approved_text(petition_id, language)
    assert text
    facts = {
        "petition_id": petition_id,
        "text_id": text.id,
        "placement_id": None,
        "state": states.CONFIRMED,
        "evidence": states.BY_MAIL,
        "language": language,
        "country": "KR",
        "hour": hour_number(said.get("at") or clock.now()),
        "leads": False,
    }
    facts |= {name: value for name, value in said.items() if name != "at"}
    rows = [
        facts
        | {
            "id": uuid.uuid4(),
            "blind_index": secrets.token_bytes(32),
            "sealed": b"x",
            "link_hash": secrets.token_bytes(32),
            "code_hash": secrets.token_bytes(32),
        }
        for _ in range(n)
    ]
    session.execute(table_of(Signature).insert(), rows)
    session.execute(table_of(TallyDelta).insert(), [delta_values(row, 1) for row in rows])


def state(app: Flask, petition_id: int) -> Statement:
    """Make a statement as the console does."""
    with app.app_context():
        facts = statements.taken(petition_id)
        return db.transact(lambda: statements.write(petition_id, facts))


def facts_of(statement: Statement) -> dict[str, Any]:
    """Read what was frozen."""
    return statements.facts(statement)


def delivery(statement: Statement, **changes: Any) -> Delivery:
    """Describe a handover in Geneva, today."""
    said: dict[str, Any] = {
        "statement_id": statement.id,
        "on": today(),
        "places": PLACE,
        "receivers": RECEIVER,
        "handed_by": "PSCORE, Geneva delegation",
        "ends_signing": True,
    }
    return Delivery(**(said | changes))


def today() -> date:
    """Tell the day on the clocks of the petition, which is in Seoul."""
    return clock.now().astimezone(ZoneInfo("Asia/Seoul")).date()


def hand_over(app: Flask, statement: Statement, **changes: Any) -> Handover:
    """Record a handover."""
    with app.app_context():
        said = delivery(statement, **changes)
        return db.transact(lambda: handing.deliver(statement.petition_id, said))


def reply(app: Flask, handover: Handover, *, seen: int = 0, **texts: str) -> None:
    """Record an answer, by language."""
    with app.app_context():
        said = Reply(
            on=handover.delivered_on,
            senders={"en": "High Commissioner"},
            texts=texts or {"en": "We have **read** every line."},
        )
        db.transact(
            lambda: handing.answer(
                handing.handover_of(handover.petition_id, handover.id), said, seen=seen
            )
        )
