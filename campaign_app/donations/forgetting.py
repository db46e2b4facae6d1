"""Forgetting a donor at their wish: how to reach them goes; the gift, its sum and its receipt stay.

The name on a receipt is not taken off it: a receipt is never changed, and the law asks to keep it.
"""

from uuid import UUID

from sqlalchemy import update

from campaign_app.core.db import changed_one
from campaign_app.donations.models import Donation
from campaign_app.outbox.services import cancel


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
