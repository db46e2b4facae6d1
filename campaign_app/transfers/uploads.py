"""Keeping a list, closed, until somebody has said which column is what; an hour, then it is gone."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete

from campaign_app.core import at_rest, clock
from campaign_app.core.db import session
from campaign_app.transfers.models import BankUpload
from campaign_app.transfers.telling import ROOM

KEPT_FOR: Final = timedelta(hours=1)


def closed(bank: str, person_id: int, raw: bytes) -> BankUpload:
    """Close a list for its row; outside of any transaction."""
    number = uuid4()
    content = at_rest.close(ROOM, _row(number), raw)
    return BankUpload(id=number, bank=bank, person_id=person_id, content=content)


def keep(upload: BankUpload) -> None:
    """Keep a list, in the caller's transaction."""
    session.add(upload)


def find(number: UUID) -> BankUpload | None:
    """Find a list that is younger than an hour."""
    found = session.get(BankUpload, number)
    return found if found and found.created_at > clock.now() - KEPT_FOR else None


def content(upload: BankUpload) -> bytes:
    """Open a list."""
    return at_rest.open_(ROOM, _row(upload.id), upload.content)


def drop(number: UUID) -> None:
    """Throw a list away, in the caller's transaction."""
    session.execute(delete(BankUpload).where(BankUpload.id == number))


def drop_old() -> None:
    """Throw away what nobody laid out within the hour."""
    session.execute(delete(BankUpload).where(BankUpload.created_at <= clock.now() - KEPT_FOR))


def _row(number: UUID) -> str:
    return f"upload:{number.hex}"
