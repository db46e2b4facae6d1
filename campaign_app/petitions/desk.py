"""The desk a signer stands at: one petition as it is now, read once and kept for a moment.

Everything that signing needs and that is no signer's: texts, consent parts, keys, rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.caching import Briefly
from campaign_app.core.db import session
from campaign_app.core.seal import PublicKey
from campaign_app.core.settings import organisation, settings
from campaign_app.petitions import mailboxes, states, wording
from campaign_app.petitions.models import (
    KEY_IN_USE,
    Block,
    ConsentPart,
    MailboxRule,
    OrganiserKey,
    Petition,
    PetitionText,
)
from campaign_app.qr import queries as qr

FEWEST_KEYS: Final = 2
GRACE: Final = timedelta(hours=24)
#: What wordings say when no closing day is set yet.
USUAL_LENGTH: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class TextNow:
    """An approved text."""

    id: int
    language: str
    revision: int
    title: str
    summary: str
    ask: str
    addressee: str
    body: str
    sha256: str
    outdated: bool
    #: A machine wrote the first draft; the page says so.
    by_machine: bool
    #: One person alone approved it, and nobody has looked since.
    by_one_person: bool


@dataclass(frozen=True, slots=True)
class PartNow:
    """A consent part in force."""

    id: int
    kind: str
    language: str
    country: str
    position: int
    required: bool
    title: str
    wording: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SharedLink:
    """What counts visits and signatures that come by a link that somebody shared."""

    code_id: int
    placement_id: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One petition as signers meet it."""

    id: int
    uid: str
    slug: str
    state: str
    goal: int
    zone: str
    country: str
    source_language: str
    opens_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None
    keep_months: int
    texts: Mapping[str, TextNow]
    parts: Mapping[str, Sequence[PartNow]]
    keys: tuple[PublicKey, ...]
    #: None before it first opened.
    shared: SharedLink | None
    #: Whether a stall's code may witness a signature.
    stall_codes: bool

    def accepts(self, at: datetime) -> bool:
        """Tell whether a new signature is taken."""
        if self.state != states.OPEN or len(self.keys) < FEWEST_KEYS:
            return False
        return self.opens_at <= at and (self.closes_at is None or at < self.closes_at)

    def confirms(self, at: datetime) -> bool:
        """Tell whether a confirmation still counts: until a day after closing."""
        ended = self.ended_at()
        return ended is None or at < ended + GRACE

    def ended_at(self) -> datetime | None:
        """Tell when signing ended, by hand or by the clock."""
        moments = [moment for moment in (self.closed_at, self.closes_at) if moment]
        ended = [m for m in moments if m <= clock.now()]
        return min(ended) if ended else None

    def languages(self) -> tuple[str, ...]:
        """List the languages offered: text approved, consent there, interface complete."""
        return tuple(
            language
            for language in settings().languages
            if language in self.texts and language in self.parts
        )

    def parts_for(self, language: str, country: str) -> list[PartNow]:
        """List the parts that a signer of a country reads in a language, in order."""
        chosen = wording.for_country(self.parts.get(language, ()), country)
        return sorted(chosen, key=lambda part: part.position)

    def facts(self, language: str) -> dict[str, str]:
        """Fill the placeholders of the shipped wordings."""
        return facts_for(self, self.texts[language].addressee, language)


def facts_for(petition: Desk | Petition, addressee: str, language: str) -> dict[str, str]:
    """Fill the placeholders of the shipped wordings for a petition and its addressee."""
    closes = petition.closes_at or petition.opens_at + USUAL_LENGTH
    until: date = wording.keep_until(closes.date(), petition.keep_months)
    return {
        "organisation": organisation(language),
        "contact": settings().privacy_contact,
        "age": str(settings().smallest_age),
        "addressee": addressee,
        "keep_until": wording.long_date(until, language),
    }


def _load(petition_id: int) -> Desk | None:
    petition = session.get(Petition, petition_id)
    if petition is None:
        return None
    return Desk(
        id=petition.id,
        uid=petition.uid,
        slug=petition.slug,
        state=petition.state,
        goal=petition.goal,
        zone=petition.zone,
        country=petition.country,
        source_language=petition.source_language,
        opens_at=petition.opens_at,
        closes_at=petition.closes_at,
        closed_at=petition.closed_at,
        keep_months=petition.keep_months,
        texts=_texts(petition),
        parts=_parts(petition.id),
        keys=public_keys(),
        shared=_shared(petition.id),
        stall_codes=petition.stall_codes,
    )


def _shared(petition_id: int) -> SharedLink | None:
    found = qr.shared("petition", petition_id)
    return SharedLink(found.code_id, found.id) if found else None


def _texts(petition: Petition) -> dict[str, TextNow]:
    rows = session.scalars(
        select(PetitionText).where(
            PetitionText.petition_id == petition.id, PetitionText.state == states.APPROVED
        )
    ).all()
    source = next((r.revision for r in rows if r.language == petition.source_language), 0)
    return {row.language: text_now(row, source, petition.source_language) for row in rows}


def text_now(row: PetitionText, source_revision: int, source_language: str) -> TextNow:
    """Take a text down as signers meet it; it is outdated if it follows an older source."""
    translated = row.language != source_language and row.based_on is not None
    return TextNow(
        id=row.id,
        language=row.language,
        revision=row.revision,
        title=row.title,
        summary=row.summary,
        ask=row.ask,
        addressee=row.addressee,
        body=row.body,
        sha256=row.sha256 or "",
        outdated=bool(translated and (row.based_on or 0) < source_revision),
        by_machine=row.origin == "machine",
        by_one_person=row.alone_reason is not None,
    )


def _parts(petition_id: int) -> dict[str, list[PartNow]]:
    rows = session.scalars(
        select(ConsentPart).where(
            ConsentPart.petition_id == petition_id, ConsentPart.retired_at.is_(None)
        )
    )
    found: dict[str, list[PartNow]] = {}
    for row in rows:
        found.setdefault(row.language, []).append(part_now(row))
    return found


def part_now(row: ConsentPart) -> PartNow:
    """Take a consent part down as signers meet it."""
    return PartNow(
        id=row.id,
        kind=row.kind,
        language=row.language,
        country=row.country,
        position=row.position,
        required=row.required,
        title=row.title,
        wording=row.wording,
        sha256=row.sha256,
    )


def public_keys() -> tuple[PublicKey, ...]:
    """List the organisers' keys that new records are sealed to."""
    texts = session.scalars(
        select(OrganiserKey.public_key).where(KEY_IN_USE).order_by(OrganiserKey.id)
    )
    return tuple(PublicKey.from_text(text) for text in texts)


def _load_rules(_: None) -> dict[str, mailboxes.Rule]:
    rows = session.scalars(select(MailboxRule))
    return mailboxes.by_domain(
        mailboxes.Rule(row.domain, row.strip_dots, row.cut_at, row.same_as) for row in rows
    )


def _load_blocked(_: None) -> frozenset[str]:
    return frozenset(session.scalars(select(Block.domain).where(Block.domain.is_not(None))))


def _load_blocked_indexes(petition_id: int) -> frozenset[bytes]:
    query = select(Block.blind_index).where(
        Block.petition_id == petition_id, Block.blind_index.is_not(None)
    )
    return frozenset(session.scalars(query))


def _load_id(slug: str) -> int | None:
    return session.scalar(select(Petition.id).where(Petition.slug == slug))


class Desks:
    """All desks of one app, each kept for a moment."""

    def __init__(self) -> None:
        self.desk: Final = Briefly(_load)
        self.rules: Final = Briefly(_load_rules)
        self.blocked_domains: Final = Briefly(_load_blocked)
        self.blocked_indexes: Final = Briefly(_load_blocked_indexes)
        self._ids: Final = Briefly(_load_id)

    def by_slug(self, slug: str) -> Desk | None:
        """Find a desk by the petition's address."""
        number = self._ids.get(slug) if slug.isprintable() else None  # PostgreSQL takes no NUL
        return None if number is None else self.desk.get(number)
