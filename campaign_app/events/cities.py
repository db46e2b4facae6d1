"""Cities as addresses name them: `?city=new-york`, the same for pages and calendars."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaign_app.core.i18n import FALLBACK, pick
from campaign_app.events.models import Location


@dataclass(frozen=True, slots=True)
class City:
    """A city that has places of ours."""

    key: str
    #: Language → name.
    names: Mapping[str, str]
    country: str
    zone: str
    #: What most people read there.
    language: str


def key_of(place: Location) -> str:
    """Name the city of a place in addresses: by its English name, else by any."""
    name = pick(place.cities, FALLBACK)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return found or re.sub(r"\W+", "-", name.casefold()).strip("-")


def cities(places: Iterable[Location]) -> list[City]:
    """List the cities of places once each, by country and name in the current language."""
    found: dict[str, City] = {}
    for place in places:
        key = key_of(place)
        if key and key not in found:
            found[key] = City(key, place.cities, place.country, place.zone, place.language)
    return sorted(found.values(), key=lambda city: (city.country, pick(city.names).casefold()))
