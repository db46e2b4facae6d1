"""What this room adds to pages that show dates: feeds to find, data for machines, how to subscribe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from campaign_app.calendars import addresses, feeds, jsonld, queries
from campaign_app.core import web
from campaign_app.core.i18n import pick
from campaign_app.events.cities import key_of
from campaign_app.events.models import Event, Location


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar to subscribe to."""

    name: str
    address: str

    @property
    def webcal(self) -> str:
        """Give the address that opens a calendar."""
        return addresses.webcal(self.address)


def head(events: Sequence[Event]) -> Markup:
    """Name the feeds that hold these dates, and say the dates as data."""
    data = jsonld.block(events, queries.line_ups(events)) if events else None
    return web.fragment("calendars/head.html", feeds=list(_discoverable(events)), data=data)


def _discoverable(events: Sequence[Event]) -> Iterator[Feed]:
    """Name all dates, the city if there is but one, the place if there is but one."""
    yield everything()
    places = {event.location_id: event.location for event in events}
    cities = {key_of(place): place for place in places.values()}
    if len(cities) == 1:
        yield from map(in_city, cities.values())
    if len(places) == 1:
        yield from map(at_place, places.values())


def of_event(event: Event) -> Markup:
    """Offer one date to take along, and the feed of its place."""
    return _offer(at_place(event.location), addresses.download(event))


def of_place(place: Location) -> Markup:
    """Offer the feed of a place."""
    return _offer(at_place(place))


def of_list(city: str | None) -> Markup:
    """Offer the feed of a city, or of everything."""
    there = queries.places_in(city) if city else []
    return _offer(in_city(there[0]) if there else everything())


def _offer(feed: Feed, download: str = "") -> Markup:
    return web.fragment("calendars/subscribe.html", feed=feed, download=download)


def everything() -> Feed:
    """Give the feed of all dates."""
    return Feed(feeds.name(), addresses.feed())


def in_city(place: Location) -> Feed:
    """Give the feed of the city that a place is in."""
    return Feed(feeds.name(pick(place.cities)), addresses.feed(city=key_of(place)))


def at_place(place: Location) -> Feed:
    """Give the feed of a place."""
    return Feed(feeds.name(pick(place.names)), addresses.feed(place=place.slug))
