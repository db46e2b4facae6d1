"""What a form says of a place or an event, on its way to the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    stations: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    exit_number: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    lifts: Mapping[str, str] = field(default_factory=dict)
    toilets: Mapping[str, str] = field(default_factory=dict)
    indoor: bool | None = None
    power: bool | None = None
    shelter: bool | None = None
    step_free: bool | None = None
    capacity: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """All that is said about an event; its times are what the clock at the place shows."""

    location_id: int
    kind: str
    titles: Mapping[str, str]
    starts_local: str | datetime
    ends_local: str | datetime
    campaign_id: int | None = None
    summaries: Mapping[str, str] = field(default_factory=dict)
    find_notes: Mapping[str, str] = field(default_factory=dict)
    access_notes: Mapping[str, str] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)
    doors_local: str | None = None
    curfew_local: str | None = None
    capacity: int | None = None
    #: Which of two, where the clock there shows a time twice: 0 the first, 1 the second.
    starts_fold: int = 0
    ends_fold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """All that is said about a series; no date comes before `starts_local`, its time is theirs."""

    location_id: int
    kind: str
    titles: Mapping[str, str]
    #: As RFC 5545 writes it, without its beginning.
    rule: str
    starts_local: str
    minutes: int
    #: The last day that may have an event; empty while it goes on.
    ends_on: str = ""
    campaign_id: int | None = None
    summaries: Mapping[str, str] = field(default_factory=dict)
    #: Day → why the series rests on it.
    rests: Mapping[str, str] = field(default_factory=dict)
