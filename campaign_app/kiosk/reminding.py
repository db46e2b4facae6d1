"""Telling people which tablet still holds how many, daily from two hours after the event; and, two
weeks before, that an event's key goes although numbers are missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import or_, select, update

from campaign_app.accounts import queries as accounts
from campaign_app.core import clock, db
from campaign_app.core.access import Permission
from campaign_app.core.db import changed_one, session
from campaign_app.core.i18n import day, pick, spoken
from campaign_app.core.settings import settings
from campaign_app.events.models import Event
from campaign_app.kiosk import closing, gaps, runs
from campaign_app.kiosk.gaps import Gap
from campaign_app.kiosk.models import EventKey, GapReport
from campaign_app.kiosk.pack import DELIVERS
from campaign_app.outbox import services as outbox
from campaign_app.shifts import queries as shifts
from campaign_app.shifts import volunteers
from campaign_app.shifts.models import CONFIRMED, LEAD

MAIL: Final = "kiosk/still_held"
KEY_MAIL: Final = "kiosk/key_ends"
AFTER: Final = timedelta(hours=2)
#: A day, less the time by which an hourly job may be late.
DAILY: Final = timedelta(hours=23)

Letters = list[tuple[outbox.Letter, str]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is told, and in which language."""

    address: str
    language: str
    #: Only people of ours can open the console.
    of_ours: bool


def remind() -> None:
    """Write to lead and organisers of each event of which a tablet still holds something."""
    for event in _over():
        found = [gap for gap in gaps.of_event(event.id) if _still_holds(gap)]
        if found and _is_due(found):
            letters = [(_held_letter(reader, event, found), "") for reader in _readers(event.id)]
            db.transact(partial(_send, event.id, letters))


def _over() -> Sequence[Event]:
    """List events that ended two hours ago, and whose tablets may still deliver."""
    now, still = clock.now(), GapReport.closed_at.is_(None)
    query = select(Event).where(Event.ends_at <= now - AFTER, Event.ends_at >= now - DELIVERS)
    reports = select(GapReport.event_id).where(still)
    return session.scalars(query.where(Event.id.in_(reports)).order_by(Event.id)).all()


def _still_holds(gap: Gap) -> bool:
    return not gap.is_closed and bool(gap.still_there or gap.unheard)


def _is_due(found: Sequence[Gap]) -> bool:
    told = [gap.report.reminded_at for gap in found]
    before = clock.now() - DAILY
    return any(at is None or at <= before for at in told)


def _send(event_id: int, letters: Letters) -> None:
    """Note that they were told, once; of two workers one sends."""
    before = clock.now() - DAILY
    noted = session.scalars(
        update(GapReport)
        .where(
            GapReport.event_id == event_id,
            GapReport.closed_at.is_(None),
            or_(GapReport.reminded_at.is_(None), GapReport.reminded_at <= before),
        )
        .values(reminded_at=clock.now())
        .returning(GapReport.install_id)
    ).all()
    if noted and letters:
        outbox.post_all(letters)


def _held_letter(reader: Reader, event: Event, found: Sequence[Gap]) -> outbox.Letter:
    tablets = [{"name": gap.name, "held": gap.still_there} for gap in found]
    return _letter(reader, MAIL, event, tablets=tablets)


def _letter(reader: Reader, template: str, event: Event, **facts: Any) -> outbox.Letter:
    with spoken(reader.language):
        said = {
            "title": pick(event.titles),
            "place": pick(event.location.names),
            "day": day(datetime.fromisoformat(event.starts_local).date()),
        }
    page = f"{settings().public_url}/console/kiosk/events/{event.id}/report"
    link = {"link": page if reader.of_ours else ""}
    return outbox.seal_letter(
        to=reader.address,
        template=template,
        language=reader.language,
        context=said | link | facts,
    )


def _readers(event_id: int) -> list[Reader]:
    """List organisers, and leads of the event who left a mailbox."""
    own = list(_organisers())
    known = {reader.address.casefold() for reader in own}
    return own + [one for one in _leads(event_id) if one.address.casefold() not in known]


def _organisers() -> Iterator[Reader]:
    for person in accounts.people():
        if person.active and person.may(Permission.ORGANISE):
            language = person.language or settings().languages[0]
            yield Reader(person.email, language, of_ours=True)


def _leads(event_id: int) -> Iterator[Reader]:
    for manned in shifts.manned(event_id):
        if manned.shift.role != LEAD:
            continue
        for one in manned.people:
            contact = volunteers.contact_of(one.volunteer)
            if one.state == CONFIRMED and contact.email:
                yield Reader(contact.email, one.volunteer.language, of_ours=False)


# The key


def warn() -> None:
    """Write to organisers of each key that goes in two weeks with numbers missing."""
    for key, event, until in closing.to_warn():
        ends = max(until, clock.now() + closing.WARNED)
        letters = [(_key_letter(one, event, ends), "") for one in _organisers()]
        db.transact(partial(_note_warning, key.key_id, letters))


def _note_warning(key_id: str, letters: Letters) -> None:
    warned = update(EventKey).where(EventKey.key_id == key_id, EventKey.warned_at.is_(None))
    if changed_one(warned.values(warned_at=clock.now())) and letters:
        outbox.post_all(letters)


def _key_letter(reader: Reader, event: Event, ends: datetime) -> outbox.Letter:
    found = [gap for gap in gaps.of_event(event.id) if gap.lost or gap.still_there]
    tablets = [
        {"name": gap.name, "lost": gap.lost + gap.still_there, "numbers": runs.told(gap.missing)}
        for gap in found
    ]
    with spoken(reader.language):
        last = day(ends)
    return _letter(reader, KEY_MAIL, event, tablets=tablets, last_day=last)
