"""Whole calendars: all dates, those in a city, those at a place, or one date to take along."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from campaign_app.calendars import addresses, queries
from campaign_app.calendars.entries import entries
from campaign_app.calendars.ics import Cover, calendar
from campaign_app.core.caching import Briefly
from campaign_app.core.i18n import _, current_language, pick
from campaign_app.core.settings import organisation
from campaign_app.events.models import Event, Location

KEPT: Final = "lantern_feeds"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which feed, in which language: `city` and `place` as addresses name them."""

    language: str
    city: str = ""
    place: str = ""


def init_app(app: Flask) -> None:
    """Keep feeds for a moment: subscribers come by the hour, all at the full one."""
    app.extensions[KEPT] = Briefly(_feed)


def feed(asked: Asked) -> bytes | None:
    """Write a feed, or say that there is no such city or place."""
    kept: Briefly[Asked, bytes | None] = current_app.extensions[KEPT]
    return kept.get(asked)


def _feed(asked: Asked) -> bytes | None:
    places = _places(asked)
    if places == []:
        return None
    numbers = None if places is None else [place.id for place in places]
    zone = places[0].zone if places else "Etc/UTC"
    return calendar(cover(asked, places), entries(queries.listed(numbers)), zone)


def _places(asked: Asked) -> list[Location] | None:
    """Find the places that a feed is of; None: everywhere; an empty list: there are none."""
    if asked.place:
        place = queries.place(asked.place)
        return [place] if place else []
    return list(queries.places_in(asked.city)) if asked.city else None


def cover(asked: Asked, places: list[Location] | None) -> Cover:
    """Say what a feed is of, where its page is, and where it comes from."""
    source = addresses.feed(asked.city, asked.place)
    if places is None:
        return _cover("", addresses.month(), source)
    if asked.place:
        return _cover(pick(places[0].names), addresses.place(places[0]), source)
    return _cover(pick(places[0].cities), addresses.month(asked.city), source)


def _cover(of: str, page: str, source: str) -> Cover:
    return Cover(name=name(of), description=_description(), url=page, source=source)


def name(of: str = "") -> str:
    """Name a feed, as it will stand among somebody's calendars."""
    who = organisation(current_language())
    return f"{who} – {of}" if of else who


def _description() -> str:
    return _(
        "Dates of %(organisation)s. Changes come by themselves; on the day itself, please look at "
        "the page of the date.",
        organisation=organisation(current_language()),
    )


def one(event: Event) -> bytes:
    """Write one date to take along."""
    return calendar(_cover("", addresses.event(event), ""), entries([event]), event.zone)
