"""Forgetting who sent money: what the bank told of a row goes a month after it was decided.

The bank has it, and the receipt where one was wanted. Amount, day and mark stay, so that the row is known
when a list shows it again.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import update

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.transfers import states
from campaign_app.transfers.models import BankRow

KEPT_FOR: Final = timedelta(days=35)


def forget_old() -> None:
    """Forget what rows tell that were decided long ago."""
    session.execute(
        update(BankRow)
        .where(
            BankRow.told.is_not(None),
            BankRow.state.not_in(states.OPEN),
            BankRow.decided_at < clock.now() - KEPT_FOR,
        )
        .values(told=None)
    )
