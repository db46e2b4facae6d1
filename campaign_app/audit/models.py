"""The audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base, Number


class AuditEntry(Base):
    """One deed. A signer's own deeds appear to the hour and without a row id."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    #: The person's row number; none for a signer, a command or a job.
    person_id: Mapped[int | None] = mapped_column(Number)
    #: As shown then: the person's name, "signer", "command" or "job".
    actor: Mapped[str] = mapped_column(String(200))
    #: What happened, as `noun.verb`: petition.opened, code.revoked.
    action: Mapped[str] = mapped_column(String(60), index=True)
    #: What it happened to, as `noun:id`.
    subject: Mapped[str] = mapped_column(String(100), index=True)
    detail: Mapped[dict[str, Any]]
