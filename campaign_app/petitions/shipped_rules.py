"""The mailbox rules that every Lantern begins with."""

from dataclasses import asdict

from sqlalchemy import select

from campaign_app.core.db import insert, session
from campaign_app.petitions import mailboxes
from campaign_app.petitions.models import MailboxRule


def ensure_rules() -> None:
    """Copy the shipped mailbox rules into the database, where there are none yet."""
    if session.scalar(select(MailboxRule.id).limit(1)) is None:
        rows = [asdict(rule) for rule in mailboxes.WELL_KNOWN]
        session.execute(insert(MailboxRule).on_conflict_do_nothing(), rows)
