"""Consent is data: shipped wordings are copied to a petition, and from then on are its own."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date

SHIPPED: Final = Path(__file__).resolve().parent / "wordings"
SIGN: Final = "sign"
HANDOVER: Final = "handover"
NEWS: Final = "news"


@dataclass(frozen=True, slots=True)
class Wording:
    """One part as it is written for one petition, language and country."""

    kind: str
    country: str
    position: int
    required: bool
    title: str
    text: str

    @property
    def sha256(self) -> str:
        """Hash what a signer reads, hex."""
        return digest(self.title, self.text)


def digest(title: str, text: str) -> str:
    """Hash the words beside a box."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


@lru_cache(maxsize=32)
def _shipped(language: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / f"{language}.toml").read_text("utf-8"))


@lru_cache(maxsize=32)
def _shipped_privacy(language: str) -> str:
    source = (SHIPPED / f"privacy_{language}.md").read_text("utf-8")
    return source.split("+++\n", 2)[2]


def languages() -> tuple[str, ...]:
    """List the languages that wordings are shipped in."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("??.toml")))


def default_parts(language: str, facts: Mapping[str, str]) -> list[Wording]:
    """Write the shipped parts for a petition; `facts` fill the placeholders."""
    found: list[Wording] = []
    for position, part in enumerate(_shipped(language)["parts"]):
        found += (
            Wording(
                kind=part["kind"],
                country=country,
                position=position,
                required=part["required"],
                title=part["title"].format(**facts),
                text=part["text"].format(**facts),
            )
            for country in part["countries"] or [""]
        )
    return found


def shipped_text(kind: str, language: str) -> str:
    """Give the shipped words of a kind with their placeholders; none for a kind of one's own."""
    if language not in languages():
        return ""
    parts = _shipped(language)["parts"]
    return next((f"{p['title']}\n{p['text']}" for p in parts if p["kind"] == kind), "")


def privacy(language: str, facts: Mapping[str, str]) -> str:
    """Write "what happens with my name" (Markdown) for a petition."""
    return _shipped_privacy(language).format(**facts)


def keep_until(closes: date, months: int) -> date:
    """Give the day until which names are kept: so many months (of 30.44 days) after closing."""
    return closes + timedelta(days=round(months * 30.44))


def long_date(value: date, language: str) -> str:
    """Write a date within a wording."""
    return format_date(value, format="long", locale=language.replace("-", "_"))


def for_country(parts: Sequence[Any], country: str) -> list[Any]:
    """Choose the parts for a signer's country: its own replace the general ones of their kind."""
    own = [part for part in parts if part.country and part.country == country]
    replaced = {part.kind for part in own}
    return own + [part for part in parts if not part.country and part.kind not in replaced]
