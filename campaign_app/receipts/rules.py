"""By which rules a receipt is written: data, read once (rules.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from campaign_app.core.money import Money

FILE: Final = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that stands on a receipt, and when."""

    name: str
    currency: str = ""
    least: int = 0

    def stands_on(self, amount: Money) -> bool:
        """Tell whether a receipt of this amount carries it."""
        return self.currency in ("", amount.currency) and amount.minor >= self.least


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one country, in one version."""

    version: str
    #: How long whoever gave the receipt must be able to show it.
    keep_years: int
    #: What the years are counted from.
    keep_from: Literal["gift", "year"]
    notes: tuple[Note, ...]


@cache
def shipped() -> Mapping[str, Rules]:
    """Read all rules, by the word that an entity in PAYMENTS_FILE names."""
    said = tomllib.loads(FILE.read_text("utf-8"))
    return {name: _rules(one) for name, one in said.items()}


def of(name: str) -> Rules:
    """Give the rules of that name."""
    return shipped()[name]


def _rules(said: Mapping[str, Any]) -> Rules:
    notes = tuple(
        Note(one["name"], one.get("currency", ""), one.get("from", 0)) for one in said["notes"]
    )
    return Rules(said["version"], said["keep_years"], said.get("keep_from", "gift"), notes)
