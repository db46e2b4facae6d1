"""What a form says of a place or an event, on its way to the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationFacts:
    """All that is said about a place; names and cities are language → text."""

    kind: str
    names: Mapping[str, str]
    cities: Mapping[str, str]
    country: str
    zone: str
    language: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """All that is said about an event; its times are what the clock at the place shows."""

    location_id: int
    kind: str
    titles: Mapping[str, str]
    starts_local: str | datetime
    ends_local: str | datetime
    campaign_id: int | None = None
