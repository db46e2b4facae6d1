"""What a tablet remembers of an install whose database its browser threw away: up to which number it was."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.events.models import Event
from campaign_app.kiosk.models import GapReport, Install

#: A tablet that lost more than this remembers the last ones.
MOST: Final = 20
LARGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Lost:
    """An install that is no more, an event, and the number that its next item would have carried."""

    install: UUID
    event: str
    next_seq: int


def read(said: Any) -> Iterator[Lost]:
    """Read what a tablet says; what is no loss as the protocol writes one is passed over."""
    for one in said[-MOST:] if isinstance(said, list) else ():
        found = _one(one) if isinstance(one, dict) else None
        if found is not None:
            yield found


def _one(said: dict[str, Any]) -> Lost | None:
    install, event, number = uuid_of(said.get("install")), said.get("event"), said.get("next_seq")
    if install is None or not isinstance(event, str) or not event.isprintable():
        return None
    if type(number) is not int or not 1 <= number <= LARGEST:
        return None
    return Lost(install, event, number)


def uuid_of(said: Any) -> UUID | None:
    """Read a UUID in 32 hex digits."""
    try:
        return UUID(hex=said) if isinstance(said, str) and len(said) <= 36 else None
    except ValueError:
        return None


def note(lost: Iterable[Lost]) -> None:
    """Write into the gap reports up to where a lost install had counted; it holds nothing any more."""
    for one in lost:
        install = session.scalar(select(Install.id).where(Install.uid == one.install))
        event = session.scalar(select(Event.id).where(Event.uid == one.event))
        if install is not None and event is not None:
            _note(install, event, one.next_seq)


def _note(install_id: int, event_id: int, next_seq: int) -> None:
    """Raise the number, never lower it; a report that is closed stays as it was frozen."""
    mine = {"install_id": install_id, "event_id": event_id}
    row = insert(GapReport).values(mine | {"next_seq": 1, "held": {"runs": []}})
    session.execute(row.on_conflict_do_nothing(index_elements=list(mine)))
    held = select(GapReport).filter_by(**mine).with_for_update(of=GapReport)
    report = session.scalars(held.execution_options(populate_existing=True)).one()
    if report.closed_at is None:
        report.next_seq = max(report.next_seq, next_seq)
        report.held, report.heard_at = {"runs": []}, clock.now()
