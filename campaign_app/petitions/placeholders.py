"""What wordings leave open ({organisation}, {keep_until} …), filled in and found again.

Filled by hand rather than by `str.format`: a wording is typed by people, and a format text could
reach into whatever it is given.
"""

import re
from collections.abc import Mapping
from typing import Final

from campaign_app.petitions import wording

NAMES: Final = ("organisation", "addressee", "keep_until", "age", "contact")
_MARK: Final = re.compile(r"\{([^{}]*)\}")


def written() -> list[str]:
    """List the placeholders as they are typed."""
    return [f"{{{name}}}" for name in NAMES]


def unknown(text: str) -> list[str]:
    """List what looks like a placeholder and is none."""
    return [f"{{{name}}}" for name in _MARK.findall(text) if name not in NAMES]


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Put the facts in."""
    return _MARK.sub(lambda found: facts.get(found[1], found[0]), text)


def used(text: str) -> list[str]:
    """List the placeholders that a text still holds, each once."""
    found = set(_MARK.findall(text))
    return [name for name in NAMES if name in found]


def said(text: str, facts: Mapping[str, str]) -> list[str]:
    """List the facts that a filled text says."""
    return [name for name in NAMES if _says(text, facts[name])]


def _says(text: str, fact: str) -> bool:
    """Find a fact in a text; a number only if no digit stands beside it."""
    return re.search(rf"(?<!\d){re.escape(fact)}(?!\d)", text) is not None


def overtaken(kind: str, language: str, text: str, facts: Mapping[str, str]) -> list[str]:
    """List the facts that the shipped wording of a kind says, and that this text says otherwise."""
    shipped = wording.shipped_text(kind, language)
    there = said(text, facts)
    return [name for name in used(shipped) if name not in there]
