"""Who passes by: invented people with names, countries and languages as they fit the place."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from campaign_app.core import keyfile
from campaign_app.demo.content import Content, NamesPlan

#: The crowd is the same each time; what must not be guessed is drawn elsewhere.
SEED: Final = 20140217
#: Nobody can have a mailbox there (RFC 2606).
DOMAINS: Final = ("example.com", "example.org", "example.net")
#: How strongly an event's middle is busier than its ends.
PEAK: Final = 2.2
#: When people sit at their screens, by their own clock: hour → weight.
AWAKE: Final = {7: 2, 8: 3, 12: 5, 13: 3, 18: 4, 19: 6, 20: 8, 21: 8, 22: 6, 23: 2}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who does not exist."""

    name: str
    email: str
    country: str
    language: str


@dataclass(slots=True)
class Crowd:
    """Draws people and moments."""

    content: Content
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 -- no secret
    _drawn: int = 0

    def somebody(self, place: str) -> Signer:
        """Draw who passes by at a place."""
        country = self.weighted(self.content.passers_by[place])
        plan = self.content.countries[country]
        names = self.content.names[self.weighted(plan.names)]
        return Signer(self._name(names), self._email(), country, self.weighted(plan.languages))

    def _name(self, names: NamesPlan) -> str:
        family = self.dice.choices(names.family, [1 / (r + 2) for r in range(len(names.family))])[0]
        given = self.dice.choice(names.given)
        parts = [family, given] if names.order == "family-first" else [given, family]
        return names.separator.join(parts)

    def _email(self) -> str:
        """Invent a mailbox; the number makes it one of its own."""
        self._drawn += 1
        first, second = self.dice.choices(keyfile.words(), k=2)
        return f"{first}.{second}{self._drawn}@{self.dice.choice(DOMAINS)}"

    def weighted(self, choices: Mapping[T, float]) -> T:
        """Draw one of several by weight."""
        return self.dice.choices(list(choices), list(choices.values()))[0]

    def within(self, begins: datetime, ends: datetime) -> datetime:
        """Draw a moment, more often in the middle."""
        return begins + (ends - begins) * self.dice.betavariate(PEAK, PEAK)

    def at_home(self, since: datetime, until: datetime) -> datetime:
        """Draw a moment when people sit at home, more often lately; `until` gives the clock."""
        days = (until - since) / timedelta(days=1)
        day = until - timedelta(days=days * self.dice.betavariate(1, 2))
        local = day.replace(hour=self.weighted(AWAKE), minute=self.dice.randrange(60))
        return max(since, local if local < until else local - timedelta(days=1))

    def likely(self, chance: float) -> bool:
        """Say yes as often as `chance`."""
        return self.dice.random() < chance
