"""Gifts: how much, by which way, at which stall, and, closed, whom to thank.

What a gift was for stands here and never leaves: the gateway sees the id of an attempt (payments.Payment)
and an amount. No petition, no signature and no device is in this room.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.money import Money
from campaign_app.donations import states
from campaign_app.events.models import Campaign, Event, Location
from campaign_app.payments import accounts
from campaign_app.payments.models import CURRENCIES, one_of
from campaign_app.qr.models import Placement


class Donation(Base):
    """One gift, from the moment somebody wants to give it."""

    __tablename__ = "donation"
    __table_args__ = (
        one_of("way", states.WAYS),
        one_of("state", states.STATES),
        one_of("book", accounts.BOOKS),
        one_of("currency", CURRENCIES),
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint("returned BETWEEN 0 AND minor", name="returned"),
        CheckConstraint("NOT no_name OR contact IS NULL", name="no_name"),
        CheckConstraint("state <> 'settled' OR settled_on IS NOT NULL", name="settled_on"),
        # A form sent twice is one gift; the same form with another amount is another one.
        UniqueConstraint("nonce", "way", "currency", "minor"),
        # What people write into their transfer finds one gift.
        UniqueConstraint("book", "reference"),
        Index("ix_donation_state", "book", "state", "way"),
        Index("ix_donation_settled_on", "book", "settled_on"),
        Index("ix_donation_created_at", "book", "created_at", "id"),
    )

    #: Random; also the address of the donor's own page, so it is shown to the donor alone.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: Drawn with the form.
    nonce: Mapped[str] = mapped_column(String(40))
    way: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=states.BEGUN)
    book: Mapped[str] = mapped_column(String(4))
    #: Which legal body takes it, as the settings name it.
    entity: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    #: In minor units; of a transfer what was promised, and once it came, what came.
    minor: Mapped[int] = mapped_column(Number)
    #: How much of it went back, in minor units.
    returned: Mapped[int] = mapped_column(Number, default=0, server_default="0")
    language: Mapped[str] = mapped_column(String(12))
    #: Four letters to write into a transfer, in small letters.
    reference: Mapped[str | None] = mapped_column(String(4))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: The code it was given by, and the event and place of that code at that moment.
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), index=True)
    #: "No name anywhere": nothing of the donor is asked or kept.
    no_name: Mapped[bool]
    #: Name and mailbox, closed (see contacts.py); only the finance role opens it.
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: By the calendar of the entity.
    settled_on: Mapped[date | None]

    campaign: Mapped[Campaign | None] = relationship()
    placement: Mapped[Placement | None] = relationship()
    event: Mapped[Event | None] = relationship()
    location: Mapped[Location | None] = relationship()

    @property
    def money(self) -> Money:
        """Give the amount."""
        return Money(self.minor, self.currency)

    @property
    def left(self) -> Money:
        """Give what of it stayed here."""
        return Money(self.minor - self.returned, self.currency)

    @property
    def subject(self) -> str:
        """Name this gift to the rooms below: payments, receipts."""
        return f"donation:{self.id.hex}"
