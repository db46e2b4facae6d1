"""What happens next, as somebody asks who might come: this week, this month, and in each city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from campaign_app.core import clock
from campaign_app.events import showing
from campaign_app.events.cities import City, cities, key_of
from campaign_app.events.models import Event

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=31)
#: How many a part names; the calendar has the others.
MOST: Final = 5
#: How many of a city whose next events are farther away.
MOST_IN_A_CITY: Final = 2


@dataclass(frozen=True, slots=True)
class Agenda:
    """What comes, part by part; each event stands in one of them."""

    this_week: Sequence[Event]
    this_month: Sequence[Event]
    #: Cities where nothing happens that soon, with what happens there next.
    cities: Sequence[tuple[City, Sequence[Event]]]

    @property
    def events(self) -> list[Event]:
        """List all of it, the next first."""
        elsewhere = [event for _city, events in self.cities for event in events]
        return [*self.this_week, *self.this_month, *elsewhere]


def coming() -> Agenda:
    """Sort what is planned by when and where."""
    now, planned = clock.now(), showing.coming()
    week = [event for event in planned if event.starts_at < now + WEEK][:MOST]
    rest = [event for event in planned if event not in week]
    month = [event for event in rest if event.starts_at < now + MONTH][:MOST]
    named = {key_of(event.location) for event in (*week, *month)}
    later = [event for event in rest if key_of(event.location) not in named]
    return Agenda(week, month, _by_city(later))


def _by_city(events: Sequence[Event]) -> list[tuple[City, Sequence[Event]]]:
    there = cities(event.location for event in events)
    found = [(city, [e for e in events if key_of(e.location) == city.key]) for city in there]
    return [(city, ours[:MOST_IN_A_CITY]) for city, ours in found]
