"""Places, events and what happens to them, for the tests of this room."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.events import services
from campaign_app.events.facts import EventFacts, LocationFacts
from campaign_app.events.models import FILED, Event, EventChange, Location

#: A Saturday in Seoul, at half past ten in the morning.
SATURDAY: Final = datetime(2026, 11, 14, 1, 30, tzinfo=UTC)
YONGSAN: Final = {"ko": "용산역", "en": "Yongsan station", "fr": "Gare de Yongsan"}


def exit_of(number: str, **changes: Any) -> Location:
    """Add an exit of Yongsan station."""
    names = {
        "ko": f"용산역 {number}번 출구",
        "en": f"Yongsan station, exit {number}",
        "fr": f"Gare de Yongsan, sortie {number}",
    }
    said: dict[str, Any] = {
        "kind": "station",
        "names": names,
        "cities": {"ko": "서울", "en": "Seoul", "fr": "Séoul"},
        "country": "KR",
        "zone": "Asia/Seoul",
        "language": "ko",
        "stations": YONGSAN,
        "exit_number": number,
    }
    return transact(lambda: services.add_location(LocationFacts(**(said | changes))))


def nations(**changes: Any) -> Location:
    """Add the square in front of the United Nations in Geneva, where clocks change."""
    said: dict[str, Any] = {
        "kind": "square",
        "names": {"fr": "Place des Nations", "en": "Place des Nations", "ko": "나시옹 광장"},
        "cities": {"fr": "Genève", "en": "Geneva", "ko": "제네바"},
        "country": "CH",
        "zone": "Europe/Zurich",
        "language": "fr",
        "stations": {},
        "exit_number": "",
    }
    return exit_of("", **(said | changes))


def stall(
    place: Location,
    starts: str = "2026-11-14T14:00",
    ends: str = "2026-11-14T18:00",
    **changes: Any,
) -> Event:
    """Plan a stall."""
    said: dict[str, Any] = {
        "location_id": place.id,
        "kind": "street_campaign",
        "titles": {"ko": "토요일 거리 캠페인", "en": "Saturday stall", "fr": "Stand du samedi"},
        "starts_local": starts,
        "ends_local": ends,
    }
    return transact(lambda: services.add_event(EventFacts(**(said | changes))))


def gated(event: Event, gate: str = FILED) -> None:
    """Let the permits of an event stand as the permits room would have written it."""

    def write() -> None:
        session.get_one(Event, event.id).permit_gate = gate

    transact(write)


def changes_of(event: Event) -> list[EventChange]:
    """List what happened to an event, in order."""
    session.rollback()
    told = select(EventChange).where(EventChange.event_id == event.id)
    return list(session.scalars(told.order_by(EventChange.sequence)))
