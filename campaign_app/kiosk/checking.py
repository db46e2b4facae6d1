"""Judging a signature of a tablet as the petition's own page would have judged it then.

A tablet may have been without a network for weeks: it counts what the petition asked in that hour,
in a text or a wording that was withdrawn since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from email_validator import ValidatedEmail
from sqlalchemy import select

from campaign_app.core import i18n
from campaign_app.core.db import session
from campaign_app.core.forms import has_control_characters
from campaign_app.core.settings import settings
from campaign_app.core.wall_clock import hour_number, start_of
from campaign_app.kiosk import states
from campaign_app.kiosk.pack import COLLECTS
from campaign_app.kiosk.payloads import Sign
from campaign_app.petitions import mailboxes, names, witnessing
from campaign_app.petitions import states as petition_states
from campaign_app.petitions.desk import Desk, Desks, PartNow, TextNow, part_now, text_now
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText

HOUR: Final = timedelta(hours=1)
#: People set up and sign before a stall begins.
BEFORE: Final = timedelta(hours=3)
COUNTRIES: Final = frozenset(i18n.ISO_COUNTRIES)


class Wrong(Exception):
    """Why it cannot count; one of states.REASONS, and nothing of what was signed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason: Final = reason


@dataclass(frozen=True, slots=True)
class Window:
    """When an event's tablets can have taken a signature that came in an hour."""

    first: int
    last: int

    @classmethod
    def of(cls, starts_at: datetime, ends_at: datetime, came: int) -> "Window":
        """Take an event's times, and the hour in which the envelope came."""
        last = min(hour_number(ends_at + COLLECTS), came)
        return cls(min(hour_number(starts_at - BEFORE), last), last)

    def nearest(self, hour: int) -> int:
        """Correct the hour of a tablet whose clock was off."""
        return max(self.first, min(hour, self.last))


@dataclass(frozen=True, slots=True)
class Part:
    """A consent part, in force or withdrawn, with its time."""

    now: PartNow
    created_at: datetime
    retired_at: datetime | None

    def held_in(self, hour: int, begun: datetime) -> bool:
        """Tell whether it was asked for in an hour; what was there when all began always was."""
        there = self.created_at < max(start_of(hour), begun) + HOUR
        return there and (self.retired_at is None or self.retired_at > start_of(hour))


class Shelf:
    """What is read once for many envelopes; thrown away after each round."""

    def __init__(self) -> None:
        self.desks: Final = Desks()
        self._petitions: Final[dict[str, int | None]] = {}
        self._texts: Final[dict[tuple[int, str], TextNow | None]] = {}
        self._parts: Final[dict[int, list[Part]]] = {}

    def desk(self, uid: str) -> Desk:
        """Find a petition by the name that only machines use."""
        if uid not in self._petitions:
            found = session.scalar(select(Petition.id).where(Petition.uid == uid))
            self._petitions[uid] = found
        number = self._petitions[uid]
        desk = None if number is None else self.desks.desk.get(number)
        if desk is None:
            raise Wrong(states.UNKNOWN_PETITION)
        return desk

    def text(self, desk: Desk, sha256: str) -> TextNow:
        """Find the revision that was shown, though another may have replaced it."""
        key = (desk.id, sha256)
        if key not in self._texts:
            self._texts[key] = _text(desk, sha256)
        found = self._texts[key]
        if found is None:
            raise Wrong(states.UNKNOWN_TEXT)
        return found

    def parts(self, desk: Desk) -> list[Part]:
        """List all consent parts that a petition ever had."""
        if desk.id not in self._parts:
            query = select(ConsentPart).where(ConsentPart.petition_id == desk.id)
            self._parts[desk.id] = [_part(row) for row in session.scalars(query)]
        return self._parts[desk.id]


def _text(desk: Desk, sha256: str) -> TextNow | None:
    once_shown = (petition_states.APPROVED, petition_states.RETIRED)
    row = session.scalar(
        select(PetitionText)
        .where(
            PetitionText.petition_id == desk.id,
            PetitionText.sha256 == sha256,
            PetitionText.state.in_(once_shown),
        )
        .order_by(PetitionText.revision.desc())
        .limit(1)
    )
    return None if row is None else text_now(row, row.revision, desk.source_language)


def _part(row: ConsentPart) -> Part:
    return Part(part_now(row), row.created_at, row.retired_at)


@dataclass(frozen=True, slots=True)
class Taken:
    """A signature in which nothing is wrong; where it counts is not said yet."""

    row: UUID
    desk: Desk
    text: TextNow
    parts: Sequence[PartNow]
    said: Sign
    name: str
    mailbox: ValidatedEmail | None
    hour: int

    def seen(self, placement_id: int) -> witnessing.Seen:
        """Say it as petitions want to hear it."""
        return witnessing.Seen(
            row=self.row,
            desk=self.desk,
            text=self.text,
            parts=self.parts,
            name=self.name,
            address=self.said.email.strip(),
            mailbox=self.mailbox,
            country=self.said.country,
            language=self.said.language,
            placement_id=placement_id,
            hour=self.hour,
            evidence=petition_states.WITNESSED,
            receipt=self.said.receipt,
        )


def taken(row: UUID, said: Sign, window: Window, shelf: Shelf) -> Taken:
    """Judge a signature; what is wrong with it is raised as `Wrong`."""
    desk, hour = shelf.desk(said.petition), window.nearest(said.hour)
    text = shelf.text(desk, said.text)
    if not was_open(desk, hour):
        raise Wrong(states.NOT_OPEN)
    if said.country not in COUNTRIES or said.language not in settings().languages:
        raise Wrong(states.UNREADABLE)
    return Taken(
        row=row,
        desk=desk,
        text=text,
        parts=_given(said, hour, shelf.parts(desk)),
        said=said,
        name=_name(said.name),
        mailbox=_mailbox(said.email),
        hour=hour,
    )


def was_open(desk: Desk, hour: int) -> bool:
    """Tell whether the petition took signatures in an hour; while it is paused nobody can say."""
    if desk.state in (petition_states.DRAFT, petition_states.PAUSED):
        return False
    ended = desk.ended_at()
    return desk.opens_at < start_of(hour) + HOUR and (ended is None or start_of(hour) < ended)


def _name(typed: str) -> str:
    name = names.cleaned(typed)
    if names.refusal(name) is not None:
        raise Wrong(states.BAD_NAME)
    return name


def _mailbox(typed: str) -> ValidatedEmail | None:
    if not typed.strip():
        return None
    found = None if has_control_characters(typed) else mailboxes.checked(typed)
    if found is None:
        raise Wrong(states.BAD_MAILBOX)
    return found


def _given(said: Sign, hour: int, parts: Sequence[Part]) -> list[PartNow]:
    """Read the consent given, in whatever wording was in force; what is required must be there."""
    known = [part for part in parts if _is_for(part.now, said)]
    if not known:
        raise Wrong(states.NO_CONSENT)
    begun = min(part.created_at for part in known)
    asked = [part.now for part in known if part.held_in(hour, begun)]
    by_hash = {part.sha256: part for part in (*(part.now for part in known), *asked)}
    given = [by_hash[sha256] for sha256 in said.parts if sha256 in by_hash]
    required = {part.kind for part in asked if part.required}
    if len(given) < len(said.parts) or not required <= {part.kind for part in given}:
        raise Wrong(states.NO_CONSENT)
    return sorted(given, key=lambda part: part.position)


def _is_for(part: PartNow, said: Sign) -> bool:
    return part.language == said.language and part.country in ("", said.country)
