"""Forgetting the names on receipts when nobody asks to keep them any more.

A receipt is never changed while it may have to be shown. After that the name goes, and number, sum, day and
words stay, so that the series has no gap. The statement goes around the guard in models.py on purpose.
"""

from sqlalchemy import select, update

from campaign_app.core.db import session, table_of
from campaign_app.receipts.keeping import cut_off
from campaign_app.receipts.models import GiftReceipt


def forget_old() -> None:
    """Take the names off receipts that are past their term."""
    named = select(GiftReceipt.entity).where(GiftReceipt.donor.is_not(None)).distinct()
    table = table_of(GiftReceipt)
    for entity in session.scalars(named).all():
        session.execute(
            update(table)
            .where(
                table.c.entity == entity,
                table.c.donor.is_not(None),
                table.c.issued_on < cut_off(entity),
            )
            .values(donor=None)
        )
