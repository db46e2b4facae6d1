"""What a tablet sends, read: an item that is none of ours is refused alone, never with its batch."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from campaign_app.core.envelope import LARGEST
from campaign_app.core.json_fields import BadField, Fields
from campaign_app.kiosk.door import PROTOCOL

MOST_ITEMS: Final = 50
MOST_REPORTS: Final = 50
MOST_SHIFTS: Final = 200
MOST_RUNS: Final = 2000
HIGHEST: Final = 2**31 - 1
#: A point, a tag, and one block of plaintext.
SMALLEST: Final = 65 + 16 + 1
ALIAS: Final = 60
SHELL: Final = 20

_HEX: Final = re.compile(r"[0-9a-f]{32}")
_KID: Final = re.compile(r"[0-9a-f]{16}")
_EVENT: Final = re.compile(r"[0-9A-Za-z-]{1,36}")

Run = tuple[int, int]


class NoBatch(ValueError):
    """This is no batch of a tablet."""


class TooMany(ValueError):
    """More items than one batch may carry."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed item with its number."""

    id: UUID
    event: str
    kid: str
    seq: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """What a tablet says of its numbers at an event: the next one, and those it holds."""

    event: str
    next_seq: int
    held: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ShiftSaid:
    """A shift as the tablet tells it."""

    id: UUID
    event: str
    alias: str
    started_at: datetime
    ended_at: datetime | None
    collected: int | None
    held: int | None
    battery: int | None
    handed_over: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as read; `refused` names the items that are none of ours, as they were named."""

    batch_id: str
    sent_at: datetime | None
    shell: str
    battery: int | None
    reports: Sequence[Report]
    shifts: Sequence[ShiftSaid]
    envelopes: Sequence[Envelope]
    refused: Sequence[str]

    @property
    def events(self) -> set[str]:
        """Name the events it speaks of."""
        parts = (self.reports, self.shifts, self.envelopes)
        return {one.event for part in parts for one in part}


def read(body: bytes) -> Batch:
    """Read a batch; one that is none raises `NoBatch`, one with too many items `TooMany`."""
    try:
        sent = Fields.parse(body.decode())
        if sent.number("protocol") != PROTOCOL:
            raise NoBatch
        batch_id = _matching(sent, "batch_id", _HEX)
        items = _listed(sent, "items")
    except (BadField, UnicodeDecodeError):
        raise NoBatch from None
    if len(items) > MOST_ITEMS:
        raise TooMany
    return _batch(sent, batch_id, items)


def _batch(sent: Fields, batch_id: str, items: Sequence[object]) -> Batch:
    envelopes, refused = envelopes_of(items)
    return Batch(
        batch_id=batch_id,
        sent_at=_moment(sent, "sent_at"),
        shell=_line(sent, "shell", SHELL),
        battery=_per_cent(sent, "battery"),
        reports=reports_of(sent),
        shifts=list(_shifts(sent)),
        envelopes=envelopes,
        refused=refused,
    )


def envelopes_of(items: Sequence[object]) -> tuple[list[Envelope], list[str]]:
    """Read items; of those that are none of ours give the names."""
    envelopes, refused = [], []
    for item in items:
        try:
            envelopes.append(_envelope(item))
        except BadField:
            name = item.get("id") if isinstance(item, dict) else None
            if isinstance(name, str) and _HEX.fullmatch(name):
                refused.append(name)
    return envelopes, refused


def _envelope(item: object) -> Envelope:
    if not isinstance(item, dict):
        raise BadField("An item is an object.")
    said = Fields(item)
    seq, sealed = said.number("seq"), said.bytes("sealed")
    if not (1 <= seq < HIGHEST and SMALLEST <= len(sealed) <= LARGEST):
        raise BadField("An item has a number and an envelope.")
    return Envelope(
        id=uuid_of(said, "id"),
        event=_matching(said, "event", _EVENT),
        kid=_matching(said, "kid", _KID),
        seq=seq,
        sealed=sealed,
    )


def reports_of(sent: Fields) -> list[Report]:
    """Read what a tablet says of its numbers, as far as it makes sense."""
    return list(_reports(sent))


def _reports(sent: Fields) -> Iterator[Report]:
    for said in _objects(sent, "reports")[:MOST_REPORTS]:
        try:
            yield _report(said)
        except BadField:
            continue  # the next heartbeat tells it again


def _report(said: Fields) -> Report:
    next_seq = said.number("next_seq")
    if not 1 <= next_seq <= HIGHEST:
        raise BadField("Numbers begin at 1.")
    return Report(
        _matching(said, "event", _EVENT), next_seq, runs_of(said.found.get("held"), next_seq)
    )


def runs_of(said: object, next_seq: int) -> tuple[Run, ...]:
    """Read runs of numbers, in order and apart from each other, all below the next number."""
    pairs = said if isinstance(said, list) else []
    runs: list[Run] = []
    for first, last in sorted(_pairs(pairs[:MOST_RUNS], next_seq)):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return tuple(runs)


def _pairs(pairs: Sequence[object], next_seq: int) -> Iterator[Run]:
    for pair in pairs:
        match pair:
            case [int(first), int(last)] if 1 <= first <= last:
                if first < next_seq:
                    yield first, min(last, next_seq - 1)
            case _:
                continue


def _shifts(sent: Fields) -> Iterator[ShiftSaid]:
    for said in _objects(sent, "shifts")[:MOST_SHIFTS]:
        try:
            yield _shift(said)
        except BadField:
            continue


def _shift(said: Fields) -> ShiftSaid:
    started = _moment(said, "started_at")
    if started is None:
        raise BadField("A shift begins.")
    return ShiftSaid(
        id=uuid_of(said, "id"),
        event=_matching(said, "event", _EVENT),
        alias=_line(said, "alias", ALIAS),
        started_at=started,
        ended_at=_moment(said, "ended_at"),
        collected=_count(said, "collected"),
        held=_count(said, "held"),
        battery=_per_cent(said, "battery"),
        handed_over=said.found.get("handed_over") is True,
    )


# Fields of strangers


def uuid_of(said: Fields, name: str) -> UUID:
    """Read a UUID in 32 hex digits."""
    return UUID(hex=_matching(said, name, _HEX))


def _listed(sent: Fields, name: str) -> list[object]:
    found = sent.found.get(name)
    if not isinstance(found, list):
        raise BadField(f"“{name}” is missing or no list.")
    return found


def _objects(sent: Fields, name: str) -> list[Fields]:
    found = sent.found.get(name)
    listed = found if isinstance(found, list) else []
    return [Fields(one) for one in listed if isinstance(one, dict)]


def _matching(said: Fields, name: str, pattern: re.Pattern[str]) -> str:
    value = said.text(name)
    if not pattern.fullmatch(value):
        raise BadField(f"“{name}” is written otherwise.")
    return value


def _moment(said: Fields, name: str) -> datetime | None:
    value = said.found.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _line(said: Fields, name: str, longest: int) -> str:
    """Read a line; a letter that cannot be seen goes, and PostgreSQL could not keep a NUL."""
    value = said.found.get(name)
    text = value if isinstance(value, str) else ""
    return "".join(letter for letter in text if letter.isprintable())[:longest]


def _count(said: Fields, name: str) -> int | None:
    value = said.found.get(name)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= HIGHEST
    return int(value) if fits else None  # type: ignore[call-overload]  # `fits` says that it is one


def _per_cent(said: Fields, name: str) -> int | None:
    value = _count(said, name)
    return value if value is not None and value <= 100 else None
