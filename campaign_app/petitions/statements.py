"""A statement of the tally: numbers and texts of one moment, counted twice, numbered, frozen.

The numbers are read and counted again in one snapshot, outside of any transaction that writes;
what was read is then written once, as canonical JSON with its hash, and never read from the tally
again. Everything that a statement shows comes from that JSON.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _, _l, force_locale
from campaign_app.core.settings import settings
from campaign_app.core.wall_clock import start_of
from campaign_app.petitions import queries, recount, small_numbers, states, tally
from campaign_app.petitions.models import Petition, PetitionText
from campaign_app.petitions.statement_models import Statement

#: What the JSON is, and which version of it.
FORMAT: Final = "lantern-statement-1"
Facts = dict[str, Any]


class NothingToState(DomainError):
    """A petition that the public has never seen has no tally to state."""

    text = _l("A statement can be made once the petition has opened and has an approved text.")


class CountsDiffer(DomainError):
    """The recount found another number than the tally."""

    text = _l(
        "No statement was made: the independent recount does not agree with the tally. "
        "Tell your administrator; the audit trail and “flask tally check” name the difference."
    )


def taken(petition_id: int) -> Facts:
    """Read everything that a statement says, in one snapshot of its own; never inside a transaction."""
    recount.begin_snapshot()
    try:
        petition = queries.get(petition_id)
        texts = _offered(petition)
        if petition.state == states.DRAFT or not texts:
            raise NothingToState
        if recount.differences(petition_id):
            raise CountsDiffer
        return _facts(petition, texts)
    finally:
        session.rollback()


def _facts(petition: Petition, texts: Sequence[PetitionText]) -> Facts:
    said = queries.overview(petition.id).by_evidence
    return {
        "format": FORMAT,
        "organisation": settings().organisation,
        "petition": {
            "slug": petition.slug,
            "source_language": petition.source_language,
            "opened_at": _written(petition.opens_at),
            "closed_at": _written(petition.closed_at),
        },
        "as_of": _written(clock.now()),
        "zone": petition.zone,
        "recount": "agreed",
        "texts": [_text(text) for text in texts],
        "total": sum(said[evidence] for evidence in states.COUNTED),
        "by_evidence": {evidence: said[evidence] for evidence in states.COUNTED},
        "awaiting": said[states.UNCONFIRMED],
        "by_country": _guarded(petition, "country"),
        "by_language": _guarded(petition, "language"),
        "by_month": _by_month(petition),
        "meanings": {text.language: _meanings(text.language) for text in texts},
    }


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _offered(petition: Petition) -> list[PetitionText]:
    """List the texts that can be signed now, the language it was written in first."""
    consented = {part.language for part in queries.parts(petition.id)}
    found = (
        queries.approved_text(petition.id, code)
        for code in queries.source_first(petition)
        if code in consented
    )
    return [text for text in found if text is not None]


def _text(text: PetitionText) -> Facts:
    words = ("language", "revision", "title", "summary", "ask", "addressee", "body", "sha256")
    said = {name: getattr(text, name) for name in words}
    return said | {
        "one_person": text.alone_reason is not None,
        "by_machine": text.origin == "machine",
        "earlier": [
            {"revision": older.revision, "sha256": older.sha256, "one_person": bool(older.alone_reason)}
            for older in queries.texts(text.petition_id)
            if older.language == text.language and older.sha256 and older.id != text.id
        ],
    }  # fmt: skip


def _counted(petition: Petition, by: str) -> Counter[Any]:
    """Add up what is counted, by language, country or hour."""
    counts: Counter[Any] = Counter()
    for cell in tally.cells(petition.id, by, keep={by}):
        if cell.evidence in states.COUNTED:
            counts[getattr(cell, by)] += cell.n
    return counts


def _guarded(petition: Petition, by: str) -> Facts:
    table = small_numbers.guard(_counted(petition, by))
    return {
        "shown": [[name, n] for name, n in table.shown.items()],
        "few": list(table.few),
        "withheld": list(table.withheld),
        "withheld_between": table.range_withheld(),
        "together": table.together,
        "broken_down": table.is_broken_down,
    }


def _by_month(petition: Petition) -> list[list[Any]]:
    """Add up months by the petition's clocks."""
    zone, months = ZoneInfo(petition.zone), Counter[str]()
    for hour, n in _counted(petition, "hour").items():
        months[start_of(hour).astimezone(zone).strftime("%Y-%m")] += n
    return [[month, n] for month, n in sorted(months.items()) if n]


def _meanings(language: str) -> dict[str, str]:
    """Say what each class means, as it is said today: the words are frozen with the numbers."""
    with force_locale(language.replace("-", "_")):
        said = {
            states.BY_MAIL: _(
                "The signer proved the mailbox with the link or the code of our mail. Counted."
            ),
            states.WITNESSED: _(
                "Signed on an enrolled tablet while a volunteer was there, with a mailbox. Counted."
            ),
            states.NO_MAILBOX: _(
                "Signed on an enrolled tablet while a volunteer was there, without a mailbox: nothing "
                "but the tablet and its numbering tells two of these apart. Counted."
            ),
            states.BY_STALL_CODE: _(
                "Signed on the signer’s own phone, with the code of the stall while a volunteer was "
                "there. Counted."
            ),
            states.ON_PAPER: _("A line on a signed sheet, kept with its sheet and line number. Counted."),
            states.UNCONFIRMED: _("The form was sent, the mailbox was not proved. Not counted."),
        }  # fmt: skip
        return {evidence: str(words) for evidence, words in said.items()}


def canonical(facts: Mapping[str, Any]) -> str:
    """Write facts in the one way that the hash is of."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(data: str) -> str:
    """Hash a statement's data as anybody can: the SHA-256 of the file."""
    return hashlib.sha256(data.encode()).hexdigest()


def write(petition_id: int, facts: Facts) -> Statement:
    """Give facts the year's next number and freeze them; who comes second takes the one after."""
    as_of = datetime.fromisoformat(facts["as_of"])
    year = as_of.astimezone(ZoneInfo(facts["zone"])).year
    while True:
        row = _numbered(petition_id, facts, year)
        if row is not None:
            statement = session.get_one(Statement, row)
            audit.record(
                "statement.made",
                f"petition:{petition_id}",
                statement=statement.serial,
                sha256=statement.sha256,
            )
            return statement


def _numbered(petition_id: int, facts: Facts, year: int) -> int | None:
    """Take the number after the last; None if somebody else took it at the same time."""
    last = session.scalar(select(func.max(Statement.number)).where(Statement.year == year))
    number = (last or 0) + 1
    data = canonical(facts | {"number": f"{year}-{number:03}"})
    row = insert(Statement).values(
        petition_id=petition_id,
        year=year,
        number=number,
        as_of=datetime.fromisoformat(facts["as_of"]),
        person_id=audit.acting.get().person_id,
        data=data,
        sha256=digest(data),
    )
    new = row.on_conflict_do_nothing(index_elements=["year", "number"]).returning(Statement.id)
    row_number: int | None = session.scalar(new)
    return row_number


def of(petition_id: int) -> Sequence[Statement]:
    """List a petition's statements, the newest first."""
    found = select(Statement).where(Statement.petition_id == petition_id)
    return session.scalars(found.order_by(Statement.id.desc())).all()


def numbered(serial: str) -> Statement | None:
    """Find a statement by its number as people quote it."""
    year, _hyphen, number = serial.partition("-")
    if not (_is_number(year, 4) and _is_number(number, 9)):
        return None
    found = select(Statement).where(Statement.year == int(year), Statement.number == int(number))
    return session.scalar(found)


def _is_number(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest


def facts(statement: Statement) -> Facts:
    """Read what was frozen."""
    found: Facts = json.loads(statement.data)
    return found


def languages(facts: Mapping[str, Any]) -> list[str]:
    """List the languages that a statement holds a text in, the one it was written in first."""
    texts: Iterable[Mapping[str, Any]] = facts["texts"]
    return [text["language"] for text in texts]
