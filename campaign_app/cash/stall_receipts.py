"""A receipt for cash, at once, at the stall: the gift settles, its money lies in the box.

The gift makes no entry in the ledger and is never added to what the box counts: it is a part of it.
"""

from dataclasses import dataclass, field
from uuid import UUID

from campaign_app.audit.services import record
from campaign_app.cash import states
from campaign_app.cash.boxes import held
from campaign_app.cash.counting import day_of
from campaign_app.cash.models import BoxOpening, CashReceipt
from campaign_app.cash.wrong import NotNow
from campaign_app.core.db import insert, session
from campaign_app.core.money import Money
from campaign_app.donations import services as donations
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.donations.services import NewGift, Where
from campaign_app.donations.states import CASH


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What somebody put into the box and wants a receipt for."""

    #: Drawn with the form: sent twice, it is one gift.
    nonce: str
    amount: Money
    language: str
    contact: Contact = field(default_factory=Contact)


def give_receipt(opening_id: int, handed: Handed) -> Donation:
    """Write the gift down and settle it, with its receipt and its letter."""
    opening = held(opening_id)
    if opening.state not in states.IN_USE:
        raise NotNow
    gift = donations.begin(_gift(opening, handed))
    row = insert(CashReceipt).values(donation_id=gift.id, opening_id=opening.id)
    first = row.on_conflict_do_nothing(index_elements=["donation_id"])
    if session.scalar(first.returning(CashReceipt.donation_id)) is not None:
        donations.settle(gift.id, on=day_of(opening))
        record("cash.receipt_given", f"cash_box:{opening.box.number}", event=opening.event_id)
    return gift


def _gift(opening: BoxOpening, handed: Handed) -> NewGift:
    event = opening.event
    return NewGift(
        nonce=handed.nonce,
        way=CASH,
        amount=handed.amount,
        book=opening.book,
        entity=opening.entity,
        language=handed.language,
        where=Where(
            campaign_id=event.campaign_id, event_id=event.id, location_id=event.location_id
        ),
        no_name=not handed.contact,
        contact=handed.contact,
    )


def box_of(donation_id: UUID) -> BoxOpening | None:
    """Tell in which box the money of a gift lies."""
    found = session.get(CashReceipt, donation_id)
    return session.get(BoxOpening, found.opening_id) if found else None
