"""What is counted of a stall's codes, so that nobody can guess one; no row says when anybody signed."""

from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core.db import Base

MOST_USES: Final = 40
MOST_TRIES: Final = 5
#: Wrong codes that one window of ten minutes bears, and one secret in all.
MOST_WRONG: Final = 30
MOST_WRONG_IN_ALL: Final = 300


class StallSecret(Base):
    """Which of an event's secrets holds, and how many wrong codes were typed against it."""

    __tablename__ = "stall_secret"
    __table_args__ = (
        CheckConstraint("generation >= 0", name="generation"),
        CheckConstraint(f"wrong BETWEEN 0 AND {MOST_WRONG_IN_ALL}", name="wrong"),
    )

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id"), primary_key=True, autoincrement=False
    )
    #: Goes up when somebody asks for other codes; the secret follows from it.
    generation: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")


class StallWindow(Base):
    """How often an event's codes were right and wrong in ten minutes."""

    __tablename__ = "stall_window"
    __table_args__ = (
        CheckConstraint(f"uses BETWEEN 0 AND {MOST_USES}", name="uses"),
        CheckConstraint(f"wrong BETWEEN 0 AND {MOST_WRONG}", name="wrong"),
    )

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id"), primary_key=True, autoincrement=False
    )
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Whole tens of minutes since 1970-01-01 UTC; `uses` are of the code shown in it, `wrong` of
    #: the wrong ones that were typed in it.
    window: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uses: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")


class StallTry(Base):
    """How often a code was typed on one answer page, whether a signature stands behind it or not.

    A column of the signature could not say it: the sixth try would tell which pages have one.
    """

    __tablename__ = "stall_try"
    __table_args__ = (
        CheckConstraint(f"tries BETWEEN 0 AND {MOST_TRIES}", name="tries"),
        Index("ix_stall_try_hour", "hour"),
    )

    #: The row that the page's handle names.
    row: Mapped[UUID] = mapped_column(primary_key=True)
    tries: Mapped[int]
    #: The whole hour of the first try; a day later this goes.
    hour: Mapped[int]
