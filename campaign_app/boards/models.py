"""What stands at a stall for people to read, and which codes are printed on it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign_app.core import clock
from campaign_app.core.db import Base, Number
from campaign_app.core.files import StoredFile
from campaign_app.qr.models import Code


class Board(Base):
    """An information board, or a paper that lies on the table."""

    __tablename__ = "board"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    #: Language → title; what it says, paragraphs parted by empty lines.
    titles: Mapped[dict[str, str]]
    texts: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: Language → where its facts are from.
    sources: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    image_id: Mapped[UUID | None] = mapped_column(ForeignKey(StoredFile.id), index=True)
    #: Language → what the picture shows.
    image_alts: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    #: No longer taken along; its sheet stays to be seen.
    retired_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class BoardCode(Base):
    """A code that is printed on a board; a board may have several copies, each with its own."""

    __tablename__ = "board_code"

    #: A code stands on one board only.
    code_id: Mapped[int] = mapped_column(ForeignKey("code.id"), primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"), index=True)

    code: Mapped[Code] = relationship(lazy="joined")
