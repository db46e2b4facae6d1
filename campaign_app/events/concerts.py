"""Who plays when, and what of a concert follows when its date moves. It only knows rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from campaign_app.core import wall_clock
from campaign_app.core.db import session
from campaign_app.events.models import Act, Event

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Set:
    """One act on its stage; times are what the clock there shows."""

    name: str
    stage: str
    starts_local: str
    ends_local: str


def line_up(event_id: int) -> Sequence[Act]:
    """List who plays, in order."""
    acts = select(Act).where(Act.event_id == event_id).order_by(Act.position)
    return session.scalars(acts).all()


def is_line_up(event_id: int, sets: Sequence[Set]) -> bool:
    """Tell whether nothing would change."""
    kept = [Set(a.name, a.stage, a.starts_local, a.ends_local) for a in line_up(event_id)]
    return kept == list(sets)


def write_line_up(event_id: int, sets: Sequence[Set]) -> None:
    """Put these acts in the place of those that were there."""
    session.execute(delete(Act).where(Act.event_id == event_id))
    for position, one in enumerate(sets):
        act = Act(event_id=event_id, position=position, name=one.name, stage=one.stage)
        act.starts_local, act.ends_local = one.starts_local, one.ends_local
        session.add(act)
    session.flush()


def follow(event: Event, before: str) -> None:
    """Let doors, curfew and sets move by as much as the beginning moved on the clock there."""
    by = datetime.fromisoformat(event.starts_local) - datetime.fromisoformat(before)
    for name in ("doors_local", "curfew_local"):
        local = getattr(event, name)
        if local:
            setattr(event, name, _shifted(local, by, event.zone))
    for act in line_up(event.id):
        act.starts_local = _shifted(act.starts_local, by, event.zone)
        act.ends_local = _shifted(act.ends_local, by, event.zone)


def _shifted(local: str, by: timedelta, zone: str) -> str:
    """Move a local time; one that the clock skips on the new day is told an hour later."""
    there = datetime.fromisoformat(local) + by
    try:
        wall_clock.read(there, zone)
    except wall_clock.NotOnTheClock:
        there += HOUR
    return there.strftime(wall_clock.FORMAT)
