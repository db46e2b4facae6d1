"""Pictures and papers that people of ours keep: in the database, so that a backup holds them.

What is private (a permit with somebody's name) is closed with the server's own key, and so is what it
was called; a stolen database shows nothing of it. What is public is a picture that we drew anew (see
pictures.py).
"""

import base64
import uuid
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core import at_rest, clock
from campaign_app.core.db import Base, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

ROOM: Final = "files"
#: Closed and written in letters, so much of a name fits its column.
NAME_BYTES: Final = 100


class CannotOpen(DomainError):
    """The key is another one: the database was restored without its own, or bytes were exchanged."""

    text = _l(
        "This file cannot be opened: the server no longer has the key with which it was closed."
    )


class StoredFile(Base):
    """The bytes of a picture or paper, and what they are."""

    __tablename__ = "stored_file"

    #: Random, so that nobody can count on to the next one.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    mime: Mapped[str] = mapped_column(String(80))
    #: What it was called, closed, too (see name_of); empty for pictures.
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
    called = at_rest.close(ROOM, f"{number}:name", _end_of(name))
    return _keep(
        StoredFile(
            id=number,
            content=closed,
            mime=mime,
            name=base64.b64encode(called).decode(),
            private=True,
            size=len(content),
        )
    )


def _end_of(name: str) -> bytes:
    """Keep the end of a long name: it says what kind of file it is."""
    return name.encode()[-NAME_BYTES:].decode(errors="ignore").encode()


def _keep(file: StoredFile) -> StoredFile:
    session.add(file)
    session.flush()
    return file


def forget(file_id: UUID | None) -> None:
    """Delete a file's bytes, once nothing points at them any more."""
    session.flush()
    if file_id is not None:
        session.execute(delete(StoredFile).where(StoredFile.id == file_id))


def content_of(file: StoredFile) -> bytes:
    """Give a file's bytes as they came."""
    if not file.private:
        return file.content
    try:
        return at_rest.open_(ROOM, str(file.id), file.content)
    except InvalidTag:
        raise CannotOpen from None


def name_of(file: StoredFile) -> str:
    """Tell what a file was called; empty where nobody can tell any more."""
    if not file.private:
        return file.name
    try:
        return at_rest.open_(ROOM, f"{file.id}:name", base64.b64decode(file.name)).decode()
    except InvalidTag:
        return ""
