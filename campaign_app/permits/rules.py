"""The shipped rules: who is asked for what, and by when. They propose; the organiser decides.

`rules.toml` says what each field means. A rule is data with a source and the day on which somebody
read it, never legal advice.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from campaign_app.core.i18n import FALLBACK
from campaign_app.events.models import Event, Location

SHIPPED: Final = Path(__file__).with_name("rules.toml")
#: Stands for all permits of an event of which somebody decided that it needs none.
NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Span:
    """So long before the start: hours that pass, or days by the clock at the place."""

    hours: int = 0
    days: int = 0

    @property
    def passing(self) -> timedelta:
        """Give the hours as time that passes."""
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that somebody may have to agree to."""

    key: str
    country: str
    cities: Sequence[str]
    places: Sequence[str]
    events: Sequence[str]
    indoors: bool
    #: Language → text.
    what: Mapping[str, str]
    whom: Mapping[str, str]
    note: Mapping[str, str]
    earliest: Span | None = None
    latest: Span | None = None
    exception: Span | None = None
    source_title: str = ""
    source_url: str = ""
    checked_on: date | None = None

    def fits(self, kind: str, place: Location) -> bool:
        """Tell whether it may apply to an event of this kind at this place."""
        return (
            kind in self.events
            and place.kind in self.places
            and self.country in {"", place.country}
            and (not self.cities or place.cities.get(FALLBACK) in self.cities)
            and (self.indoors or not place.indoor)
        )


@lru_cache(maxsize=1)
def all_of_them() -> Mapping[str, Rule]:
    """Read the shipped rules, key → rule."""
    said = tomllib.loads(SHIPPED.read_text("utf-8"))["rules"]
    return {one["key"]: _rule(one) for one in said}


def _rule(said: dict[str, Any]) -> Rule:
    facts: dict[str, Any] = {**said}
    for name in {"earliest", "latest", "exception"} & said.keys():
        facts[name] = _span(said[name])
    return Rule(**facts)


def _span(text: str) -> Span:
    number, unit = text.split()
    return Span(hours=int(number)) if unit == "hours" else Span(days=int(number))


def proposed(event: Event) -> list[Rule]:
    """List what may have to be asked for an event, what presses most first."""
    fitting = [rule for rule in all_of_them().values() if rule.fits(event.kind, event.location)]
    return sorted(fitting, key=lambda rule: rule.latest is None)
