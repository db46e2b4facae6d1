"""Who was asked for what, for which event, and what they said; and the papers of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.files import StoredFile
from campaign_app.events.models import Event

TO_FILE, FILED, GRANTED, REFUSED = "to_file", "filed", "granted", "refused"
NOT_NEEDED, GOES_AHEAD = "not_needed", "goes_ahead"
STATES: Final = (TO_FILE, FILED, GRANTED, REFUSED, NOT_NEEDED, GOES_AHEAD)
#: What somebody of ours decides rather than an authority: it takes a name, a day and a reason.
DECISIONS: Final = (NOT_NEEDED, GOES_AHEAD)


class Permit(Base):
    """One permit, notice or consent of one event."""

    __tablename__ = "permit"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        # It follows one of the shipped rules, or is named by whoever added it.
        CheckConstraint("(rule = '') <> (title = '')", name="named"),
        CheckConstraint("state <> 'filed' OR filed_on <> ''", name="filed"),
        CheckConstraint(
            "state NOT IN ('granted', 'refused') OR answered_on <> ''", name="answered"
        ),
        CheckConstraint(
            "state NOT IN ('not_needed', 'goes_ahead') OR "
            "(decided_by <> '' AND decided_on <> '' AND reason <> '')",
            name="decided",
        ),
        UniqueConstraint("event_id", "rule", "title"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    #: The key of a rule (see rules.toml), or empty.
    rule: Mapped[str] = mapped_column(String(60), default="", server_default="")
    title: Mapped[str] = mapped_column(String(120), default="", server_default="")
    state: Mapped[str] = mapped_column(String(12), default=TO_FILE, server_default=TO_FILE)
    #: A deadline of our own, where the rule has none or an earlier one is wanted: "2026-11-14T18:00"
    #: on the clock of the place.
    due_local: Mapped[str] = mapped_column(String(16), default="", server_default="")
    #: By the calendar of the place, "2026-11-14".
    filed_on: Mapped[str] = mapped_column(String(10), default="", server_default="")
    #: When it was granted or refused.
    answered_on: Mapped[str] = mapped_column(String(10), default="", server_default="")
    #: The number that the authority gave it.
    reference: Mapped[str] = mapped_column(String(80), default="", server_default="")
    #: When and where the event was to be when it was filed (see naming.py); empty before.
    named: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    decided_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    decided_on: Mapped[str] = mapped_column(String(10), default="", server_default="")
    #: Why it is not needed, why it goes ahead without, why it was refused.
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    event: Mapped[Event] = relationship(lazy="joined")


class PermitPaper(Base):
    """A paper of a permit; one paper may be that of several dates."""

    __tablename__ = "permit_paper"
    __table_args__ = (
        UniqueConstraint("permit_id", "file_id"),
        Index("ix_permit_paper_file_id", "file_id"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    permit_id: Mapped[int] = mapped_column(ForeignKey("permit.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey(StoredFile.id))

    permit: Mapped[Permit] = relationship(lazy="joined")
    file: Mapped[StoredFile] = relationship(lazy="joined")
