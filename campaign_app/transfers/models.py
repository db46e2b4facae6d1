"""How a bank writes its lists, which lists were uploaded, and each row of money that came in.

What names a person (who sent it, what they wrote beside it) is closed at rest, and goes once the row is
long decided. The mark that tells the same row of two lists is keyed: it says nothing without KEY_DIR.
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
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.money import Money
from campaign_app.donations.models import Donation
from campaign_app.payments import accounts
from campaign_app.payments.models import CURRENCIES, one_of
from campaign_app.transfers import states


class BankLayout(Base):
    """How a bank writes its lists, as a person has said once."""

    __tablename__ = "bank_layout"

    #: The bank account, as the settings name it.
    bank: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: The words of the table's head; a list with another head is laid out anew.
    head: Mapped[list[str]]
    #: Which column is what (bank_csv.Layout).
    layout: Mapped[dict[str, Any]]
    kept_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)


class BankUpload(Base):
    """A list that nobody has said how to read yet, closed; gone within the hour."""

    __tablename__ = "bank_upload"
    __table_args__ = (Index("ix_bank_upload_created_at", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    bank: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class BankStatement(Base):
    """A list that was read."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        one_of("book", accounts.BOOKS),
        # The same file of the same account is read once.
        UniqueConstraint("book", "bank", "file"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    book: Mapped[str] = mapped_column(String(4))
    bank: Mapped[str] = mapped_column(String(40))
    #: Tells the same file; keyed.
    file: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: From its first to its last day with money that came in.
    first_on: Mapped[date]
    last_on: Mapped[date]
    #: How many rows were entered, how many stood there before, and how many a person must look at.
    fresh: Mapped[int]
    known: Mapped[int]
    doubtful: Mapped[int]
    #: Rows are entered in parts; what was cut short goes on when the file comes again.
    finished_at: Mapped[datetime | None]


class BankRow(Base):
    """Money that came in: one row of a bank's list, entered once however many lists show it."""

    __tablename__ = "bank_row"
    __table_args__ = (
        one_of("book", accounts.BOOKS),
        one_of("state", states.STATES),
        one_of("currency", CURRENCIES),
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint("(state = 'gift') = (donation_id IS NOT NULL)", name="gift"),
        CheckConstraint("state <> 'ignored' OR reason <> ''", name="reason"),
        UniqueConstraint("book", "bank", "mark"),
        # A payout or a bag of cash arrives once.
        UniqueConstraint("book", "answers"),
        Index("ix_bank_row_state", "book", "state", "came_on"),
        Index("ix_bank_row_came_on", "book", "bank", "came_on"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    book: Mapped[str] = mapped_column(String(4))
    bank: Mapped[str] = mapped_column(String(40))
    entity: Mapped[str] = mapped_column(String(40))
    mark: Mapped[str] = mapped_column(String(64))
    came_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[int] = mapped_column(Number)
    #: Name and memo as the bank tells them, closed (see telling.py); None once it is long decided.
    told: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12), default=states.UNASSIGNED)
    donation_id: Mapped[UUID | None] = mapped_column(ForeignKey("donation.id"), index=True)
    #: What else it was: "payout:<entry>", "cash:<deposit>".
    answers: Mapped[str | None] = mapped_column(String(220))
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: How often something was decided of it; each decision is an entry of its own in the ledger.
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    gift: Mapped[Donation | None] = relationship()
    statement: Mapped[BankStatement] = relationship()

    @property
    def money(self) -> Money:
        """Give the amount."""
        return Money(self.minor, self.currency)

    @property
    def source(self) -> str:
        """Name this row to the ledger."""
        return f"bank:{self.bank}:{self.mark}"
