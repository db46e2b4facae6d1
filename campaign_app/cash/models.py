"""Boxes, what stood in the log of each stall, who counted what, and what went to the bank.

Nothing here names a donor: a receipt for cash is a gift of its own room, tied to the box it lies in.
What a counter told is written once; a new look is a new row of the next round.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.cash import states
from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.money import Money
from campaign_app.donations.models import Donation
from campaign_app.events.models import Event
from campaign_app.payments import accounts
from campaign_app.payments.models import CURRENCIES, one_of

IN_USE = text("counted_at IS NULL")
NOT_ENDED = text("ended_at IS NULL")
STANDS = text("state <> 'taken_back'")


class CashBox(Base):
    """A box with a number on it."""

    __tablename__ = "cash_box"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: As it stands on the box: "0412".
    number: Mapped[str] = mapped_column(String(12), unique=True)
    #: What people of ours know it by: "red box, office".
    label: Mapped[str] = mapped_column(String(80), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: Out of service since then.
    rests_at: Mapped[datetime | None]


class BoxOpening(Base):
    """A box at a stall: the log entry that the law of 2024 asks for."""

    __tablename__ = "box_opening"
    __table_args__ = (
        one_of("state", states.STATES),
        one_of("book", accounts.BOOKS),
        CheckConstraint("how IN ('two', 'three', 'agreed', 'one')", name="how"),
        CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name="closed_at"),
        CheckConstraint("(how IS NULL) = (counted_at IS NULL)", name="counted_at"),
        CheckConstraint("how NOT IN ('agreed', 'one') OR reason <> ''", name="reason"),
        CheckConstraint("declined >= 0", name="declined"),
        # A box stands at one stall, and nowhere else until it was counted.
        Index(
            "uq_box_opening_in_use",
            "box_id",
            unique=True,
            sqlite_where=IN_USE,
            postgresql_where=IN_USE,
        ),
        Index("ix_box_opening_state", "book", "state"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    box_id: Mapped[int] = mapped_column(ForeignKey("cash_box.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=states.OPEN)
    book: Mapped[str] = mapped_column(String(4))
    #: Which legal body takes what is in it, as the settings name it.
    entity: Mapped[str] = mapped_column(String(40))
    #: Whole hours, by whom: a lead's alias, or the name of a person of ours.
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(120))
    opening_seal: Mapped[str] = mapped_column(String(20))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    closing_seal: Mapped[str] = mapped_column(String(20), default="", server_default="")
    #: How many were offered a receipt for what they put in, and wanted none.
    declined: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Counting begins anew with each round.
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    counted_at: Mapped[datetime | None]
    #: By the calendar of the entity.
    counted_on: Mapped[date | None]
    how: Mapped[str | None] = mapped_column(String(6))
    #: Why the counts differed, why one person counted alone.
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: Why receipts say more than was counted.
    receipts_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: Who of ours looked again at what one person counted and no bank can confirm, and what they found.
    looked_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    looked_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: Of the bag in which it waits for the bank.
    bag_seal: Mapped[str] = mapped_column(String(20), default="", server_default="")

    box: Mapped[CashBox] = relationship(lazy="joined")
    event: Mapped[Event] = relationship(lazy="joined")


class CashCounter(Base):
    """Somebody who counts a box, on a phone of their own, by a link."""

    __tablename__ = "cash_counter"
    __table_args__ = (
        CheckConstraint("letter IN ('A', 'B', 'C')", name="letter"),
        Index(
            "uq_cash_counter_current",
            "opening_id",
            "letter",
            unique=True,
            sqlite_where=NOT_ENDED,
            postgresql_where=NOT_ENDED,
        ),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("box_opening.id"), index=True)
    letter: Mapped[str] = mapped_column(String(1))
    #: What the others call them; never a full name.
    alias: Mapped[str] = mapped_column(String(60))
    #: SHA-256 of what the address holds, so that the database opens nothing.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    opening: Mapped[BoxOpening] = relationship(lazy="joined")


class CountSheet(Base):
    """What one of them counted in one round; never changed."""

    __tablename__ = "count_sheet"
    __table_args__ = (
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint("foreign_pieces >= 0", name="foreign_pieces"),
        UniqueConstraint("counter_id", "round"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("cash_counter.id"))
    round: Mapped[int]
    #: "KRW-50000" → how many; what is not in the list was not in the box.
    pieces: Mapped[dict[str, Any]]
    #: Notes and coins of other countries, which are no money of ours until somebody changes them.
    foreign_pieces: Mapped[int] = mapped_column(default=0, server_default="0")
    #: A whole hour.
    at: Mapped[datetime]

    counter: Mapped[CashCounter] = relationship(lazy="joined")


class CashDeposit(Base):
    """Bags that were carried to the bank together."""

    __tablename__ = "cash_deposit"
    __table_args__ = (
        one_of("book", accounts.BOOKS),
        one_of("currency", CURRENCIES),
        one_of("state", states.DEPOSIT),
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint(
            "(state = 'arrived') = (arrived_minor IS NOT NULL AND arrived_on IS NOT NULL)",
            name="arrived",
        ),
        # A slip sent twice is one deposit.
        Index(
            "uq_cash_deposit_slip",
            "book",
            "bank",
            "slip",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    book: Mapped[str] = mapped_column(String(4))
    entity: Mapped[str] = mapped_column(String(40))
    #: The bank account it goes to, as the settings name it.
    bank: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    #: What the bank's slip says, in minor units.
    minor: Mapped[int] = mapped_column(Number)
    slip: Mapped[str] = mapped_column(String(40))
    sent_on: Mapped[date]
    sent_by: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default=states.SENT)
    arrived_minor: Mapped[int | None] = mapped_column(Number)
    arrived_on: Mapped[date | None]
    #: Why slip and bags differ.
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: Why statement and slip differ.
    arrival_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")

    @property
    def money(self) -> Money:
        """Give what the slip says."""
        return Money(self.minor, self.currency)

    @property
    def days(self) -> int:
        """Tell for how many days it has been on its way."""
        return (clock.today() - self.sent_on).days

    @property
    def came(self) -> Money:
        """Give what the statement says; nothing before it came."""
        return Money(self.arrived_minor or 0, self.currency)


class CashAmount(Base):
    """What was counted of one currency in one box at one stall."""

    __tablename__ = "cash_amount"
    __table_args__ = (
        one_of("currency", CURRENCIES),
        CheckConstraint("minor > 0", name="minor"),
    )

    opening_id: Mapped[int] = mapped_column(ForeignKey("box_opening.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    minor: Mapped[int] = mapped_column(Number)
    deposit_id: Mapped[int | None] = mapped_column(ForeignKey("cash_deposit.id"), index=True)

    opening: Mapped[BoxOpening] = relationship(lazy="joined")
    deposit: Mapped[CashDeposit | None] = relationship(lazy="joined")

    @property
    def money(self) -> Money:
        """Give the amount."""
        return Money(self.minor, self.currency)


class CashReceipt(Base):
    """Says in which box the money of a cash gift lies that got a receipt at the stall."""

    __tablename__ = "cash_receipt"

    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"), primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("box_opening.id"), index=True)

    donation: Mapped[Donation] = relationship(lazy="joined")
