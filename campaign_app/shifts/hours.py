"""When a shift is: its own times move along with the event.

A shift without times of its own is as long as the event. One with times keeps them while the event
keeps its beginning (it may last longer or shorter); when the whole event moves, it moves as far.
What begins late or ends early cuts what lies outside.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from campaign_app.events.models import Event
from campaign_app.shifts.models import Shift


class Span(NamedTuple):
    """From when to when."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Tell how long it is."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def meets(self, other: "Span") -> bool:
        """Tell whether somebody would have to be at both at once."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def span(shift: Shift, event: Event | None = None) -> Span:
    """Tell when a shift is as the event stands now."""
    event = event or shift.event
    whole = Span(event.starts_at, event.ends_at)
    if shift.starts_at is None or shift.ends_at is None:
        return whole
    moved = _moved(shift, event)
    begins = max(shift.starts_at + moved, whole.starts_at)
    ends = min(shift.ends_at + moved, whole.ends_at)
    return Span(begins, ends) if begins < ends else whole


def _moved(shift: Shift, event: Event) -> timedelta:
    """Tell how far the event went; the end says it, since a late beginning keeps the end."""
    if shift.planned_from is None or shift.planned_until is None:
        return timedelta(0)
    if event.starts_at == shift.planned_from:
        return timedelta(0)
    return event.ends_at - shift.planned_until
