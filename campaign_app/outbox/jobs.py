"""What the post office does for itself: destroys keys and forgets what is old."""

from functools import partial
from typing import Final

from sqlalchemy import delete, func, select

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.outbox import claims, queries
from campaign_app.outbox.letters import hour_named, hour_number
from campaign_app.outbox.models import MailBudget, MailProblem, OutboxRow
from campaign_app.outbox.registry import every
from campaign_app.outbox.worker import PATIENCE_HOURS

CLEAN_UP: Final = "outbox.clean_up"
PROBLEMS_KEPT_HOURS: Final = 30 * 24
#: A letter may be closed in one hour and posted in the next, so two keys are always kept.
HOURS_IN_USE: Final = 2


def enter() -> None:
    """Enter the jobs of this room."""
    every(minutes=5, name=CLEAN_UP)(clean_up)


def clean_up() -> None:
    """Give up letters of ten days, then destroy each key that closes none any more."""
    hour = hour_number(clock.now())
    db.transact(partial(_forget, hour))
    in_use = queries.key_hours()
    session.rollback()
    keyring = Keyring(settings().key_dir)
    for name in keyring.hours():
        age = hour - hour_named(name)
        if age >= PATIENCE_HOURS or (age >= HOURS_IN_USE and name not in in_use):
            keyring.destroy_hour_key(name)


def _forget(hour: int) -> None:
    old = OutboxRow.is_mail.is_(True) & (OutboxRow.first_hour <= hour - PATIENCE_HOURS)
    kinds = select(OutboxRow.template, OutboxRow.language, func.count()).where(old)
    grouped = kinds.group_by(OutboxRow.template, OutboxRow.language)
    for template, language, count in session.execute(grouped).all():
        claims.count_lost("TooOld", template=template, language=language, count=count)
    session.execute(delete(OutboxRow).where(old))
    session.execute(delete(MailBudget).where(MailBudget.hour < hour - 1))
    session.execute(delete(MailProblem).where(MailProblem.hour < hour - PROBLEMS_KEPT_HOURS))
