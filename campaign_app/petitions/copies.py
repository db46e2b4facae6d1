"""Copies of data keys: counted, handed to a browser that re-seals them, taken back, deleted.

Whoever holds a working key opens each data key in their browser and closes it for a new key. The
server sees closed copies only; it knows which are missing, so this can stop anywhere and go on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from campaign_app.core.db import insert, session
from campaign_app.core.seal import looks_like_a_copy
from campaign_app.petitions.models import KEY_IN_USE, OrganiserKey, Petition
from campaign_app.petitions.signing_models import SealedCopy, Signature

#: How many copies go to a browser, or are deleted, at once.
AT_ONCE: Final = 250


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk over all records has got to."""

    petition_id: int
    row: UUID


@dataclass(frozen=True, slots=True)
class Copy:
    """One data key, closed for one key."""

    petition_uid: str
    place: Place
    wrapped: bytes = field(repr=False)


def missing(key_id: str) -> int:
    """Count the records that a key cannot open."""
    return session.scalar(select(func.count()).where(*_lacks(key_id))) or 0


def _lacks(key_id: str) -> tuple[Any, ...]:
    there = exists().where(
        SealedCopy.petition_id == Signature.petition_id,
        SealedCopy.signature_id == Signature.id,
        SealedCopy.key_id == key_id,
    )
    return (Signature.sealed.is_not(None), ~there)


def lacking(key_id: str, using: str, after: Place | None = None) -> list[Copy]:
    """List some copies of one key whose records another key lacks, all of one petition."""
    for number, uid in _petitions(after.petition_id if after else 0):
        last = after.row if after and after.petition_id == number else None
        found = session.execute(_batch(key_id, using, number, last)).all()
        if found:
            return [Copy(uid, Place(number, row), wrapped) for row, wrapped in found]
    return []


def _petitions(first: int) -> Iterable[tuple[int, str]]:
    query = select(Petition.id, Petition.uid).where(Petition.id >= first).order_by(Petition.id)
    return [(number, uid) for number, uid in session.execute(query)]


def _batch(key_id: str, using: str, petition_id: int, last: UUID | None) -> Any:
    other = aliased(SealedCopy)
    there = exists().where(
        other.petition_id == SealedCopy.petition_id,
        other.signature_id == SealedCopy.signature_id,
        other.key_id == key_id,
    )
    query = (
        select(SealedCopy.signature_id, SealedCopy.wrapped)
        .where(SealedCopy.petition_id == petition_id, SealedCopy.key_id == using, ~there)
        .order_by(SealedCopy.signature_id)
        .limit(AT_ONCE)
    )
    return query if last is None else query.where(SealedCopy.signature_id > last)


def store(key_id: str, made: Mapping[Place, bytes]) -> int:
    """Keep copies for a key, each once; tell how many are new.

    What is no copy, or whose record is gone meanwhile, is left out: the record's row is locked, so
    that a signer who withdraws at this moment leaves nothing behind.
    """
    whole = {place: copy for place, copy in made.items() if looks_like_a_copy(copy)}
    alive = _alive(list(whole))
    if not alive:
        return 0
    rows = [
        {
            "petition_id": place.petition_id,
            "signature_id": place.row,
            "key_id": key_id,
            "wrapped": whole[place],
        }
        for place in alive
    ]
    written = insert(SealedCopy).values(rows).on_conflict_do_nothing()
    # PostgreSQL's driver does not count here; each row that was written says so itself.
    return len(session.execute(written.returning(SealedCopy.signature_id)).all())


def _alive(places: Sequence[Place]) -> list[Place]:
    if not places:
        return []
    query = (
        select(Signature.petition_id, Signature.id)
        .where(
            tuple_(Signature.petition_id, Signature.id).in_([
                (place.petition_id, place.row) for place in places
            ]),
            Signature.sealed.is_not(None),
        )
        .order_by(Signature.petition_id, Signature.id)  # two that meet lock in the same order
        .with_for_update()
    )
    return [Place(number, row) for number, row in session.execute(query)]


def by_other_keys(key_id: str) -> dict[int, int]:
    """Count a key's records by how many other keys in use open them, too."""
    other = aliased(SealedCopy)
    used = select(OrganiserKey.key_id).where(KEY_IN_USE, OrganiserKey.key_id != key_id)
    others = (
        select(func.count())
        .select_from(other)
        .where(
            other.petition_id == SealedCopy.petition_id,
            other.signature_id == SealedCopy.signature_id,
            other.key_id.in_(used),
        )
        .scalar_subquery()
    )
    each = select(others.label("others")).where(SealedCopy.key_id == key_id).subquery()
    query = select(each.c.others, func.count()).group_by(each.c.others)
    return {int(number): int(count) for number, count in session.execute(query)}


def any_names() -> bool:
    """Tell whether any record is sealed at all."""
    return bool(session.scalar(select(exists().where(Signature.sealed.is_not(None)))))


def of_retired_keys() -> bool:
    """Tell whether a retired key still has copies."""
    return bool(session.scalar(select(exists().where(SealedCopy.key_id.in_(_retired())))))


def delete_some(after: Place | None) -> Place | None:
    """Delete some copies of retired keys beyond a place; tell how far it got, None at the end."""
    for number, _uid in _petitions(after.petition_id if after else 0):
        last = after.row if after and after.petition_id == number else None
        rows = session.scalars(_of_retired(number, last)).all()
        if rows:
            session.execute(
                delete(SealedCopy).where(
                    SealedCopy.petition_id == number,
                    SealedCopy.signature_id.in_(rows),
                    SealedCopy.key_id.in_(_retired()),
                )
            )
            return Place(number, rows[-1])
    return None


def _of_retired(petition_id: int, last: UUID | None) -> Any:
    query = (
        select(SealedCopy.signature_id)
        .where(SealedCopy.petition_id == petition_id, SealedCopy.key_id.in_(_retired()))
        .distinct()
        .order_by(SealedCopy.signature_id)
        .limit(AT_ONCE)
    )
    return query if last is None else query.where(SealedCopy.signature_id > last)


def _retired() -> Any:
    return select(OrganiserKey.key_id).where(OrganiserKey.retired_at.is_not(None))
