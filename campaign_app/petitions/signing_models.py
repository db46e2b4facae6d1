"""What one signer leaves behind: nothing that a thief could read.

Rows are named by random UUIDs and carry an hour, never an instant; `petition_id` leads every key.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base, Number
from campaign_app.petitions import states
from campaign_app.petitions.models import one_of


class Signature(Base):
    """One attempt to sign; of a mailbox's attempts at most one is ever confirmed.

    Only `state` moves, forward, by one conditional UPDATE together with its delta.
    """

    __tablename__ = "signature"
    __table_args__ = (
        one_of("state", states.SIGNATURE_STATES),
        one_of("evidence", states.EVIDENCE),
        # Partial, so that PostgreSQL never takes it to look for a row by petition and id: on a young
        # table without statistics it did, and each foreign key then read the whole petition.
        Index(
            "ix_signature_mailbox",
            "petition_id",
            "blind_index",
            sqlite_where=text("blind_index IS NOT NULL"),
            postgresql_where=text("blind_index IS NOT NULL"),
        ),
        # The constraint behind "signed once".
        Index(
            "uq_signature_counted",
            "petition_id",
            "blind_index",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
        CheckConstraint(
            "state <> 'withdrawn' OR (sealed IS NULL AND blind_index IS NULL)",
            name="withdrawn_is_empty",
        ),
    )

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Exactly what was signed: language and revision.
    text_id: Mapped[int] = mapped_column(ForeignKey("petition_text.id"))
    #: None is "outside an event".
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"))
    state: Mapped[str] = mapped_column(String(12))
    #: How we know of the person once it counts.
    evidence: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(12))
    country: Mapped[str] = mapped_column(String(2))
    #: The hour of signing.
    hour: Mapped[int]
    #: HMAC of the mailbox under the petition's index key; gone with a withdrawal.
    blind_index: Mapped[bytes | None]
    #: Name and mailbox under a data key that only organisers' keys open; gone with a withdrawal.
    sealed: Mapped[bytes | None]
    #: SHA-256 of the secret in the mail's link, and of handle and code.
    link_hash: Mapped[bytes]
    code_hash: Mapped[bytes]
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: First of its mailbox's attempts: the one that is shown as awaiting.
    leads: Mapped[bool] = mapped_column(default=False)
    #: SHA-256 of the secret in the link "this was not me", where such a mail was written.
    not_me_hash: Mapped[bytes | None]


def of_a_signature() -> ForeignKeyConstraint:
    """Tie a row to its signature, and let it go with it."""
    return ForeignKeyConstraint(
        ["petition_id", "signature_id"],
        ["signature.petition_id", "signature.id"],
        ondelete="CASCADE",
    )


class SealedCopy(Base):
    """The data key of one signature, sealed to one organiser's key."""

    __tablename__ = "sealed_copy"
    __table_args__ = (of_a_signature(),)

    petition_id: Mapped[int] = mapped_column(Number, primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    wrapped: Mapped[bytes]


class GivenConsent(Base):
    """A part that the signer ticked."""

    __tablename__ = "given_consent"
    __table_args__ = (of_a_signature(),)

    petition_id: Mapped[int] = mapped_column(Number, primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("consent_part.id"), primary_key=True)
    #: When the signer took it back (news).
    ended_on: Mapped[date | None]


class Mailbox(Base):
    """What must be known of a mailbox to be fair to it: mails sent, and whether it signed.

    Its row is the lock on which that mailbox's attempts and confirmations queue.
    """

    __tablename__ = "mailbox"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    blind_index: Mapped[bytes] = mapped_column(primary_key=True)
    #: Confirmation mails, reminders and "you have signed" notices, 5 at most.
    mails: Mapped[int]
    signed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Receipts mailed again on `receipts_on`, 3 a day at most.
    receipts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    receipts_on: Mapped[date | None]
    #: The hour of the last attempt; rows without a signature go 21 days later.
    hour: Mapped[int]


class Receipt(Base):
    """The hash of a code with which a signer sees or withdraws what they signed."""

    __tablename__ = "receipt"
    __table_args__ = (
        of_a_signature(),
        Index("ix_receipt_signature", "petition_id", "signature_id"),
    )

    #: SHA-256 of the code.
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(Number)
    signature_id: Mapped[UUID]


class TallyDelta(Base):
    """A change of the tally that the roller has not folded in yet."""

    __tablename__ = "tally_delta"
    __table_args__ = (Index("ix_tally_delta_petition", "petition_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(Number)
    #: 0 is "outside an event".
    placement_id: Mapped[int] = mapped_column(Number)
    hour: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    country: Mapped[str] = mapped_column(String(2))
    evidence: Mapped[str] = mapped_column(String(12))
    #: +1 or -1.
    n: Mapped[int]


class TallyCounter(Base):
    """How many, at one grain: columns that the grain leaves out hold 0 or ''."""

    __tablename__ = "tally_counter"

    petition_id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    #: total, placement, hour, language, country or cell (see tally.GRAINS).
    grain: Mapped[str] = mapped_column(String(10), primary_key=True)
    placement_id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    evidence: Mapped[str] = mapped_column(String(12), primary_key=True)
    n: Mapped[int]


class TallyChange(Base):
    """When a petition's tally last changed; of the whole, so it names nobody's moment."""

    __tablename__ = "tally_change"

    petition_id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class Pace(Base):
    """Signatures taken per placement and quarter of an hour; written every few seconds."""

    __tablename__ = "pace"

    petition_id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    placement_id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    #: Whole quarters since 1970-01-01 UTC.
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken: Mapped[int]
