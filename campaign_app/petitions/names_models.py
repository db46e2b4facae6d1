"""Lists of names that left the sealed records: who made one, what for, and until when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base, Number
from campaign_app.petitions.models import one_of

#: Those who agreed that their name may be handed over, or everybody.
AGREED = "agreed"
EVERYBODY = "everybody"
WHOSE = (AGREED, EVERYBODY)


class NamesDownload(Base):
    """One list of names on somebody's machine, noted before their browser makes the file."""

    __tablename__ = "names_download"
    __table_args__ = (
        one_of("whose", WHOSE),
        CheckConstraint("names >= 0", name="names"),
        CheckConstraint("whose = 'agreed' OR why_everybody <> ''", name="everybody_has_a_reason"),
        Index("ix_names_download_petition", "petition_id"),
        # The job that reminds people looks for these alone.
        Index(
            "ix_names_download_held",
            "delete_by",
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    whose: Mapped[str] = mapped_column(String(12))
    #: How many names, as the browser counted them: the server cannot.
    names: Mapped[int]
    #: What the list is for; and why also those must be on it who did not agree.
    reason: Mapped[str] = mapped_column(String(300))
    why_everybody: Mapped[str] = mapped_column(String(300), default="", server_default="")
    delete_by: Mapped[date]
    #: The language of the mail that will remind them.
    language: Mapped[str] = mapped_column(String(12))
    #: When the last mail reminded them.
    reminded_at: Mapped[datetime | None]
    #: When the person said that it is deleted.
    deleted_at: Mapped[datetime | None]
