"""Forgetting donors: at their wish, and by itself when nobody asks to keep them any more.

How to reach them goes; the gift, its sum and its receipt stay. At a wish, the name on a receipt is not taken
off it, since the law asks to be able to show it; by itself it goes with that time (receipts/forgetting.py).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from campaign_app.core.db import changed_one, session
from campaign_app.donations.models import Donation
from campaign_app.outbox.services import cancel
from campaign_app.receipts.keeping import cut_off


def forget(donation_id: UUID) -> bool:
    """Remove a gift's contact, in the caller's transaction; False if there was none."""
    removed = changed_one(
        update(Donation)
        .where(Donation.id == donation_id, Donation.contact.is_not(None))
        .values(contact=None)
    )
    for letter in ("donations/thanks", "donations/returned"):
        cancel(f"donation:{donation_id.hex}:{letter}")
    return removed


def forget_old() -> None:
    """Remove the contacts of gifts that are past their term; services.forget_what_ended those that never came."""
    for entity in _bodies():
        old = and_(Donation.entity == entity, Donation.settled_on < cut_off(entity))
        _forget(old)


def _forget(which: ColumnElement[bool]) -> None:
    session.execute(
        update(Donation).where(which, Donation.contact.is_not(None)).values(contact=None)
    )


def _bodies() -> Sequence[str]:
    """List whoever took a gift of which a contact is kept, also bodies that left the settings."""
    query = select(Donation.entity).where(Donation.contact.is_not(None)).distinct()
    return session.scalars(query).all()
