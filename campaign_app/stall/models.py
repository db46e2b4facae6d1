"""What belongs to the day at the stall: the lead's link, what came of it, incidents, photos."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.files import StoredFile
from campaign_app.events.models import Event

NOT_ENDED = text("ended_at IS NULL")


class LeadLink(Base):
    """The personal link of whoever leads a stall: one at a time for each event, with a PIN."""

    __tablename__ = "lead_link"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        # Whoever led before is shut out as soon as somebody else leads.
        Index(
            "uq_lead_link_current",
            "event_id",
            unique=True,
            sqlite_where=NOT_ENDED,
            postgresql_where=NOT_ENDED,
        ),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    #: SHA-256 of what the address holds, so that the database opens nothing.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    #: What the volunteers call them; never a full name.
    alias: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(12))
    #: Argon2id.
    pin_hash: Mapped[str] = mapped_column(String(200))
    #: Wrong PINs since the last right one; at five the link is locked until an organiser helps.
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: When it was revoked, replaced or handed over.
    ended_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")


class EventResult(Base):
    """What came of an event, in words; the numbers are counted elsewhere."""

    __tablename__ = "event_result"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    #: Language → some sentences for the public.
    words: Mapped[dict[str, str]]
    #: How many people stopped to talk, as the lead reckons; None where nobody said.
    talked_to: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Incident(Base):
    """Something that went wrong or nearly did. For people of ours only, closed at rest."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    #: One of stall.kinds.OF_INCIDENT.
    kind: Mapped[str] = mapped_column(String(20))
    #: Random, and what the words are bound to.
    subject: Mapped[UUID] = mapped_column(unique=True)
    #: What happened, closed with the room's key.
    words: Mapped[bytes] = mapped_column(LargeBinary)
    #: Who said so: a lead's alias, or empty for people of ours, whom the audit trail names.
    alias: Mapped[str] = mapped_column(String(60), default="", server_default="")


class EventPhoto(Base):
    """A picture of the day; with faces in it nobody sees it before all of them agreed."""

    __tablename__ = "event_photo"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey(StoredFile.id), index=True)
    #: Language → what it shows.
    alts: Mapped[dict[str, str]]
    #: Whether somebody can be recognised.
    faces: Mapped[bool]
    #: Whether everybody who can be recognised agreed to be shown.
    agreed: Mapped[bool]
    #: Whether an organiser has looked at it and lets it be shown.
    shown: Mapped[bool] = mapped_column(default=False, server_default=false())
    alias: Mapped[str] = mapped_column(String(60), default="", server_default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
