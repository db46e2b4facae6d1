"""The privacy notice: shipped words per language, filled with what the organisation says of itself.

The words lie in wordings/notice_<language>.toml; nobody of the law has read them yet, and the
console says so. What the settings leave open is said as open, never glossed over.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from flask import url_for
from markupsafe import Markup

from campaign_app.core.i18n import country_name
from campaign_app.core.organisation import Facts
from campaign_app.core.settings import facts, organisation
from campaign_app.petitions import placeholders, wording
from campaign_app.petitions.texts import rendered

#: Where one authority stands for several countries.
EEA: Final = frozenset([
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "IT",
    "LI",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
])
ANYWHERE: Final = "other"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice in one language."""

    title: str
    body: Markup


@lru_cache(maxsize=32)
def _shipped(language: str) -> Mapping[str, Any]:
    known = language if language in wording.languages() else "en"
    return tomllib.loads((wording.SHIPPED / f"notice_{known}.toml").read_text("utf-8"))


def notice(language: str) -> Notice:
    """Write the notice in a language, as the settings are now."""
    words, said = _shipped(language), facts()
    filling = {
        "organisation": organisation(language),
        "address": said.address.replace("\n", ", "),
        "contact": said.privacy_contact,
        "age": str(said.smallest_age),
        "processors": _processors(said, words, language),
        "transfers": _transfers(said, words, language),
        "authority": said.authority or words["authorities"][authority_key(said.country)],
        "receipt": url_for("petitions.receipt", lang=language, _external=False),
    }
    return Notice(words["title"], rendered(placeholders.filled(words["body"], filling)))


def authority_key(country: str) -> str:
    """Choose whose duty it is to hear a complaint."""
    if country in ("KR", "CH", "FR", "GB"):
        return country
    return "EU" if country in EEA else ANYWHERE


def _named(said: Facts) -> list[tuple[str, str, str]]:
    """List who is named: kind, name, country."""
    both = (
        ("host", said.host_name, said.host_country),
        ("mail", said.mail_name, said.mail_country),
    )
    return [one for one in both if one[1]]


def _processors(said: Facts, words: Mapping[str, Any], language: str) -> str:
    lines = [
        placeholders.filled(
            words[kind], {"name": name, "country": country_name(where, language) if where else ""}
        ).replace(" ()", "")
        for kind, name, where in _named(said)
    ]
    lines += said.other_processors.splitlines()
    return "\n".join(f"- {line}" for line in lines) if lines else words["nobody_named"]


def _transfers(said: Facts, words: Mapping[str, Any], language: str) -> str:
    """Say which borders data crosses, where the settings tell; else say nothing."""
    there = [where for _kind, _name, where in _named(said) if where]
    if not (there and said.country):
        return ""
    abroad = sorted({country_name(where, language) for where in there if where != said.country})
    filling = {
        "home": country_name(said.country, language),
        "countries": ", ".join(abroad),
    }
    return placeholders.filled(words["abroad" if abroad else "at_home"], filling)
