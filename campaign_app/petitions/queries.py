"""What we ask of petitions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select, union_all
from werkzeug.exceptions import NotFound

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.i18n import FALLBACK
from campaign_app.core.settings import settings
from campaign_app.core.wall_clock import hour_number
from campaign_app.petitions import states, tables, tally
from campaign_app.petitions.models import (
    KEY_IN_USE,
    Block,
    ConsentPart,
    MailboxRule,
    OrganiserKey,
    Petition,
    PetitionText,
)
from campaign_app.petitions.signing_models import Pace, TallyCounter, TallyDelta
from campaign_app.petitions.tables import Row, Standing, Where
from campaign_app.qr import queries as qr
from campaign_app.qr.models import SHARED, Placement

TARGET = "petition"
#: Hours of the day on which summer time ends, and one for zones that are half an hour off.
LONGEST_DAY: Final = 26


def get(petition_id: int) -> Petition:
    """Fetch a petition, or answer 404."""
    petition = session.get(Petition, petition_id)
    if petition is None:
        raise NotFound
    return petition


def by_slug(slug: str) -> Petition | None:
    """Find the petition that has an address."""
    return session.scalar(select(Petition).where(Petition.slug == slug))


def every() -> Sequence[Petition]:
    """List petitions, newest first."""
    return session.scalars(select(Petition).order_by(Petition.id.desc())).all()


def shown() -> Sequence[Petition]:
    """List petitions that the public may read, open ones first."""
    rows = session.scalars(
        select(Petition).where(Petition.state.in_(states.SHOWN)).order_by(Petition.opens_at.desc())
    ).all()
    return sorted(rows, key=lambda petition: petition.state != states.OPEN)


def text_of(petition_id: int, text_id: int) -> PetitionText:
    """Fetch one revision of a petition's own texts, or answer 404."""
    text = session.get(PetitionText, text_id)
    if text is None or text.petition_id != petition_id:
        raise NotFound
    return text


def texts(petition_id: int) -> Sequence[PetitionText]:
    """List every revision, by language, newest first."""
    return session.scalars(
        select(PetitionText)
        .where(PetitionText.petition_id == petition_id)
        .order_by(PetitionText.language, PetitionText.revision.desc())
    ).all()


def revision(petition_id: int, language: str, number: int) -> PetitionText | None:
    """Find one revision of a petition's words in a language."""
    return session.scalar(
        select(PetitionText).where(
            PetitionText.petition_id == petition_id,
            PetitionText.language == language,
            PetitionText.revision == number,
        )
    )


def newest_texts(petition_id: int) -> dict[str, PetitionText]:
    """Give the newest revision of each language, whatever its state."""
    newest: dict[str, PetitionText] = {}
    for text in texts(petition_id):
        newest.setdefault(text.language, text)
    return newest


def approved_text(petition_id: int, language: str) -> PetitionText | None:
    """Give the live text of a language."""
    return session.scalar(
        select(PetitionText).where(
            PetitionText.petition_id == petition_id,
            PetitionText.language == language,
            PetitionText.state == states.APPROVED,
        )
    )


def signable_text(petition_id: int, text_id: int) -> PetitionText | None:
    """Give the text that a form was shown with: live, or replaced by a newer one meanwhile."""
    text = session.get(PetitionText, text_id)
    if text is None or text.petition_id != petition_id or text.approved_at is None:
        return None
    replaced = approved_text(petition_id, text.language) is not None
    return text if replaced else None


def parts(petition_id: int) -> Sequence[ConsentPart]:
    """List consent parts in force, by language, country, position."""
    return session.scalars(
        select(ConsentPart)
        .where(ConsentPart.petition_id == petition_id, ConsentPart.retired_at.is_(None))
        .order_by(ConsentPart.language, ConsentPart.country, ConsentPart.position)
    ).all()


def part_of(petition_id: int, part_id: int) -> ConsentPart:
    """Fetch one of a petition's own consent parts, or answer 404."""
    part = session.get(ConsentPart, part_id)
    if part is None or part.petition_id != petition_id:
        raise NotFound
    return part


def all_parts(petition_id: int) -> Sequence[ConsentPart]:
    """List every version of every consent part."""
    return session.scalars(select(ConsentPart).where(ConsentPart.petition_id == petition_id)).all()


def source_first(petition: Petition) -> list[str]:
    """List the languages of the interface, the petition's own before the others."""
    return sorted(settings().languages, key=lambda code: code != petition.source_language)


def title(petition: Petition, language: str) -> str:
    """Name a petition in a language, else English, else any; its slug before there is a text."""
    found = newest_texts(petition.id)
    for wanted in (language, FALLBACK, petition.source_language, *found):
        if wanted in found:
            return found[wanted].title
    return petition.slug


def titles(petition_ids: Sequence[int], language: str) -> dict[int, str]:
    """Name several petitions."""
    rows = session.scalars(select(Petition).where(Petition.id.in_(petition_ids)))
    return {petition.id: title(petition, language) for petition in rows}


def organiser_keys() -> Sequence[OrganiserKey]:
    """List organisers' keys, those in use first."""
    return session.scalars(
        select(OrganiserKey).order_by(OrganiserKey.retired_at.is_not(None), OrganiserKey.id)
    ).all()


def key(key_id: str) -> OrganiserKey | None:
    """Find a key by its name."""
    return session.scalar(select(OrganiserKey).where(OrganiserKey.key_id == key_id))


def keys_in_use() -> int:
    """Count the keys that new records are sealed to: proven, and not retired."""
    query = select(func.count()).select_from(OrganiserKey).where(KEY_IN_USE)
    return session.scalar(query) or 0


def last_proof() -> datetime | None:
    """Tell when any key that is in use last opened a test record."""
    return session.scalar(select(func.max(OrganiserKey.proven_at)).where(KEY_IN_USE))


def rules() -> Sequence[MailboxRule]:
    """List mailbox rules by domain."""
    return session.scalars(select(MailboxRule).order_by(MailboxRule.domain)).all()


def blocks() -> Sequence[Block]:
    """List what the administrator refuses."""
    return session.scalars(select(Block).order_by(Block.id.desc())).all()


def standing(petition: Petition, placements: Sequence[Placement] | None = None) -> Standing:
    """Read where a petition's codes stand and stood, and what was corrected."""
    known = qr.placements(TARGET, petition.id) if placements is None else placements
    where = {
        placement.id: Where(
            placement.id,
            placement.event_id,
            placement.location_id,
            placement.board,
            placement.location.zone if placement.location else None,
            placement.kind == SHARED,
        )
        for placement in known
    }
    return Standing(where, qr.resolution(TARGET, petition.id), petition.zone)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a table is narrowed to; empty keeps all."""

    event: str = ""
    location: str = ""
    board: str = ""
    language: str = ""
    country: str = ""
    day: str = ""

    def set(self) -> dict[str, str]:
        """Give those that narrow."""
        every_one = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in every_one.items() if value}


def table(
    petition: Petition,
    by: str,
    filters: Filters | None = None,
    *,
    stands: Standing | None = None,
) -> list[Row]:
    """Cut a petition's tally into rows: exact, corrections applied."""
    stands, narrow = stands or standing(petition), (filters or Filters()).set()
    how = tables.reading(by, narrow, stands)
    read = tally.cells(petition.id, how.grain, keep=how.keep, by_hour=how.by_hour, **how.only)
    cells = tables.resolved(read, stands.moves)
    for name in how.left:
        key, wanted = tables.key_of(name, stands), tables.wanted(name, narrow[name])
        cells = [cell for cell in cells if key(cell) == wanted]
    return tables.cut(cells, by, stands)


def pace(petition_id: int, since: datetime) -> dict[int, int]:
    """Count signatures taken per quarter of an hour since a moment (quarter → taken)."""
    first = int(since.timestamp()) // 900
    query = (
        select(Pace.quarter, func.sum(Pace.taken))
        .where(Pace.petition_id == petition_id, Pace.quarter >= first)
        .group_by(Pace.quarter)
    )
    return {quarter: int(taken) for quarter, taken in session.execute(query)}


def today_hours(petition: Petition) -> list[Row]:
    """Cut today into hours, both by the petition's clocks, wherever the signers stood."""
    zone = ZoneInfo(petition.zone)
    midnight = datetime.combine(clock.now().astimezone(zone).date(), time(), zone)
    first = hour_number(midnight)
    cells = tally.cells(petition.id, "hour", hour=list(range(first, first + LONGEST_DAY)))
    own_clocks = Standing({}, (), petition.zone)
    today = midnight.date().isoformat()
    rows = tables.cut(cells, "hour", own_clocks)
    return [row for row in rows if row.key.startswith(today)]


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole of a petition's tally, and which languages and countries occur in it."""

    by_evidence: Counter[str]
    languages: list[str]
    countries: list[str]


def overview(petition_id: int) -> Overview:
    """Read the total and what it can be narrowed to, in one statement."""
    columns = ("language", "country", "evidence", "n")
    kept = select(TallyCounter.grain, *(getattr(TallyCounter, name) for name in columns)).where(
        TallyCounter.petition_id == petition_id,
        TallyCounter.grain.in_(("total", "language", "country")),
    )
    pending = select(
        literal("pending").label("grain"), *(getattr(TallyDelta, name) for name in columns)
    ).where(TallyDelta.petition_id == petition_id)
    rows = session.execute(union_all(kept, pending)).all()
    total: Counter[str] = Counter()
    for grain, _language, _country, evidence, n in rows:
        total[evidence] += n if grain in ("total", "pending") else 0
    return Overview(
        total,
        sorted({row.language for row in rows} - {""}),
        sorted({row.country for row in rows} - {""}),
    )
