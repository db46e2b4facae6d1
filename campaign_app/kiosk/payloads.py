"""What an envelope holds once it is open: a signature, or the wish to take one back.

Whoever knows a public key can seal anything, so nothing of it is believed before it was read here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from campaign_app.core.ids import READABLE, RECEIPT_LENGTH
from campaign_app.core.json_fields import BadField, Fields

VERSION: Final = 1
SIGN: Final = "sign"
VOID: Final = "void"
MOST_PARTS: Final = 20

_HEX: Final = re.compile(r"[0-9a-f]{32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UID: Final = re.compile(r"[0-9A-Za-z-]{1,36}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LANGUAGE: Final = re.compile(r"[A-Za-z-]{2,12}")
_RECEIPT: Final = re.compile(rf"[{READABLE}]{{{RECEIPT_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Sign:
    """What a person gave; nothing of it may be shown, logged or raised."""

    petition: str
    text: str
    parts: tuple[str, ...]
    name: str = field(repr=False)
    email: str = field(repr=False)
    country: str
    language: str
    hour: int
    receipt: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Void:
    """The last signature taken back at the stall."""

    of: UUID
    hour: int


def read(payload: Mapping[str, object]) -> Sign | Void:
    """Read an opened payload; anything that no tablet of ours wrote raises `BadField`."""
    said = Fields(payload)
    if said.number("v") != VERSION:
        raise BadField("This version is unknown.")
    kind = said.text("kind")
    if kind == SIGN:
        return _sign(said)
    if kind == VOID:
        return Void(UUID(hex=_matching(said, "of", _HEX)), said.number("hour"))
    raise BadField("This kind is unknown.")


def _sign(said: Fields) -> Sign:
    parts = said.texts("parts")
    if len(parts) > MOST_PARTS or not all(_SHA256.fullmatch(part) for part in parts):
        raise BadField("Consent parts are named by their hashes.")
    return Sign(
        petition=_matching(said, "petition", _UID),
        text=_matching(said, "text", _SHA256),
        parts=tuple(dict.fromkeys(parts)),
        name=said.text("name"),
        email=said.text("email"),
        country=_matching(said, "country", _COUNTRY),
        language=_matching(said, "language", _LANGUAGE),
        hour=said.number("hour"),
        receipt=_matching(said, "receipt", _RECEIPT),
    )


def _matching(said: Fields, name: str, pattern: re.Pattern[str]) -> str:
    value = said.text(name)
    if not pattern.fullmatch(value):
        raise BadField(f"“{name}” is written otherwise.")
    return value
