"""schema.org as search engines read it: each date as an Event, a concert as a MusicEvent.

A page that shows one date says all of it; a list says of each what, when, where and how it stands.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import url_for
from markupsafe import Markup

from campaign_app.calendars import addresses
from campaign_app.calendars.entries import geo
from campaign_app.core import wall_clock
from campaign_app.core.i18n import current_language, pick
from campaign_app.core.settings import organisation, settings
from campaign_app.events.models import CANCELLED, POSTPONED, Act, Event, Location

CONTEXT: Final = "https://schema.org"
SCHEMA: Final = f"{CONTEXT}/"
#: Beyond this a list would weigh more than its page; each date says it on its own page, too.
MOST: Final = 100
#: What would end the block, or begin a comment in it, as JSON may also write it.
ESCAPES: Final = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}

Facts = dict[str, Any]


def block(events: Sequence[Event], line_ups: Mapping[int, Sequence[Act]]) -> Markup:
    """Write the data of a page; it is text for machines, and no browser runs it."""
    if len(events) == 1:
        data = {"@context": CONTEXT, **whole(events[0], line_ups.get(events[0].id, ()))}
    else:
        data = {"@context": CONTEXT, "@graph": [brief(event) for event in events[:MOST]]}
    return Markup(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S704 -- escaped


def whole(event: Event, acts: Sequence[Act]) -> Facts:
    """Say all that is public of one date."""
    more: Facts = {
        "description": pick(event.summaries),
        "image": _image(event.location),
        "performer": [{"@type": "PerformingGroup", "name": act.name} for act in acts],
        "doorTime": _local(event.doors_local, event.zone),
        "maximumAttendeeCapacity": event.capacity,
        "isAccessibleForFree": None if event.kind == "concert" else True,
    }
    return brief(event) | {name: value for name, value in more.items() if value}


def brief(event: Event) -> Facts:
    """Say what, when, where, by whom, and how it stands."""
    said: Facts = {
        "@type": "MusicEvent" if event.kind == "concert" else "Event",
        "@id": f"{addresses.event(event)}#event",
        "url": addresses.event(event),
        "name": pick(event.titles),
        "inLanguage": current_language(),
        "startDate": _at(event.starts_at, event.zone),
        "endDate": _at(event.ends_at, event.zone),
        "eventStatus": f"{SCHEMA}{_status(event)}",
        "eventAttendanceMode": f"{SCHEMA}{_mode(event)}EventAttendanceMode",
        "location": _location(event),
        "organizer": {
            "@type": "NGO",
            "name": organisation(current_language()),
            "url": addresses.home(),
        },
    }
    before = _before(event)
    if before is not None:
        said["previousStartDate"] = _at(before, event.zone)
    return said


def _status(event: Event) -> str:
    if event.state == CANCELLED:
        return "EventCancelled"
    if event.state == POSTPONED:
        return "EventPostponed"
    return "EventScheduled" if _before(event) is None else "EventRescheduled"


def _before(event: Event) -> datetime | None:
    """Give another time that was announced; for another place there is no word but the place."""
    return None if event.previous_starts_at == event.starts_at else event.previous_starts_at


def _mode(event: Event) -> str:
    return "Online" if _is_online(event) else "Offline"


def _is_online(event: Event) -> bool:
    return "online" in (event.kind, event.location.kind)


def _location(event: Event) -> Facts:
    place = event.location
    if _is_online(event):
        return {"@type": "VirtualLocation", "url": addresses.event(event)}
    said: Facts = {
        "@type": "Place",
        "name": pick(place.names),
        "url": addresses.place(place),
        "address": _address(place),
    }
    point = geo(place)
    if point is not None:
        said["geo"] = {"@type": "GeoCoordinates", "latitude": point[0], "longitude": point[1]}
    return said


def _address(place: Location) -> Facts:
    """Give the postal address; where nobody wrote one down, the name of the place finds it."""
    return {
        "@type": "PostalAddress",
        "streetAddress": pick(place.addresses) or pick(place.names),
        "addressLocality": pick(place.cities),
        "addressCountry": place.country,
    }


def _image(place: Location) -> str:
    if place.photo_id is None:
        return ""
    return settings().public_url + url_for("files.show", number=place.photo_id)


def _local(local: str | None, zone: str) -> str:
    return _at(wall_clock.read(local, zone).moment, zone) if local else ""


def _at(moment: datetime, zone: str) -> str:
    """Write a moment by the clock of the place, with its distance from UTC."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
