"""What an event needs, copied from a template, packed and brought back."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select, update

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.shifts.models import KitItem

MOST_ITEMS: Final = 100
#: What can be said of one thing, and what it writes.
PACK, UNPACK, RETURN, MISS = "pack", "unpack", "return", "miss"
DEEDS: Final = (PACK, UNPACK, RETURN, MISS)


class NoSuchThing(DomainError):
    """It is not on the list."""

    status = 404
    text = _l("There is no such thing on the list.")


class ListIsLong(DomainError):
    """Nobody ticks off a list like that."""

    text = _l("The list has a hundred things already.")


def add(event_id: int, names: Sequence[str]) -> None:
    """Put things on the list of an event; what stands there already stays as it is."""
    count, last = session.execute(
        select(func.count(), func.max(KitItem.position)).where(KitItem.event_id == event_id)
    ).one()
    if count + len(names) > MOST_ITEMS:
        raise ListIsLong
    for position, name in enumerate(names, start=(last or 0) + 1):
        row = insert(KitItem).values(event_id=event_id, position=position, name=name)
        session.execute(row.on_conflict_do_nothing(index_elements=["event_id", "name"]))


def drop(event_id: int, number: int) -> None:
    """Take a thing off the list."""
    session.delete(item(event_id, number))


def item(event_id: int, number: int) -> KitItem:
    """Find a thing on an event's list."""
    found = session.get(KitItem, number, populate_existing=True)
    if found is None or found.event_id != event_id:
        raise NoSuchThing
    return found


def tick(event_id: int, number: int, deed: str, *, by: str) -> KitItem:
    """Say that a thing is packed or back, or that it is not after all; who said it first stays."""
    found = item(event_id, number)
    values, still = _written(deed, by)
    row = update(KitItem).where(KitItem.id == found.id, still)
    if changed_one(row.values(**values)):
        record(f"kit.{deed}", f"event:{event_id}", thing=found.name, by=by)
    session.refresh(found)
    return found


def _written(deed: str, by: str) -> tuple[dict[str, Any], Any]:
    """Tell what a deed writes, and of which rows it is still true that it has to."""
    now = clock.now()
    if deed == PACK:
        return {"packed_at": now, "packed_by": by}, KitItem.packed_at.is_(None)
    if deed == UNPACK:
        both = {"packed_at": None, "packed_by": "", "returned_at": None, "returned_by": ""}
        return both, KitItem.packed_at.is_not(None)
    if deed == RETURN:
        missing = KitItem.returned_at.is_(None) & KitItem.packed_at.is_not(None)
        return {"returned_at": now, "returned_by": by}, missing
    if deed == MISS:
        return {"returned_at": None, "returned_by": ""}, KitItem.returned_at.is_not(None)
    raise NoSuchThing
