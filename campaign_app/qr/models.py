"""Codes, placements, corrections, visits."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core.db import Base, Number
from campaign_app.events.models import Event, Location

#: What a signature without a placement is counted under: "outside an event".
OUTSIDE = 0
#: What carries a code: a board on the street, or a link that people share (no board, no place). A
#: tablet's and a batch of paper's code is never printed: it only says where what they take counts.
BOARD, SHARED, TABLET, PAPER = "board", "shared", "tablet", "paper"


class Code(Base):
    """What is printed on a board; it lives as long as the board."""

    __tablename__ = "code"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: Eight letters that nobody confuses, kept in small letters.
    letters: Mapped[str] = mapped_column(String(16), unique=True)
    created_at: Mapped[datetime]
    #: From then on the code leads nowhere.
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(300))


class Placement(Base):
    """What a code stands for, from when to when: target × event × location × board × language."""

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        # A board can lead to one thing at a time.
        Index(
            "uq_placement_current",
            "code_id",
            unique=True,
            sqlite_where=text("ends_at IS NULL"),
            postgresql_where=text("ends_at IS NULL"),
        ),
        Index("ix_placement_target", "target", "target_id"),
        # One link to share for each thing that can be shared.
        Index(
            "uq_placement_shared",
            "target",
            "target_id",
            unique=True,
            sqlite_where=text("kind = 'shared'"),
            postgresql_where=text("kind = 'shared'"),
        ),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("code.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default=BOARD, server_default=BOARD)
    #: Whose page this leads to ("petition"); rooms above fill qr.TARGET for it.
    target: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[int] = mapped_column(Number)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), index=True)
    #: What stands on the board, as volunteers call it: "Board 2 – the map".
    board: Mapped[str] = mapped_column(String(120))
    #: Shown where the visitor's own languages are not offered.
    language: Mapped[str] = mapped_column(String(12))
    starts_at: Mapped[datetime]
    #: None while it stands.
    ends_at: Mapped[datetime | None]

    code: Mapped[Code] = relationship(lazy="joined")
    event: Mapped[Event | None] = relationship(lazy="joined")
    location: Mapped[Location | None] = relationship(lazy="joined")


class Correction(Base):
    """Says "this board stood at exit 8 from 14:00": whole hours counted elsewhere, with a reason.

    Of several that name the same placement and hour the newest counts; none is ever changed.
    Hours are whole hours since 1970-01-01 UTC; `to_hour` is the first one not moved.
    """

    __tablename__ = "placement_correction"
    __table_args__ = (CheckConstraint("to_hour > from_hour", name="some_hours"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    from_placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    to_placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    from_hour: Mapped[int]
    to_hour: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(Number)


class VisitCount(Base):
    """How often a code was opened in an hour: no cookie, no address, no fingerprint."""

    __tablename__ = "visit_count"

    code_id: Mapped[int] = mapped_column(ForeignKey("code.id"), primary_key=True)
    #: OUTSIDE (0) when the code stood for nothing then.
    placement_id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    #: Whole hours since 1970-01-01 UTC.
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    visits: Mapped[int]
