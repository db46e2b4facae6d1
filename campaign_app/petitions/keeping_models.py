"""That names were deleted in time, and that somebody was warned before."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base, Number


class NamesDeleted(Base):
    """The proof that names of a petition were deleted; begun first, so that a crash is no end."""

    __tablename__ = "names_deleted"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    #: All of the petition's, or only those whose signers had agreed to an earlier day.
    whole: Mapped[bool]
    #: The day on which they had to go.
    due_on: Mapped[date]
    begun_at: Mapped[datetime]
    #: None while it is under way.
    finished_at: Mapped[datetime | None]
    #: Sealed records deleted.
    records: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: What the tally counted before and after, and whether the recount agreed; None is not known yet.
    counted_before: Mapped[int]
    counted_after: Mapped[int | None]
    agreed_before: Mapped[bool]
    agreed_after: Mapped[bool | None]


class NamesWarned(Base):
    """That organisers were told of a day on which names will go: once for each day."""

    __tablename__ = "names_warned"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    warned_at: Mapped[datetime]
