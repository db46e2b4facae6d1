"""What a calendar shows of a date, in the language of the answer."""

from collections.abc import Mapping, Sequence
from typing import Final

from campaign_app.calendars import addresses
from campaign_app.calendars.ics import Entry
from campaign_app.core.i18n import _, pick
from campaign_app.events import kinds
from campaign_app.events.models import CANCELLED, POSTPONED, Event, Location
from campaign_app.events.words import news_of

#: iCalendar knows no "postponed" and no "moved": a moved date is as certain as any.
STATUS: Final[Mapping[str, str]] = {CANCELLED: "CANCELLED", POSTPONED: "TENTATIVE"}


def entries(events: Sequence[Event]) -> list[Entry]:
    """Word many dates at the cost of two questions."""
    news = news_of(events)
    return [_entry(event, news.get(event.id, "")) for event in events]


def _entry(event: Event, news: str) -> Entry:
    place, address = event.location, addresses.event(event)
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        changed_at=event.changed_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        status=STATUS.get(event.state, "CONFIRMED"),
        summary=_summary(event),
        description=_description(event, news, address),
        location=where(place),
        url=address,
        category=str(kinds.OF_EVENT[event.kind]),
        geo=geo(place),
    )


def _summary(event: Event) -> str:
    """Say in the title what would be missed elsewhere: not every calendar shows a status."""
    title = pick(event.titles)
    if event.state == CANCELLED:
        return _("Cancelled: %(title)s", title=title)
    if event.state == POSTPONED:
        return _("Postponed: %(title)s", title=title)
    return title


def _description(event: Event, news: str, address: str) -> str:
    said = (
        news,
        pick(event.summaries),
        pick(event.find_notes) or pick(event.location.directions),
        pick(event.access_notes),
        _("Details and changes: %(address)s", address=address),
    )
    return "\n\n".join(text.strip() for text in said if text.strip())


def where(place: Location) -> str:
    """Write where it is on one line, so that a map finds it: name, exit, address, city."""
    name, address, city = pick(place.names), pick(place.addresses), pick(place.cities)
    parts = [name, _exit(place, name), address, "" if city in f"{name} {address}" else city]
    return ", ".join(part for part in parts if part)


def _exit(place: Location, name: str) -> str:
    """Name the exit, unless the name of the place does so already."""
    station = pick(place.stations)
    if not place.exit_number or place.exit_number in name:
        return ""
    return _("%(station)s, exit %(number)s", station=station or name, number=place.exit_number)


def geo(place: Location) -> tuple[float, float] | None:
    """Give the point of a place, if it is known."""
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude
