"""Lists of names on people's own machines: noted, remembered, and asked for until they are gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from babel.dates import format_date
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import aliased

from campaign_app.accounts.models import Person
from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import changed_one, session
from campaign_app.core.settings import settings
from campaign_app.outbox.services import Letter, post, seal_letter
from campaign_app.petitions import queries
from campaign_app.petitions.names_models import NamesDownload

REMINDER: Final = "petitions/delete_list"
MOST_AT_ONCE: Final = 100
#: Who does not answer is asked again, for as long as the list may be somewhere.
AGAIN_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A list as a person asks for it."""

    petition_id: int
    person_id: int
    whose: str
    names: int
    reason: str
    why_everybody: str
    delete_by: date
    language: str


@dataclass(frozen=True, slots=True)
class Held:
    """A list that somebody made."""

    row: NamesDownload
    person: str

    @property
    def is_late(self) -> bool:
        """Tell whether it should be gone by now."""
        return self.row.deleted_at is None and self.row.delete_by < clock.today()


def note(wanted: Wanted) -> NamesDownload:
    """Write down who takes which names, before there is a file."""
    made = NamesDownload(
        petition_id=wanted.petition_id,
        person_id=wanted.person_id,
        at=clock.now(),
        whose=wanted.whose,
        names=wanted.names,
        reason=wanted.reason,
        why_everybody=wanted.why_everybody,
        delete_by=wanted.delete_by,
        language=wanted.language,
    )
    session.add(made)
    session.flush()
    audit.record(
        "names.listed",
        f"petition:{wanted.petition_id}",
        whose=wanted.whose,
        count=wanted.names,
        reason=wanted.reason,
        why_everybody=wanted.why_everybody,
        delete_by=wanted.delete_by.isoformat(),
    )
    return made


def held(petition_id: int) -> list[Held]:
    """List the lists of a petition, those that are still somewhere first."""
    query = (
        select(NamesDownload, Person.name)
        .join(Person, Person.id == NamesDownload.person_id)
        .where(NamesDownload.petition_id == petition_id)
        .order_by(NamesDownload.deleted_at.is_not(None), NamesDownload.delete_by, NamesDownload.id)
    )
    return [Held(row, name) for row, name in session.execute(query)]


def mark_deleted(petition_id: int, download_id: int, person_id: int) -> bool:
    """Take a person's word that their list is gone; nobody can give it for another."""
    said = changed_one(
        update(NamesDownload)
        .where(
            NamesDownload.petition_id == petition_id,
            NamesDownload.id == download_id,
            NamesDownload.person_id == person_id,
            NamesDownload.deleted_at.is_(None),
        )
        .values(deleted_at=clock.now())
    )
    if not said:
        return False
    audit.record("names.list_deleted", f"petition:{petition_id}", list=download_id)
    return True


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due, with the letter that will say so."""

    download_id: int
    letter: Letter


def due() -> list[Due]:
    """Write a letter for each list whose day has come and whose holder hears nothing this week."""
    holder = aliased(Person)
    query = (
        select(NamesDownload, holder.email, holder.name)
        .join(holder, holder.id == NamesDownload.person_id)
        .where(
            NamesDownload.deleted_at.is_(None),
            _silent(),
            NamesDownload.delete_by <= clock.today(),
            holder.active,
        )
        .order_by(NamesDownload.id)
        .limit(MOST_AT_ONCE)
    )
    return [
        Due(row.id, _letter(row, email, name)) for row, email, name in session.execute(query).all()
    ]


def _silent() -> ColumnElement[bool]:
    last = NamesDownload.reminded_at
    return or_(last.is_(None), last <= clock.now() - AGAIN_AFTER)


def _letter(row: NamesDownload, email: str, name: str) -> Letter:
    petition = queries.get(row.petition_id)
    return seal_letter(
        to=email,
        template=REMINDER,
        language=row.language,
        context={
            "name": name,
            "title": queries.title(petition, row.language),
            "names": row.names,
            "made_on": _day(row.at.date(), row.language),
            "delete_by": _day(row.delete_by, row.language),
            "url": f"{settings().public_url}/console/petitions/{row.petition_id}/lists",
        },
    )


def _day(value: date, language: str) -> str:
    return format_date(value, format="long", locale=language.replace("-", "_"))


def remind(some: Sequence[Due]) -> int:
    """Post the letters, each once whatever other workers do; tell how many."""
    return sum(_remind(one) for one in some)


def _remind(one: Due) -> bool:
    mine = changed_one(
        update(NamesDownload)
        .where(
            NamesDownload.id == one.download_id,
            _silent(),
            NamesDownload.deleted_at.is_(None),
        )
        .values(reminded_at=clock.now())
    )
    if not mine:
        return False
    post(one.letter)
    return True
