"""What we ask of petitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.i18n import FALLBACK
from campaign_app.petitions import states, tables, tally
from campaign_app.petitions.models import (
    Block,
    ConsentPart,
    MailboxRule,
    OrganiserKey,
    Petition,
    PetitionText,
)
from campaign_app.petitions.signing_models import Pace
from campaign_app.petitions.tables import Row, Standing, Where
from campaign_app.qr import queries as qr

TARGET = "petition"


def get(petition_id: int) -> Petition:
    """Fetch a petition, or answer 404."""
    petition = session.get(Petition, petition_id)
    if petition is None:
        raise NotFound
    return petition


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


def all_parts(petition_id: int) -> Sequence[ConsentPart]:
    """List every version of every consent part."""
    return session.scalars(select(ConsentPart).where(ConsentPart.petition_id == petition_id)).all()


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


def keys() -> Sequence[OrganiserKey]:
    """List organisers' keys, those in use first."""
    return session.scalars(
        select(OrganiserKey).order_by(OrganiserKey.retired_at.is_not(None), OrganiserKey.id)
    ).all()


def keys_in_use() -> int:
    """Count the keys that new records are sealed to."""
    query = select(func.count()).select_from(OrganiserKey).where(OrganiserKey.retired_at.is_(None))
    return session.scalar(query) or 0


def rules() -> Sequence[MailboxRule]:
    """List mailbox rules by domain."""
    return session.scalars(select(MailboxRule).order_by(MailboxRule.domain)).all()


def blocks() -> Sequence[Block]:
    """List what the administrator refuses."""
    return session.scalars(select(Block).order_by(Block.id.desc())).all()


def standing(petition: Petition) -> Standing:
    """Read where a petition's codes stand and stood, and what was corrected."""
    placements = {
        placement.id: Where(
            placement.id,
            placement.event_id,
            placement.location_id,
            placement.board,
            placement.location.zone if placement.location else None,
        )
        for placement in qr.placements(TARGET, petition.id)
    }
    return Standing(placements, qr.resolution(TARGET, petition.id), petition.zone)


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


def table(petition: Petition, by: str, filters: Filters | None = None) -> list[Row]:
    """Cut a petition's tally into rows: exact, corrections applied."""
    stands, narrow = standing(petition), (filters or Filters()).set()
    grain = tables.grain_for(by, filters=set(narrow), corrected=bool(stands.moves))
    only = {name: [narrow[name]] for name in ("language", "country") if name in narrow}
    cells = tables.resolved(tally.cells(petition.id, grain, **only), stands.moves)
    for name in narrow.keys() - only.keys():
        key = tables.key_of(name, stands)
        cells = [cell for cell in cells if key(cell) == narrow[name]]
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
    """Cut today (by the petition's clocks) into hours."""
    day = tables.local_hour(
        tally.Cell(0, int(clock.now().timestamp()) // 3600, "", "", "", 0),
        Standing({}, (), petition.zone),
    )[:10]
    return table(petition, "hour", Filters(day=day))
