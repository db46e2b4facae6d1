"""Attempts to pay, what the gateway signals and books, money that goes back, and the daily proof.

None of these rows names a person. What a gift is for stands in the room above, under `subject`.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.money import Money
from campaign_app.payments import accounts, states
from campaign_app.payments.models import CURRENCIES, one_of


class Payment(Base):
    """One attempt to pay a certain amount by card; its row stands before the gateway is asked."""

    __tablename__ = "payment"
    __table_args__ = (
        one_of("book", accounts.BOOKS),
        one_of("state", states.PAYMENT),
        one_of("currency", CURRENCIES),
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint("refunded BETWEEN 0 AND minor", name="refunded"),
        # A form sent twice is one attempt; the same form with another amount is another one.
        UniqueConstraint("nonce", "fingerprint"),
        Index("ix_payment_look_at", "look_at"),
        Index("ix_payment_state", "book", "state"),
    )

    #: All that the gateway knows of what this is.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: Drawn with the form.
    nonce: Mapped[str] = mapped_column(String(40))
    #: SHA-256 in hex of account, amount, currency and rhythm.
    fingerprint: Mapped[str] = mapped_column(String(64))
    book: Mapped[str] = mapped_column(String(4))
    #: The gateway account, and whose it is, as the settings name them.
    account: Mapped[str] = mapped_column(String(40))
    entity: Mapped[str] = mapped_column(String(40))
    #: What it is for, in the words of the room above: "donation:…".
    subject: Mapped[str] = mapped_column(String(60), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[int] = mapped_column(Number)
    rhythm: Mapped[str] = mapped_column(String(8), default="once", server_default="once")
    language: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default=states.NEW)
    session_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    intent_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    charge_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    #: Where the donor pays; gone once that is over.
    url: Mapped[str | None] = mapped_column(String(2000))
    #: How it was paid, in the gateway's word.
    method: Mapped[str] = mapped_column(String(40), default="", server_default="")
    refunded: Mapped[int] = mapped_column(Number, default=0, server_default="0")
    disputed: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    paid_on: Mapped[date | None]
    #: When the card's bank warned that the card may be stolen; None once that is no use any more.
    warned_at: Mapped[datetime | None]
    #: When somebody should look at the gateway again, if nothing is heard; None once it is over.
    look_at: Mapped[datetime | None]
    #: What does not fit, where it is in quarantine; the gateway's word for a failure.
    trouble: Mapped[str] = mapped_column(String(80), default="", server_default="")

    @property
    def money(self) -> Money:
        """Give the amount."""
        return Money(self.minor, self.currency)

    @property
    def counts(self) -> bool:
        """Tell whether the money came."""
        return self.state == states.PAID

    @property
    def is_suspect(self) -> bool:
        """Tell whether its card may be stolen, and giving the money back still helps."""
        return self.warned_at is not None and not self.disputed and self.refunded < self.minor


class GatewaySignal(Base):
    """An event that a gateway signed or listed: a pointer, kept without its content."""

    __tablename__ = "gateway_signal"
    __table_args__ = (
        one_of("state", states.SIGNAL),
        Index("ix_gateway_signal_state", "account", "state"),
    )

    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    heard_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: By webhook; else it was found by asking.
    pushed: Mapped[bool]
    state: Mapped[str] = mapped_column(String(8), default=states.UNREAD)


class GatewayAccount(Base):
    """How far we have read an account's books and signals."""

    __tablename__ = "gateway_account"

    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    book: Mapped[str] = mapped_column(String(4), primary_key=True)
    #: Everything up to this moment has been read at least once.
    read_until: Mapped[datetime]
    #: When a webhook came last.
    heard_at: Mapped[datetime | None]


class SignalRefused(Base):
    """How often something that no gateway sent was refused on a day: a number, no trace of it."""

    __tablename__ = "signal_refused"

    day: Mapped[date] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: The word of gateway.BadSignal.
    why: Mapped[str] = mapped_column(String(20), primary_key=True)
    n: Mapped[int]


class Dispute(Base):
    """A donor's bank wants a payment back."""

    __tablename__ = "dispute"

    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    minor: Mapped[int] = mapped_column(Number)
    #: The gateway's word.
    state: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime]
    answer_until: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship()

    @property
    def money(self) -> Money:
        """Give the amount."""
        return Money(self.minor, self.payment.currency)

    @property
    def name(self) -> str:
        """Name it in its timeline."""
        return f"dispute:{self.account}:{self.id}"

    @property
    def holds(self) -> bool:
        """Tell whether it holds the money back now: an inquiry does not."""
        return self.state in states.HOLDS


class BalanceProof(Base):
    """What our ledger and the gateway said of one balance at one moment, and what explains a difference."""

    __tablename__ = "balance_proof"
    __table_args__ = (
        Index("ix_balance_proof_at", "at"),
        Index("ix_balance_proof_newest", "book", "account", "currency", "id"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    account: Mapped[str] = mapped_column(String(40))
    book: Mapped[str] = mapped_column(String(4))
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    ours: Mapped[int] = mapped_column(Number)
    theirs: Mapped[int] = mapped_column(Number)
    #: {"missing": [line ids we have not], "unknown": [sources the gateway has not], "different": […]}.
    mismatches: Mapped[dict[str, Any]]

    @property
    def difference(self) -> int:
        """Tell by how much we believe to have more, in minor units."""
        return self.ours - self.theirs


class Refund(Base):
    """Money on its way back: asked for by one person, and above a threshold allowed by another.

    Of a card payment, or of a gift that came by bank or in cash: then a person sends it back by bank.
    """

    __tablename__ = "refund"
    __table_args__ = (
        one_of("state", states.REFUND),
        CheckConstraint("minor > 0", name="minor"),
        CheckConstraint(
            "asked_by IS NULL OR allowed_by IS NULL OR asked_by <> allowed_by", name="two"
        ),
        # Above the threshold nothing leaves that a second pair of eyes did not see, or a reason explains.
        CheckConstraint(
            "NOT needs_two OR state IN ('asked', 'dropped') OR allowed_by IS NOT NULL"
            " OR by_outside OR alone_reason IS NOT NULL",
            name="four_eyes",
        ),
        CheckConstraint(
            "(payment_id IS NULL) = (subject IS NOT NULL AND book IS NOT NULL"
            " AND entity IS NOT NULL AND currency IS NOT NULL)",
            name="what",
        ),
        ForeignKeyConstraint(["payment_id"], ["payment.id"]),
        Index("ix_refund_payment_id", "payment_id"),
        Index("ix_refund_subject", "subject"),
        Index("ix_refund_state", "state", "changed_at"),
    )

    #: Also the gateway's idempotency key, so that asking again sends it once.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    payment_id: Mapped[UUID | None]
    minor: Mapped[int] = mapped_column(Number)
    #: Empty where it was made at the gateway, past us.
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(12), default=states.ASKED)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    allowed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Why one person alone allowed it.
    alone_reason: Mapped[str | None] = mapped_column(String(300))
    gateway_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    # Of what came by bank or in cash: which gift, in whose books; a payment says that itself.
    subject: Mapped[str | None] = mapped_column(String(60))
    book: Mapped[str | None] = mapped_column(String(4))
    entity: Mapped[str | None] = mapped_column(String(40))
    currency: Mapped[str | None] = mapped_column(String(3))
    #: By hand: from which bank account, and what stands on its slip.
    bank: Mapped[str | None] = mapped_column(String(40))
    slip: Mapped[str | None] = mapped_column(String(80))
    #: Whether it reached the threshold when it was asked for.
    needs_two: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Who outside was asked, the hash of their link, and until when it opens.
    outside: Mapped[str] = mapped_column(String(120), default="", server_default="")
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_until: Mapped[datetime | None]
    #: They allowed it.
    by_outside: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: When the gateway was asked first.
    tried_at: Mapped[datetime | None]
    #: Its word for why it did not do it.
    said: Mapped[str] = mapped_column(String(80), default="", server_default="")

    payment: Mapped[Payment | None] = relationship()

    @property
    def money(self) -> Money:
        """Give the amount."""
        currency = self.payment.currency if self.payment else self.currency
        return Money(self.minor, str(currency))

    @property
    def about(self) -> str:
        """Name the gift it is of, in the words of the room above."""
        return self.payment.subject if self.payment else str(self.subject)

    @property
    def of_entity(self) -> str:
        """Name whose money it is."""
        return self.payment.entity if self.payment else str(self.entity)

    @property
    def of_book(self) -> str:
        """Tell whether the money is real."""
        return self.payment.book if self.payment else str(self.book)

    @property
    def one_person(self) -> bool:
        """Tell whether one person did alone what two should have, and nobody has looked since."""
        return self.alone_reason is not None and self.allowed_by is None

    @property
    def made_elsewhere(self) -> bool:
        """Tell whether somebody made it at the gateway, past us."""
        return self.asked_by is None and self.gateway_id is not None and not self.reason

    @property
    def name(self) -> str:
        """Name it in the audit trail and in its timeline."""
        return f"refund:{self.id.hex}"


class ReturnStep(Base):
    """What happened to a refund or a dispute, one line of its timeline."""

    __tablename__ = "return_step"
    __table_args__ = (Index("ix_return_step_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: "refund:<hex>" or "dispute:<account>:<id>".
    subject: Mapped[str] = mapped_column(String(260))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    #: A word of payments.steps; of a dispute the gateway's.
    what: Mapped[str] = mapped_column(String(40))
    #: Of ours; nobody where the gateway said it or somebody outside did it.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[str] = mapped_column(String(300), default="", server_default="")
