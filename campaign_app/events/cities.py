"""Cities as addresses name them: "seoul", the same in every language and on every page."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from campaign_app.core.i18n import FALLBACK

LONGEST: Final = 60


def slug(cities: Mapping[str, str]) -> str:
    """Write a city for addresses, by its English name; without Latin letters it stays as it is."""
    name = cities.get(FALLBACK) or next(iter(cities.values()), "")
    return in_latin(name) or "-".join(name.casefold().split())[:LONGEST]


def in_latin(name: str) -> str:
    """Write a name in small plain letters with hyphens; empty if it has no Latin letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
