"""Pictures of the day: drawn anew, closed at rest, and public only while they may be.

A picture that is not shown lies closed with the server's key and has no public address. When it is
shown it gets one; when somebody takes their agreement back, that address ends at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response
from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core import files
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.files import StoredFile
from campaign_app.core.i18n import _l
from campaign_app.core.pictures import Drawn
from campaign_app.stall.models import EventPhoto

MOST: Final = 60
#: Who can be recognised in a picture, and whether they agreed, as forms say it.
NOBODY, AGREED, NOT_ASKED = "nobody", "agreed", "not_asked"
#: Opened by itself, a picture may do nothing at all.
ALONE: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


class NoSuchPhoto(DomainError):
    """It was never there, or belongs to another event."""

    status = 404
    text = _l("There is no such photo.")


class ManyPhotos(DomainError):
    """Nobody looks through more."""

    text = _l("This event has sixty photos already. Remove some first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is said of a picture."""

    alts: dict[str, str]
    #: NOBODY, AGREED or NOT_ASKED.
    faces: str
    shown: bool


def keep(event_id: int, drawn: Drawn, said: Shown, *, by: str = "") -> EventPhoto:
    """Keep a picture; nobody but us sees it before an organiser shows it."""
    if len(of(event_id)) >= MOST:
        raise ManyPhotos
    file = files.keep_private(drawn.content, drawn.mime, "")
    photo = EventPhoto(
        event_id=event_id,
        file_id=file.id,
        alts=said.alts,
        faces=said.faces != NOBODY,
        agreed=said.faces == AGREED,
        alias=by,
    )
    session.add(photo)
    session.flush()
    record("photo.kept", f"event:{event_id}", by=by)
    return photo


def say(photo_id: int, said: Shown) -> EventPhoto:
    """Say what a picture shows, who agreed, and whether everybody may see it."""
    photo = _held(photo_id)
    photo.alts = said.alts
    photo.faces, photo.agreed = said.faces != NOBODY, said.faces == AGREED
    photo.shown = said.shown and may_be_shown(photo)
    _settle(photo)
    record("photo.shown" if photo.shown else "photo.hidden", f"event:{photo.event_id}")
    return photo


def may_be_shown(photo: EventPhoto) -> bool:
    """Tell whether nobody in it would have to be asked first."""
    return photo.agreed or not photo.faces


def drop(photo_id: int, event_id: int, *, by: str = "") -> None:
    """Throw a picture away, file and all."""
    photo = _held(photo_id)
    if photo.event_id != event_id:
        raise NoSuchPhoto
    file = session.get_one(StoredFile, photo.file_id)
    session.delete(photo)
    session.flush()
    session.delete(file)
    record("photo.dropped", f"event:{event_id}", by=by)


def of(event_id: int) -> Sequence[EventPhoto]:
    """List all pictures of an event, the first first."""
    query = select(EventPhoto).where(EventPhoto.event_id == event_id)
    return session.scalars(query.order_by(EventPhoto.id)).all()


def public(event_id: int) -> Sequence[EventPhoto]:
    """List those that everybody may see; the file itself says so, too."""
    query = select(EventPhoto).join(StoredFile, StoredFile.id == EventPhoto.file_id)
    query = query.where(EventPhoto.event_id == event_id, EventPhoto.shown, ~StoredFile.private)
    found = session.scalars(query.order_by(EventPhoto.id)).all()
    return [photo for photo in found if may_be_shown(photo)]


def photo(photo_id: int) -> EventPhoto | None:
    """Find a picture."""
    return session.get(EventPhoto, photo_id)


def answer(photo: EventPhoto) -> Response:
    """Send a picture to somebody of ours; no browser keeps it."""
    file = session.get_one(StoredFile, photo.file_id)
    sent = Response(files.content_of(file), mimetype=file.mime)
    sent.headers["Cache-Control"] = "no-store"
    sent.headers["Content-Security-Policy"] = ALONE
    return sent


def faces_of(photo: EventPhoto) -> str:
    """Say it as forms do."""
    if not photo.faces:
        return NOBODY
    return AGREED if photo.agreed else NOT_ASKED


def _held(photo_id: int) -> EventPhoto:
    held = select(EventPhoto).where(EventPhoto.id == photo_id).with_for_update()
    found = session.scalar(held.execution_options(populate_existing=True))
    if found is None:
        raise NoSuchPhoto
    return found


def _settle(photo: EventPhoto) -> None:
    """Give the file a public address while the picture is shown, and no longer."""
    before = session.get_one(StoredFile, photo.file_id)
    if before.private != photo.shown:
        return
    content = files.content_of(before)
    kept = (
        files.keep_public(content, before.mime)
        if photo.shown
        else files.keep_private(content, before.mime, "")
    )
    photo.file_id = kept.id
    session.flush()
    session.delete(before)
