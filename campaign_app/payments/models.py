"""The ledger: double entry, append-only, balanced by construction.

A posting moves an amount from one account (credited) to another (debited) in one row, so no row can be
out of balance; foreign keys keep both accounts in the posting's book, entity and currency. What the
gateway, the bank or a cash box says is entered once: `source` is unique in its book.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.money import EXPONENTS
from campaign_app.payments import accounts


def one_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    """Let the database know the words, too."""
    listed = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


CURRENCIES: Final = tuple(EXPONENTS)


class LedgerAccount(Base):
    """One account of a legal entity in one currency and one book."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        one_of("book", accounts.BOOKS),
        one_of("kind", accounts.KINDS),
        one_of("currency", CURRENCIES),
        UniqueConstraint("book", "entity", "currency", "kind", "detail"),
        # What postings refer to, so that both sides of one share book, entity and currency.
        UniqueConstraint("id", "book", "entity", "currency", name="uq_ledger_account_whole"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: live or test; the two never meet.
    book: Mapped[str] = mapped_column(String(4))
    #: Which legal entity's, as the settings name it.
    entity: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(20))
    #: Tells several of a kind apart: a gateway's account, a bank account, a cash box.
    detail: Mapped[str] = mapped_column(String(60), default="", server_default="")


class LedgerTransaction(Base):
    """One thing that happened to money, told by one source, entered once and never changed."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        one_of("book", accounts.BOOKS),
        one_of("kind", accounts.DEEDS),
        UniqueConstraint("book", "source"),
        UniqueConstraint("id", "book", "entity", name="uq_ledger_transaction_whole"),
        Index("ix_ledger_transaction_happened_on", "book", "entity", "happened_on"),
        Index("ix_ledger_transaction_about", "book", "about"),
        Index("ix_ledger_transaction_day", "book", "happened_on", "id"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    book: Mapped[str] = mapped_column(String(4))
    entity: Mapped[str] = mapped_column(String(40))
    #: Who says so: "stripe:txn_…", "bank:<account>:<statement line>", "cash:<count>".
    source: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    #: What it is about, where its source says so: the gateway's charge, refund or dispute, "donation:…".
    about: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: By the calendar of the entity.
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class LedgerPosting(Base):
    """An amount that leaves one account (credit) and enters another (debit)."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        ForeignKeyConstraint(
            ["transaction_id", "book", "entity"],
            ["ledger_transaction.id", "ledger_transaction.book", "ledger_transaction.entity"],
            name="fk_ledger_posting_transaction",
        ),
        *(
            ForeignKeyConstraint(
                [side, "book", "entity", "currency"],
                [f"ledger_account.{name}" for name in ("id", "book", "entity", "currency")],
                name=f"fk_ledger_posting_{side}",
            )
            for side in ("debit_id", "credit_id")
        ),
        # Sums of an account are read off these alone.
        Index("ix_ledger_posting_debit", "debit_id", "transaction_id", "minor"),
        Index("ix_ledger_posting_credit", "credit_id", "transaction_id", "minor"),
    )

    transaction_id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: Counts a transaction's postings from 1.
    leg: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    book: Mapped[str] = mapped_column(String(4))
    entity: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    debit_id: Mapped[int] = mapped_column(Number)
    credit_id: Mapped[int] = mapped_column(Number)
    #: In minor units of the currency, always positive.
    minor: Mapped[int] = mapped_column(Number)
