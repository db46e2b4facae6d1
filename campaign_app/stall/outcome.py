"""What came of an event: everything for ourselves, and what may be said of it in public.

Ours is exact. In public a number stands only where the table of a petition's events lets it: one
below five, or one from which such a number could be worked out, is not said (see small_numbers.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app
from markupsafe import Markup
from sqlalchemy import select

from campaign_app.core import clock, web
from campaign_app.core.caching import Briefly
from campaign_app.core.db import session
from campaign_app.core.i18n import current_language
from campaign_app.events import queries as events
from campaign_app.events.models import CONFIRMED, DONE, MOVED, Event
from campaign_app.petitions import queries as petitions
from campaign_app.petitions.small_numbers import guard
from campaign_app.petitions.tables import Row
from campaign_app.qr import queries as qr
from campaign_app.shifts import queries as shifts
from campaign_app.stall import counting, photos
from campaign_app.stall.counting import Board
from campaign_app.stall.models import EventResult, Incident

KEPT: Final = "lantern_outcome"


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that people of ours know of one event."""

    boards: Sequence[Board]
    total: Row
    visits: int
    #: Confirmed hours of volunteers.
    minutes: int
    result: EventResult | None

    @property
    def hours(self) -> str:
        """Write the volunteers' hours as 3:30."""
        return in_hours(self.minutes)


def in_hours(minutes: int) -> str:
    """Write minutes as hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02}"


def of(event: Event) -> Outcome:
    """Count what came of an event."""
    boards = counting.boards(event)
    return Outcome(
        boards=boards,
        total=counting.total(boards),
        visits=_visits(event),
        minutes=shifts.minutes_of(event.id),
        result=result_of(event.id),
    )


def result_of(event_id: int) -> EventResult | None:
    """Find what was said of an event afterwards."""
    return session.get(EventResult, event_id)


def incidents_of(event_id: int) -> Sequence[Incident]:
    """List what went wrong, the last first."""
    query = select(Incident).where(Incident.event_id == event_id)
    return session.scalars(query.order_by(Incident.at.desc(), Incident.id.desc())).all()


def _visits(event: Event) -> int:
    here = counting.placements(event)
    seen = {one.target_id: qr.visits(petitions.TARGET, one.target_id) for one in here}
    return sum(seen[one.target_id].get(one.id, 0) for one in here)


# In public


def init_app(app: Flask) -> None:
    """Give the app its memory of what may be said."""
    app.extensions[KEPT] = Briefly(_sayable)


def is_over(event: Event) -> bool:
    """Tell whether it took place and is over."""
    ended = event.ends_at <= clock.now() and event.state in {CONFIRMED, MOVED}
    return event.state == DONE or ended


def in_public(event: Event) -> Markup:
    """Write what came of an event, for its page (slot events.PAGE)."""
    if not is_over(event):
        return Markup()
    result = result_of(event.id)
    facts = {
        "signed": _named(event),
        "minutes": shifts.minutes_of(event.id),
        "talked_to": result.talked_to if result else None,
        "words": result.words if result else {},
        "photos": photos.public(event.id),
    }
    if not any(facts.values()):
        return Markup()
    return web.fragment("stall/came_of_it.html", event=event, **facts)


def _named(event: Event) -> Sequence[tuple[str, int]]:
    kept: Briefly[int, Mapping[int, int]] = current_app.extensions[KEPT]
    numbers = kept.get(event.id)
    titles = petitions.titles(list(numbers), current_language())
    return sorted(((titles[number], n) for number, n in numbers.items()), key=lambda row: -row[1])


def _sayable(event_id: int) -> Mapping[int, int]:
    """Tell how many signed each petition at an event, as far as that may be said."""
    event = events.event(event_id)
    found = {one.target_id for one in counting.placements(event)} if event else set()
    said = {}
    for number in sorted(found):
        rows = petitions.table(petitions.get(number), "event")
        shown = guard({row.key: row.counted for row in rows}).shown
        if str(event_id) in shown:
            said[number] = shown[str(event_id)]
    return said
