"""Reading JSON that a stranger may have written: each field is what it should be, or is named."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self


class BadField(ValueError):
    """A field is missing, or is something else than it should be."""


@dataclass(frozen=True)
class Fields:
    """The fields of one JSON object."""

    found: Mapping[str, object]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one JSON object."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise BadField("This is not JSON.") from None
        if not isinstance(found, dict):
            raise BadField("This holds no fields.")
        return cls(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def text(self, name: str) -> str:
        """Read a text."""
        value = self.found.get(name)
        if not isinstance(value, str):
            raise BadField(f"“{name}” is missing or no text.")
        return value

    def texts(self, name: str) -> list[str]:
        """Read a list of texts."""
        values = self.found.get(name)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise BadField(f"“{name}” is missing or no list of texts.")
        return values

    def number(self, name: str) -> int:
        """Read a whole number."""
        value = self.found.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadField(f"“{name}” is missing or no whole number.")
        return value

    def date(self, name: str) -> date:
        """Read a date."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise BadField(f"“{name}” is missing or no date.") from None

    def bytes(self, name: str) -> bytes:
        """Read bytes that were written in base64."""
        try:
            return base64.b64decode(self.text(name), validate=True)
        except (binascii.Error, ValueError):
            raise BadField(f"“{name}” is missing or damaged.") from None

    def fields(self, name: str) -> "Fields":
        """Read an object within."""
        value = self.found.get(name)
        if not isinstance(value, dict):
            raise BadField(f"“{name}” is missing.")
        return Fields(value)

    def each(self, name: str) -> "list[Fields]":
        """Read a list of objects."""
        values = self.found.get(name)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise BadField(f"“{name}” is missing or no list.")
        return [Fields(value) for value in values]


def base64_text(plain: bytes) -> str:
    """Write bytes so that JSON can carry them."""
    return base64.b64encode(plain).decode("ascii")
