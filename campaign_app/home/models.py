"""What people of ours write about the organisation, in each language, revision by revision."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base, Number

#: The first words of the front page; who we are; how to reach us.
FRONT, ABOUT, CONTACT = "front", "about", "contact"
PAGES: Final = (FRONT, ABOUT, CONTACT)
#: Written; on the page; replaced by a newer one.
DRAFT, LIVE, REPLACED = "draft", "live", "replaced"
STATES: Final = (DRAFT, LIVE, REPLACED)
HUMAN, MACHINE = "human", "machine"
ORIGINS: Final = (HUMAN, MACHINE)


class PageText(Base):
    """One revision of a page's words in one language; once it was live it never changes."""

    __tablename__ = "page_text"
    __table_args__ = (
        UniqueConstraint("page", "language", "revision"),
        CheckConstraint(f"page IN {PAGES}", name="page"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"origin IN {ORIGINS}", name="origin"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published"),
        # One text at a time is on the page.
        Index(
            "uq_page_text_live",
            "page",
            "language",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    page: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(12))
    #: Counts up within the page and language, from 1.
    revision: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    #: A few sentences that stand first, and in what chats and search engines show.
    lead: Mapped[str] = mapped_column(String(600))
    #: Markdown.
    body: Mapped[str] = mapped_column(Text)
    #: Who wrote the first draft: a person or a machine.
    origin: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    #: The text in another language that this one translates.
    source_id: Mapped[int | None] = mapped_column(ForeignKey("page_text.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Somebody else who has read it; without one the page says that one person alone approved it.
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
