"""Tablets, what they are enrolled by, what they delivered, and what they say is still to come.

Nothing here names a signer: envelopes are sealed, rows are random and carry an hour. A tablet's
numbering ties an envelope to its place in the queue; it is deleted when the gap report closes.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.events.models import Event
from campaign_app.kiosk import states
from campaign_app.petitions.models import Petition, one_of
from campaign_app.qr.models import Code

NOT_ENDED: Final = text("ended_at IS NULL")
NOT_DESTROYED: Final = text("destroyed_at IS NULL")


class Tablet(Base):
    """A tablet of ours, as people call it; each time it is enrolled it gets a new install."""

    __tablename__ = "tablet"
    __table_args__ = (one_of("state", states.TABLET),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    #: "Tablet 3"; stands in tallies where a board's label stands.
    name: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12), default=states.ACTIVE)
    #: For which event it collects; None while it rests.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    #: What its first page speaks; each signer may choose another.
    language: Mapped[str] = mapped_column(String(12))
    #: The volunteers' PIN, as the tablet checks it without a network: PBKDF2-HMAC-SHA256.
    pin_salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    pin_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    state_changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    event: Mapped[Event | None] = relationship(lazy="joined")


class Enrolment(Base):
    """A one-time code of eight letters: the first four find it, the last four prove it."""

    __tablename__ = "enrolment"
    __table_args__ = (CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    tablet_id: Mapped[int] = mapped_column(ForeignKey("tablet.id"), index=True)
    finder: Mapped[str] = mapped_column(String(4), unique=True)
    #: SHA-256 of the whole code.
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Wrong codes that began with these letters.
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    expires_at: Mapped[datetime]
    #: Who made it: a lead's alias, or empty for people of ours, whom the audit trail names.
    alias: Mapped[str] = mapped_column(String(60), default="", server_default="")

    tablet: Mapped[Tablet] = relationship(lazy="joined")


class Install(Base):
    """One enrolment of a tablet: its own token, its own numbering."""

    __tablename__ = "install"
    __table_args__ = (
        # A tablet collects under one install; earlier ones may only deliver what they hold.
        Index(
            "uq_install_current",
            "tablet_id",
            unique=True,
            sqlite_where=NOT_ENDED,
            postgresql_where=NOT_ENDED,
        ),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: Drawn by the tablet; bound into every envelope.
    uid: Mapped[UUID] = mapped_column(unique=True)
    tablet_id: Mapped[int] = mapped_column(ForeignKey("tablet.id"), index=True)
    #: SHA-256 of the token, which can deliver and report, and read nothing of anybody.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: When the tablet was enrolled anew, or revoked.
    ended_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    #: Seconds by which its clock is ahead of ours.
    clock_offset: Mapped[int | None]
    #: Per cent, where the browser tells.
    battery: Mapped[int | None]
    #: Version of its pages.
    shell: Mapped[str] = mapped_column(String(20), default="", server_default="")

    tablet: Mapped[Tablet] = relationship(lazy="joined")


class EventKey(Base):
    """The key to which an event's envelopes are closed; its private half lies in KEY_DIR."""

    __tablename__ = "event_key"
    __table_args__ = (
        Index(
            "uq_event_key_current",
            "event_id",
            unique=True,
            sqlite_where=NOT_DESTROYED,
            postgresql_where=NOT_DESTROYED,
        ),
    )

    #: First 16 hex digits of the SHA-256 of the point; also in every envelope's `info`.
    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    #: Names the seed's file in KEY_DIR/intake.
    seed_name: Mapped[str] = mapped_column(String(40), unique=True)
    #: `lantern-p256:` and the point.
    public_key: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    destroyed_at: Mapped[datetime | None]
    #: When organisers were told that it will be destroyed though numbers are missing.
    warned_at: Mapped[datetime | None]


class StallPetition(Base):
    """What the tablets of an event ask to sign, in this order: one to three petitions."""

    __tablename__ = "stall_petition"
    __table_args__ = (CheckConstraint("position BETWEEN 1 AND 3", name="position"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)

    petition: Mapped[Petition] = relationship(lazy="joined")


class TabletCode(Base):
    """The code (never printed) whose placements say where a tablet's signatures for a petition count."""

    __tablename__ = "tablet_code"

    tablet_id: Mapped[int] = mapped_column(ForeignKey("tablet.id"), primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("code.id"), unique=True)

    code: Mapped[Code] = relationship()


class GapReport(Base):
    """What one install says it collected at one event, against what came; frozen when it closes."""

    __tablename__ = "gap_report"
    __table_args__ = (
        CheckConstraint("next_seq >= 1", name="next_seq"),
        CheckConstraint("(closed_at IS NULL) = (numbers IS NULL)", name="closed_is_frozen"),
    )

    install_id: Mapped[int] = mapped_column(ForeignKey("install.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    #: The number that its next item will carry, as it said last (the highest it ever said).
    next_seq: Mapped[int] = mapped_column(default=1, server_default="1")
    #: Which of its numbers it still holds, as first and last of each run: [[3, 5], [9, 9]].
    held: Mapped[dict[str, Any]] = mapped_column(default=lambda: {"runs": []})
    #: Envelopes that it holds under a name or number that another envelope has here.
    conflicts: Mapped[int] = mapped_column(default=0, server_default="0")
    heard_at: Mapped[datetime | None]
    clock_offset: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    #: When somebody was last told that the tablet still holds something.
    reminded_at: Mapped[datetime | None]
    #: Why it was closed with numbers missing; empty when none were.
    closed_why: Mapped[str] = mapped_column(String(500), default="", server_default="")
    #: collected, received, counted, duplicate, voided, quarantined, discarded, missing, numbers.
    numbers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    install: Mapped[Install] = relationship(lazy="joined")
    event: Mapped[Event] = relationship(lazy="joined")


class Intake(Base):
    """An envelope as received: stored first, opened later, emptied when it was understood."""

    __tablename__ = "intake"
    __table_args__ = (
        one_of("state", states.INTAKE),
        # A tablet gives each number once.
        UniqueConstraint("install_id", "event_id", "seq"),
        CheckConstraint("seq >= 1", name="seq"),
        # What was understood holds nothing any more.
        CheckConstraint(
            "(sealed IS NULL) = (state NOT IN ('new', 'quarantined'))", name="understood_is_empty"
        ),
        Index(
            "ix_intake_new",
            "event_id",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
    )

    #: Drawn by the tablet, random; a signature that comes of it carries the same.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    install_id: Mapped[int] = mapped_column(ForeignKey("install.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    seq: Mapped[int]
    key_id: Mapped[str] = mapped_column(String(16))
    #: Of the envelope as sent, so that a repetition is told from a conflict.
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(12), default=states.NEW)
    #: Why it is in quarantine or was discarded: one of states.REASONS.
    reason: Mapped[str] = mapped_column(String(30), default="", server_default="")
    #: The whole hour since 1970-01-01 UTC in which it came.
    hour: Mapped[int]
    #: Which petition's signature came of it, or would have; so that it can be voided.
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"), index=True)


class TabletShift(Base):
    """Who stood at a tablet, by alias, from when; a hand-over keeps what both saw."""

    __tablename__ = "tablet_shift"

    #: Drawn by the tablet, so that a report that comes twice is written once.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    install_id: Mapped[int] = mapped_column(ForeignKey("install.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    alias: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    #: At its end: today, safe, on the tablet; and the battery in per cent, where the browser tells.
    collected: Mapped[int | None]
    held: Mapped[int | None]
    battery: Mapped[int | None]
    #: Somebody started the next shift on the same tablet and saw these numbers, too.
    handed_over: Mapped[bool] = mapped_column(default=False, server_default=false())
