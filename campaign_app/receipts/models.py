"""Receipts: numbered without gaps per entity and year, written once, never changed.

A receipt that no longer counts is followed by a cancelling receipt with a number of its own.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.money import Money
from campaign_app.payments import accounts
from campaign_app.payments.models import CURRENCIES, one_of
from campaign_app.receipts import states


class ReceiptSeries(Base):
    """How many receipts an entity gave in a year: the row that hands the numbers out, one by one."""

    __tablename__ = "receipt_series"

    book: Mapped[str] = mapped_column(String(4), primary_key=True)
    entity: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class GiftReceipt(Base):
    """One receipt, as it was written."""

    __tablename__ = "gift_receipt"
    __table_args__ = (
        one_of("kind", states.KINDS),
        one_of("book", accounts.BOOKS),
        one_of("currency", CURRENCIES),
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(kind = 'cancelling') = (cancels_id IS NOT NULL)", name="cancels"),
        UniqueConstraint("book", "entity", "year", "number"),
        UniqueConstraint("cancels_id"),
        Index("ix_gift_receipt_subject", "subject"),
        Index("ix_gift_receipt_given_on", "book", "entity", "given_on"),
        # One receipt for a gift; after a part went back the next one counts from `turn` 2 on.
        Index(
            "uq_gift_receipt_subject",
            "subject",
            "turn",
            unique=True,
            sqlite_where=text("kind = 'issued'"),
            postgresql_where=text("kind = 'issued'"),
        ),
    )

    #: Random: the address of the PDF.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    book: Mapped[str] = mapped_column(String(4))
    entity: Mapped[str] = mapped_column(String(40))
    #: By the calendar of the entity.
    year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    cancels_id: Mapped[UUID | None] = mapped_column(ForeignKey("gift_receipt.id"))
    #: What it is for, in the words of the room above: "donation:…".
    subject: Mapped[str] = mapped_column(String(60))
    turn: Mapped[int] = mapped_column(default=1)
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[int] = mapped_column(Number)
    #: The day the money came, and the day this was written.
    given_on: Mapped[date]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    language: Mapped[str] = mapped_column(String(12))
    #: Everything else that the paper says, as it was then: names, address, registration, rules, way.
    facts: Mapped[dict[str, Any]]
    #: The donor's name where one was given, closed.
    donor: Mapped[bytes | None] = mapped_column(LargeBinary)

    cancels: Mapped["GiftReceipt | None"] = relationship(remote_side="GiftReceipt.id")

    @property
    def money(self) -> Money:
        """Give the amount."""
        return Money(self.minor, self.currency)

    @property
    def name(self) -> str:
        """Write the number as it stands on the paper: "pscore-kr-2026-000012"; TEST where nothing moved."""
        return named(self.book, self.entity, self.year, self.number)


def named(book: str, entity: str, year: int, number: int) -> str:
    """Write a number as it stands on the paper."""
    test = "" if book == accounts.LIVE else "TEST-"
    return f"{test}{entity.upper()}-{year}-{number:06}"


class NeverChanged(RuntimeError):
    """A receipt stays as it was written; what no longer counts is cancelled by another one."""


@event.listens_for(GiftReceipt, "before_update")
@event.listens_for(GiftReceipt, "before_delete")
def _refuse(_mapper: Any, _connection: Any, receipt: GiftReceipt) -> None:
    """Stop code that changes a receipt before the database hears of it."""
    raise NeverChanged(receipt.name)
