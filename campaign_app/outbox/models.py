"""What waits to be sent or done, and what the post office must remember besides.

A mail's row holds its address and text only as ciphertext (see letters.py), and an instant only
until it is sent: a reminder that waits for days knows nothing finer than an hour.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base

MAIL: Final = "mail"
HAS_DEDUPE: Final = text("dedupe IS NOT NULL")


class OutboxRow(Base):
    """One mail or job, from the deed that wants it until it is done."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "is_mail", "run_at"),
        Index(
            "uq_outbox_dedupe",
            "dedupe",
            unique=True,
            sqlite_where=HAS_DEDUPE,
            postgresql_where=HAS_DEDUPE,
        ),
    )

    #: Random, since a letter may belong to a signer.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: "mail", or what a job is about: `events.changed`.
    topic: Mapped[str] = mapped_column(String(60))
    is_mail: Mapped[bool]
    #: What it belongs to, as `noun:id`; `cancel` asks for it.
    ref: Mapped[str] = mapped_column(String(100), index=True)
    #: Ciphertext of a letter; JSON of a job.
    payload: Mapped[bytes]
    #: The hour (YYYYMMDDHH) under whose key the letter is closed.
    key_hour: Mapped[str | None] = mapped_column(String(10))
    template: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(12), default="")
    #: Hourly budgets that it draws on, separated by spaces: "petition:3 placement:77".
    lanes: Mapped[str] = mapped_column(String(200), default="")
    #: When it was first due. Retries and budgets leave it alone, so it tells how long it waits.
    due_at: Mapped[datetime]
    #: When it is next worth a try.
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(40))
    #: The budget that was used up when it was its turn.
    held_by: Mapped[str | None] = mapped_column(String(100))
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: The class of the last error, never its text: that could hold an address.
    last_error: Mapped[str] = mapped_column(String(60), default="", server_default="")
    last_code: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: Hours since 1970-01-01 UTC when it was written.
    first_hour: Mapped[int]
    repeat_template: Mapped[str | None] = mapped_column(String(80))
    repeat_after_hours: Mapped[int | None]
    #: 0 for a first mail, 1 for its repeat.
    sequence: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: At most one job that waits has this name.
    dedupe: Mapped[str | None] = mapped_column(String(120))
    #: A job that failed too often and now waits for a person.
    failed: Mapped[bool] = mapped_column(default=False, server_default=false())


class MailBudget(Base):
    """How many mails a lane has used in an hour."""

    __tablename__ = "mail_budget"

    lane: Mapped[str] = mapped_column(String(100), primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sent: Mapped[int]


class Periodic(Base):
    """When a repeated job is next due, and how it went."""

    __tablename__ = "periodic"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(60), default="", server_default="")


class MailProblem(Base):
    """How often something went wrong in an hour; no address, no row."""

    __tablename__ = "mail_problem"

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    error: Mapped[str] = mapped_column(String(60), primary_key=True)
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    template: Mapped[str] = mapped_column(String(80), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    count: Mapped[int]
