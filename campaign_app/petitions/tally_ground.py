"""What a petition's tally is about, by name: its boards, events, places, languages, countries.

Read once for a page: the table, its filters and the links between them all need the same names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from campaign_app.core.i18n import (
    OWN_NAMES,
    _,
    country_name,
    current_language,
    day,
    pick,
    time_of_day,
)
from campaign_app.events.models import Event, Location
from campaign_app.petitions import queries
from campaign_app.petitions.models import Petition
from campaign_app.petitions.queries import Filters, Overview
from campaign_app.petitions.tables import OUTSIDE, Standing
from campaign_app.qr import queries as qr
from campaign_app.qr.models import SHARED, Placement

#: How a filter is called in an address → how `queries.Filters` calls it.
FILTERS: Final[Mapping[str, str]] = {
    "place": "location",
    "event": "event",
    "board": "board",
    "language": "language",
    "country": "country",
    "day": "day",
}
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Ground:
    """A petition with everything that its tally can be cut by."""

    petition: Petition
    title: str
    placements: Mapping[int, Placement]
    standing: Standing
    overview: Overview

    @cached_property
    def events(self) -> dict[int, Event]:
        """List the events that its boards stood at."""
        return {one.event.id: one.event for one in self.placements.values() if one.event}

    @cached_property
    def places(self) -> dict[int, Location]:
        """List the places that its boards stood at."""
        return {one.location.id: one.location for one in self.placements.values() if one.location}

    @cached_property
    def choices(self) -> dict[str, Choices]:
        """List what each filter can be set to, as (value, name), sorted as people read."""
        newest = sorted(self.events.values(), key=lambda event: event.starts_at, reverse=True)
        outside = [(OUTSIDE, outside_an_event())]
        if any(placement.kind == SHARED for placement in self.placements.values()):
            outside.append((SHARED, shared_link()))
        places = _sorted((str(one.id), pick(one.names)) for one in self.places.values())
        boards = {placement.board for placement in self.placements.values() if placement.board}
        return {
            "event": [(str(event.id), event_name(event)) for event in newest] + outside,
            "place": places + outside,
            "board": _sorted((board, board) for board in boards),
            "language": _sorted((code, language_name(code)) for code in self.overview.languages),
            "country": _sorted((code, country_name(code)) for code in self.overview.countries),
        }


def read(petition: Petition) -> Ground:
    """Read a petition's boards and what occurs in its tally."""
    placements = qr.placements(queries.TARGET, petition.id)
    return Ground(
        petition=petition,
        title=queries.title(petition, current_language()),
        placements={placement.id: placement for placement in placements},
        standing=queries.standing(petition, placements),
        overview=queries.overview(petition.id),
    )


def asked(ground: Ground, said: Mapping[str, str]) -> tuple[Filters, list[str]]:
    """Read filters from an address or a form; also name those that make no sense here."""
    kept: dict[str, str] = {}
    dropped: list[str] = []
    for name, column in FILTERS.items():
        value = said.get(name, "")
        if value and _makes_sense(ground, name, value):
            kept[column] = value
        elif value:
            dropped.append(name)
    return Filters(**kept), dropped


def _makes_sense(ground: Ground, name: str, value: str) -> bool:
    if name == "day":
        return _is_day(value)
    return any(value == offered for offered, _name in ground.choices[name])


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def spoken(filters: Filters) -> dict[str, str]:
    """Write filters as an address has them."""
    held = filters.set()
    return {name: held[column] for name, column in FILTERS.items() if column in held}


def _sorted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def outside_an_event() -> str:
    """Name what was signed without a board that stood somewhere."""
    return _("Outside an event")


def shared_link() -> str:
    """Name what was signed by a link that somebody shared."""
    return _("Shared link")


def language_name(code: str) -> str:
    """Name a language by its own name."""
    return OWN_NAMES.get(code, code)


def event_name(event: Event) -> str:
    """Name an event so that two of the same title are told apart."""
    place = pick(event.location.names)
    return f"{pick(event.titles)} – {place}, {event_when(event)}"


def event_when(event: Event) -> str:
    """Tell the day and the time at which an event begins, as the clock at the place shows them."""
    begins = date.fromisoformat(event.starts_local[:10])
    return f"{day(begins, 'medium')}, {time_of_day(event.starts_at, event.zone)}"
