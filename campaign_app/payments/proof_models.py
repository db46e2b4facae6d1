"""What adding the books up again found, kept with the time at which it was done."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.payments import accounts
from campaign_app.payments.models import one_of

LEDGER: Final = "ledger"
RECEIPTS: Final = "receipts"


class BookProof(Base):
    """One proof of the ledger by itself, or of the receipts: how much was looked at, and what cannot be."""

    __tablename__ = "book_proof"
    __table_args__ = (
        one_of("book", accounts.BOOKS),
        one_of("what", (LEDGER, RECEIPTS)),
        CheckConstraint("rows >= 0 AND flaws >= 0", name="counts"),
        Index("ix_book_proof_newest", "book", "what", "id"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    book: Mapped[str] = mapped_column(String(4))
    what: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    #: How many postings, or receipts, were looked at.
    rows: Mapped[int] = mapped_column(Number)
    #: How many flaws there are; the first ones by name: {"flaws": [[what, where], …]}.
    flaws: Mapped[int] = mapped_column(Number)
    named: Mapped[dict[str, Any]]
