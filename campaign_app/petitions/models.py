"""Petitions, their texts and consent parts, and the keys that open the names."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core.db import Base, Number
from campaign_app.events.models import Campaign
from campaign_app.petitions import states


def one_of(column: str, allowed: tuple[str, ...]) -> CheckConstraint:
    """Let the database know the states, too."""
    listed = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Petition(Base):
    """A call to an addressee; its words stand in its texts, one per language and revision."""

    __tablename__ = "petition"
    __table_args__ = (
        one_of("state", states.PETITION_STATES),
        CheckConstraint("goal > 0", name="goal"),
        CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name="closes_after_opening"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: Random; names the petition's index key and is bound into every sealed record.
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    #: One per petition in every language, so that printed codes and links survive translation.
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=states.DRAFT)
    #: The language the text was first written in.
    source_language: Mapped[str] = mapped_column(String(12))
    goal: Mapped[int]
    #: Hours of signatures without a place are counted in this IANA zone.
    zone: Mapped[str] = mapped_column(String(60))
    #: Where most signers without a code live; preselected. ISO 3166-1 alpha-2.
    country: Mapped[str] = mapped_column(String(2))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    #: When somebody closed it by hand, or the job noticed `closes_at`.
    closed_at: Mapped[datetime | None]
    #: The day of its first handover that was not taken back; from it the keeping of names is counted.
    delivered_on: Mapped[date | None]
    #: How long the names are kept after delivery.
    keep_months: Mapped[int] = mapped_column(default=6)
    created_at: Mapped[datetime]
    #: When its index key was destroyed: from then on nobody can test a mailbox.
    index_key_destroyed_at: Mapped[datetime | None]
    #: Whether a code shown at a stall makes a signature count.
    stall_codes: Mapped[bool] = mapped_column(default=True, server_default=true())

    campaign: Mapped[Campaign | None] = relationship(lazy="joined")


class PetitionText(Base):
    """One revision of the words in one language; immutable once approved."""

    __tablename__ = "petition_text"
    __table_args__ = (
        UniqueConstraint("petition_id", "language", "revision"),
        one_of("state", states.TEXT_STATES),
        one_of("origin", states.ORIGINS),
        # One live text per language.
        Index(
            "uq_petition_text_live",
            "petition_id",
            "language",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
        CheckConstraint("state <> 'approved' OR sha256 IS NOT NULL", name="approved_is_hashed"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    language: Mapped[str] = mapped_column(String(12))
    #: Counts up within the language, from 1.
    revision: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    #: One or two sentences above the form.
    summary: Mapped[str] = mapped_column(String(600))
    #: What we ask, in one sentence.
    ask: Mapped[str] = mapped_column(String(600))
    #: Of whom.
    addressee: Mapped[str] = mapped_column(String(200))
    #: Markdown.
    body: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default=states.DRAFT)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Which revision of the source language this was written from.
    based_on: Mapped[int | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    #: Why one person alone approved it, when there was no second.
    alone_reason: Mapped[str | None] = mapped_column(String(300))
    #: Hex SHA-256 over language, title, summary, ask, addressee, body; set on approval.
    sha256: Mapped[str | None] = mapped_column(String(64))


class ConsentPart(Base):
    """One thing a signer agrees to, in one wording; a new wording is a new version."""

    __tablename__ = "consent_part"
    __table_args__ = (UniqueConstraint("petition_id", "kind", "language", "country", "version"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    #: sign, handover, news, or any other word: parts are data.
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(12))
    #: ISO country this wording is for; "" for all that have none of their own.
    country: Mapped[str] = mapped_column(String(2), default="")
    version: Mapped[int]
    position: Mapped[int]
    required: Mapped[bool]
    #: Beside the box, in a few words; then the whole.
    title: Mapped[str] = mapped_column(String(200))
    wording: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    #: Who of the law has read it; empty shows "not yet checked by a lawyer".
    checked_by: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    #: Set when a newer version takes its place or the part is dropped.
    retired_at: Mapped[datetime | None]


class OrganiserKey(Base):
    """The public half of a key whose private half never touches the server."""

    __tablename__ = "organiser_key"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: First 16 hex digits of the SHA-256 of the point; stands in every sealed copy.
    key_id: Mapped[str] = mapped_column(String(16), unique=True)
    #: `lantern-p256:` and the point.
    public_key: Mapped[str] = mapped_column(String(160))
    #: Whose it is, and where it lies.
    holder: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(120), default="", server_default="")
    #: Printed, and kept by somebody who does not work with it.
    recovery: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    #: When it last opened a test record in its holder's browser; before that it counts for nothing.
    proven_at: Mapped[datetime | None]
    #: No new record is sealed to it from then on.
    retired_at: Mapped[datetime | None]

    @property
    def label(self) -> str:
        """Say in one line whose it is and where it lies."""
        return f"{self.holder}, {self.place}" if self.place else self.holder


#: New records are sealed to these: proven, and not retired.
KEY_IN_USE: Final = and_(OrganiserKey.proven_at.is_not(None), OrganiserKey.retired_at.is_(None))


class KeyChallenge(Base):
    """A test record that is out to be opened; gone once it was answered."""

    __tablename__ = "key_challenge"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organiser_key_id: Mapped[int] = mapped_column(ForeignKey("organiser_key.id"), index=True)
    #: SHA-256 of what the record holds.
    answer_hash: Mapped[bytes]
    asked_at: Mapped[datetime]


class Block(Base):
    """A mail domain, or one petition's blind index of a mailbox, that the administrator refuses."""

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("petition_id", "blind_index"),
        CheckConstraint("(domain IS NULL) <> (blind_index IS NULL)", name="one_of_two"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    domain: Mapped[str | None] = mapped_column(String(255), unique=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"))
    blind_index: Mapped[bytes | None]
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


class MailboxRule(Base):
    """How one provider reads its addresses, so that one mailbox counts once."""

    __tablename__ = "mailbox_rule"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: A domain, or `.example.org` for all below it; the most specific one wins.
    domain: Mapped[str] = mapped_column(String(255), unique=True)
    strip_dots: Mapped[bool] = mapped_column(default=False)
    #: Cut the local part at this character ("+" mostly, "-" at a few); "" keeps it whole.
    cut_at: Mapped[str] = mapped_column(String(1), default="")
    #: Another name of the same provider's mailboxes.
    same_as: Mapped[str | None] = mapped_column(String(255))
