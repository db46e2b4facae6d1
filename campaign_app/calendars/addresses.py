"""Where calendars, search engines and people find a date: whole addresses, in this language."""

from typing import Any
from urllib.parse import urlsplit

from flask import url_for

from campaign_app.core.i18n import current_language
from campaign_app.core.settings import settings
from campaign_app.events.models import Event, Location


def event(one: Event) -> str:
    """Address the page of a date."""
    return _whole("events.event", letters=one.letters)


def place(one: Location) -> str:
    """Address the page of a place."""
    return _whole("events.place", slug=one.slug)


def month(city: str = "") -> str:
    """Address the page of all dates, or of those in a city."""
    return _whole("events.month", **({"city": city} if city else {}))


def home() -> str:
    """Address the front page."""
    return _whole("home.index")


def feed(city: str = "", place: str = "") -> str:
    """Address a feed: all dates, those in a city, or those at a place."""
    asked = {"city": city, "place": place}
    return _whole("calendars.feed", **{name: value for name, value in asked.items() if value})


def download(one: Event) -> str:
    """Address one date to take along."""
    return _whole("calendars.one", letters=one.letters)


def webcal(address: str) -> str:
    """Address a feed so that a calendar subscribes to it instead of a browser loading it once."""
    return urlsplit(address)._replace(scheme="webcal").geturl()


def _whole(endpoint: str, **values: Any) -> str:
    return settings().public_url + url_for(endpoint, lang=current_language(), **values)
