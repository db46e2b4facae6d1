"""What was stated of a tally, to whom it was handed, and what was answered. Rows are only added.

A mistake is taken back by a date and a reason on the handover; an answer is put right by a newer
version of it. Nobody named here is a signer.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core.db import Base, Number


class Statement(Base):
    """A petition's tally at one moment, frozen: its number is never used again, nor its data changed."""

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    #: Counted up from 1 in each year, without a gap, over all petitions.
    year: Mapped[int]
    number: Mapped[int]
    #: The moment whose numbers it holds.
    as_of: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Number)
    #: Canonical JSON, byte for byte what `sha256` is the hash of: text, so that no engine rewrites it.
    data: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def serial(self) -> str:
        """Write its number as people quote it: 2026-001."""
        return f"{self.year}-{self.number:03}"


class Handover(Base):
    """A statement handed to somebody who can act on it."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    delivered_on: Mapped[date]
    #: Language → where, and which office or organisation took it: no private person.
    places: Mapped[dict[str, str]]
    receivers: Mapped[dict[str, str]]
    #: Of ours.
    handed_by: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(600))
    #: The petition's state before; taking this back leads there again, while that can be.
    state_before: Mapped[str] = mapped_column(String(12))
    recorded_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Number)
    #: Set when it was recorded by mistake.
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str | None] = mapped_column(String(300))

    statement: Mapped[Statement] = relationship(lazy="joined")


class Answer(Base):
    """One version of what the receiver answered; the newest is shown, earlier ones are kept."""

    __tablename__ = "petition_answer"
    __table_args__ = (UniqueConstraint("handover_id", "version"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"))
    #: Counts up from 1.
    version: Mapped[int]
    answered_on: Mapped[date]
    #: Language → who answered, and in which words (Markdown).
    senders: Mapped[dict[str, str]]
    texts: Mapped[dict[str, str]]
    recorded_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Number)
