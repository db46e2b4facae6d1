"""What search engines ask of an event beyond the vocabulary, as they document it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

SCHEMA: Final = "https://schema.org/"
STATUSES: Final = ("EventScheduled", "EventRescheduled", "EventPostponed", "EventCancelled")


def check(block: dict[str, Any]) -> Iterator[str]:
    """Find what a block of data lacks."""
    if block.get("@context") != "https://schema.org":
        yield "no context"
    for thing in block.get("@graph", [block]):
        yield from _event(thing)


def _event(event: dict[str, Any]) -> Iterator[str]:
    if event.get("@type") not in ("Event", "MusicEvent"):
        yield f"no event: {event.get('@type')}"
    for name in ("name", "startDate", "endDate", "location", "organizer", "url", "inLanguage"):
        if not event.get(name):
            yield f"no {name}"
    yield from _times(event)
    yield from _status(event)
    yield from _where(event)
    if event.get("@type") == "MusicEvent" and event.get("performer") == []:
        yield "an empty line-up"
    if not event.get("organizer", {}).get("url", "").startswith("http"):
        yield "the organizer has no address"


def _times(event: dict[str, Any]) -> Iterator[str]:
    names = ("startDate", "endDate", "previousStartDate", "doorTime")
    times = {name: event[name] for name in names if name in event}
    for name, value in times.items():
        if datetime.fromisoformat(value).utcoffset() is None:
            yield f"{name} has no offset"
    if datetime.fromisoformat(event["endDate"]) <= datetime.fromisoformat(event["startDate"]):
        yield "it ends before it starts"
    if "doorTime" in times and datetime.fromisoformat(times["doorTime"]) > datetime.fromisoformat(
        event["startDate"]
    ):
        yield "the doors open after it has begun"


def _status(event: dict[str, Any]) -> Iterator[str]:
    status = str(event.get("eventStatus", "")).removeprefix(SCHEMA)
    if status not in STATUSES:
        yield f"status {status}"
    if status == "EventRescheduled" and "previousStartDate" not in event:
        yield "rescheduled from when?"
    if event.get("previousStartDate") == event["startDate"]:
        yield "rescheduled to the same time"


def _where(event: dict[str, Any]) -> Iterator[str]:
    where, mode = event["location"], str(event.get("eventAttendanceMode", ""))
    if where["@type"] == "VirtualLocation":
        if not where.get("url") or not mode.endswith("/OnlineEventAttendanceMode"):
            yield "online, but where?"
        return
    if not mode.endswith("/OfflineEventAttendanceMode"):
        yield "a place, but online?"
    address = where.get("address", {})
    for name in ("streetAddress", "addressLocality", "addressCountry"):
        if not address.get(name):
            yield f"the place has no {name}"
    geo = where.get("geo")
    if geo and not (abs(geo["latitude"]) <= 90 and abs(geo["longitude"]) <= 180):
        yield "the place is not on the globe"
