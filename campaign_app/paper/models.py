"""Batches of paper, their sheets, what became of each, and what was typed from each line.

Nothing readable of a signer is here: a line keeps what came of it and which random row holds the
sealed signature. Who typed it stands with the hour.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

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

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.events.models import Event
from campaign_app.paper import states
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText, one_of


class PaperBatch(Base):
    """Sheets printed together: one petition, one text, one wording of consent."""

    __tablename__ = "paper_batch"
    __table_args__ = (
        one_of("kind", states.KINDS),
        CheckConstraint("sheets BETWEEN 1 AND 1000", name="sheets"),
        CheckConstraint("(alone_reason IS NULL) = (alone_id IS NULL)", name="alone_with_reason"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: Names the key under which lines are compared while the batch is open.
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    #: Where its signatures count: event, place, and the batch as a board is.
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(6))
    #: As people call it: "Slips for Yongsan".
    label: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(12))
    #: The country whose wording of consent is printed.
    country: Mapped[str] = mapped_column(String(2))
    #: Exactly what is printed, and so what is signed.
    text_id: Mapped[int] = mapped_column(ForeignKey("petition_text.id"))
    sheets: Mapped[int]
    #: The day on which it is signed, by the clocks of `zone`.
    signed_on: Mapped[date]
    zone: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    printed_at: Mapped[datetime | None]
    #: How often it was printed: two papers of one number would be two people on one line.
    printings: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: When the sample was drawn that a second person types again.
    drawn_at: Mapped[datetime | None]
    #: Why somebody may check what they typed themselves, and who said so.
    alone_reason: Mapped[str | None] = mapped_column(String(300))
    alone_id: Mapped[int | None] = mapped_column(Number)
    closed_at: Mapped[datetime | None]

    petition: Mapped[Petition] = relationship(lazy="joined")
    event: Mapped[Event | None] = relationship(lazy="joined")
    words: Mapped[PetitionText] = relationship()


class PaperPart(Base):
    """A consent part that is printed on a batch, in just this version."""

    __tablename__ = "paper_part"

    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("consent_part.id"), primary_key=True)

    part: Mapped[ConsentPart] = relationship(lazy="joined")


class PaperSheet(Base):
    """One numbered sheet; a slip is a sheet with one line."""

    __tablename__ = "paper_sheet"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        one_of("state", states.SHEET),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id"))
    number: Mapped[int]
    #: Eight letters that nobody confuses: printed, and in the picture.
    letters: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=states.PRINTED)

    batch: Mapped[PaperBatch] = relationship(lazy="joined")


class PaperStep(Base):
    """What became of a sheet, who said so, and in which hour; never changed."""

    __tablename__ = "paper_step"
    __table_args__ = (one_of("state", states.SHEET),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheet.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    #: A whole hour.
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Number)
    #: Why, to whom, before whom.
    words: Mapped[str] = mapped_column(String(300), default="", server_default="")


class PaperLine(Base):
    """What came of one line; there is one row for it, however many people type it."""

    __tablename__ = "paper_line"
    __table_args__ = (
        one_of("outcome", states.LINE),
        one_of("sample", states.SAMPLE),
        CheckConstraint("line >= 1", name="line"),
        CheckConstraint(
            "(outcome = 'signed') = (signature_id IS NOT NULL)", name="signed_has_a_signature"
        ),
        Index(
            "ix_paper_line_due",
            "sheet_id",
            sqlite_where=text("sample = 'due'"),
            postgresql_where=text("sample = 'due'"),
        ),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheet.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(12))
    #: The random row of the sealed signature.
    signature_id: Mapped[UUID | None]
    #: Who typed it, and the whole hour since 1970-01-01 UTC in which they did.
    person_id: Mapped[int] = mapped_column(Number)
    hour: Mapped[int]
    #: Name and mailbox under the batch's key, to compare with what a second person reads; gone when
    #: the batch is closed.
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sample: Mapped[str] = mapped_column(
        String(8), default=states.NOT_DRAWN, server_default=states.NOT_DRAWN
    )
    checked_by: Mapped[int | None] = mapped_column(Number)
    checked_hour: Mapped[int | None]

    sheet: Mapped[PaperSheet] = relationship(lazy="joined")
