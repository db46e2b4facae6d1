"""Short ways to post a letter and to look at what waits."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.outbox.models import MailProblem, OutboxRow
from campaign_app.outbox.services import Letter, Repeat, post, seal_letter

HELLO = "trial/hello"
AGAIN = "trial/again"
REMINDER = Repeat(AGAIN, 48)


def letter(to: str = "mina@example.org", template: str = HELLO, **more: Any) -> Letter:
    """Seal a letter."""
    values = {"language": "en", "context": {"name": "Mina"}} | more
    return seal_letter(to=to, template=template, **values)


def send(to: str = "mina@example.org", *, ref: str = "", **more: Any) -> Letter:
    """Post a letter in a transaction of its own."""
    sealed = letter(to, **more)
    db.transact(partial(post, sealed, ref=ref))
    return sealed


def waiting() -> Sequence[OutboxRow]:
    """Read what waits, as it is in the database now."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(OutboxRow).order_by(OutboxRow.run_at)).all()


def problems() -> dict[tuple[str, int, str], int]:
    """Read what went wrong, and how often."""
    session.rollback()
    session.expire_all()
    found = session.scalars(select(MailProblem)).all()
    return {(row.error, row.code, row.template): row.count for row in found}
