"""Pictures and papers that people of ours keep: in the database, so that a backup holds them.

What is private (a permit with somebody's name) is closed with the server's own key; a stolen
database shows nothing of it. What is public is a picture that we drew anew (see pictures.py).
"""

import uuid
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core import at_rest, clock
from campaign_app.core.db import Base, session

ROOM: Final = "files"


class StoredFile(Base):
    """The bytes of a picture or paper, and what they are."""

    __tablename__ = "stored_file"

    #: Random, so that nobody can count on to the next one.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    mime: Mapped[str] = mapped_column(String(80))
    #: What it was called; empty for pictures.
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: Closed with the server's key; shown to people of ours only.
    private: Mapped[bool]
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


def keep_public(content: bytes, mime: str) -> StoredFile:
    """Keep a picture that anybody may see."""
    return _keep(StoredFile(content=content, mime=mime, private=False, size=len(content)))


def keep_private(content: bytes, mime: str, name: str) -> StoredFile:
    """Keep a paper that only people of ours may read."""
    number = uuid.uuid4()
    closed = at_rest.close(ROOM, str(number), content)
    return _keep(
        StoredFile(id=number, content=closed, mime=mime, name=name, private=True, size=len(content))
    )


def _keep(file: StoredFile) -> StoredFile:
    session.add(file)
    session.flush()
    return file


def content_of(file: StoredFile) -> bytes:
    """Give a file's bytes as they came."""
    return at_rest.open_(ROOM, str(file.id), file.content) if file.private else file.content
