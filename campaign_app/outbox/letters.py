"""Letters: an address and its text, closed under the key of the hour until the worker opens them.

The key lies in a file outside the database (core.keyring) and is destroyed with the hour's last
letter, after ten days at most. Nothing of it is kept in memory here: reading it takes some ten
microseconds, and so a destroyed key is gone at once.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from campaign_app.core import clock
from campaign_app.core.keyring import Keyring
from campaign_app.core.seal import open_bytes, seal_bytes

SECONDS_AN_HOUR: Final = 3600
#: A letter's length says how long an address or a name is; blocks hide it.
BLOCK: Final = 256
HOUR_FORMAT: Final = "%Y%m%d%H"


class KeyIsGone(Exception):
    """The hour's key is destroyed, so nobody can open the letter any more."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """What follows a mail if nothing cancels it: a reminder, hours later."""

    template: str
    after_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that nobody but the worker can read, ready to be posted."""

    id: UUID
    template: str
    language: str
    lanes: str
    hour: int
    key_hour: str
    payload: bytes
    repeat: Repeat | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in a letter."""

    to: str
    context: dict[str, Any]


def hour_number(moment: datetime) -> int:
    """Count whole hours since 1970-01-01 UTC."""
    return int(moment.timestamp()) // SECONDS_AN_HOUR


def hour_start(number: int) -> datetime:
    """Tell when an hour begins."""
    return datetime.fromtimestamp(number * SECONDS_AN_HOUR, UTC)


@lru_cache(maxsize=8)
def hour_name(number: int) -> str:
    """Name an hour as the keyring does."""
    return hour_start(number).strftime(HOUR_FORMAT)


def hour_named(name: str) -> int:
    """Read the keyring's name of an hour."""
    return hour_number(datetime.strptime(name, HOUR_FORMAT).replace(tzinfo=UTC))


def seal(
    keyring: Keyring,
    *,
    to: str,
    template: str,
    language: str,
    context: Mapping[str, Any],
    lanes: Sequence[str] = (),
    repeat: Repeat | None = None,
    row: UUID | None = None,
) -> Letter:
    """Close a letter under the key of this hour."""
    row = row or uuid.uuid4()
    hour = hour_number(clock.now())
    name = hour_name(hour)
    plain = json.dumps({"to": to, "context": context}, separators=(",", ":")).encode()
    # JSON does not mind spaces at its end.
    padded = plain.ljust(len(plain) + -len(plain) % BLOCK)
    return Letter(
        id=row,
        template=template,
        language=language,
        lanes=" ".join(lanes),
        hour=hour,
        key_hour=name,
        payload=seal_bytes(keyring.hour_key(name), padded, aad=_binding(row)),
        repeat=repeat,
    )


def open_letter(keyring: Keyring, *, row: UUID, key_hour: str, payload: bytes) -> Opened:
    """Open a letter where it belongs; one moved to another row stays shut."""
    key = keyring.existing_hour_key(key_hour)
    if key is None:
        raise KeyIsGone
    found = json.loads(open_bytes(key, payload, aad=_binding(row)))
    return Opened(found["to"], found["context"])


def _binding(row: UUID) -> bytes:
    return b"lantern/outbox/v1|" + row.hex.encode()
