"""The lead's link: from the evening before to the day after, behind a PIN, for one person at a time.

The address holds a secret that the database knows only as a hash. Behind it a PIN of four digits:
five wrong ones lock the link until an organiser gives it a new one, so the ten thousand PINs cannot
be tried. Each try is counted before it is looked at, so that tries at once are counted, too.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.pins import PIN_DIGITS as PIN_DIGITS
from campaign_app.core.pins import WeakPin as WeakPin
from campaign_app.core.pins import is_pin as is_pin
from campaign_app.events.changing import NoSuchEvent
from campaign_app.events.models import Event
from campaign_app.stall.models import LeadLink

TOKEN_BYTES: Final = 16
MOST_TRIES: Final = 5
#: The link opens on the evening before, by the clock at the place.
EVENING: Final = time(18, 0)


class PinLocked(DomainError):
    """Too many wrong PINs."""

    status = 403
    text = _l("Too many wrong PINs. Ask an organiser to give you a new one.")


class NoLongerLeads(DomainError):
    """Somebody else leads by now, or nobody."""

    status = 404
    text = _l("Somebody else leads this stall by now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A link to be made: for whom, and what opens it. The token is drawn and shown once."""

    alias: str
    language: str
    #: Repr would put it into a traceback.
    token: str = field(repr=False)
    pin_hash: str = field(repr=False)


def issue(event_id: int, new: New) -> LeadLink:
    """Give an event to a lead; whoever led it before is shut out at once."""
    event = session.scalar(select(Event).where(Event.id == event_id).with_for_update(of=Event))
    if event is None:
        raise NoSuchEvent
    _end_all(event_id)
    return _given(event_id, new, "lead.given")


def hand_on(link_id: int, new: New) -> LeadLink:
    """Let a lead give the stall to the next one, if they still lead it."""
    ended = update(LeadLink).where(LeadLink.id == link_id, LeadLink.ended_at.is_(None))
    event_id = session.scalar(ended.values(ended_at=clock.now()).returning(LeadLink.event_id))
    if event_id is None:
        raise NoLongerLeads
    return _given(event_id, new, "lead.handed_on")


def _given(event_id: int, new: New, deed: str) -> LeadLink:
    link = LeadLink(
        event_id=event_id,
        token_hash=hash_of(new.token),
        alias=new.alias,
        language=new.language,
        pin_hash=new.pin_hash,
    )
    session.add(link)
    session.flush()
    record(deed, f"event:{event_id}", to=new.alias)
    return link


def revoke(event_id: int) -> None:
    """Let nobody lead this event by link any more."""
    if _end_all(event_id):
        record("lead.revoked", f"event:{event_id}")


def _end_all(event_id: int) -> bool:
    ended = session.scalars(
        update(LeadLink)
        .where(LeadLink.event_id == event_id, LeadLink.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(LeadLink.id)
    ).all()
    return bool(ended)


def set_pin(event_id: int, pin_hash: str) -> None:
    """Give the link a new PIN and its tries back; the old PIN and open pages stop working."""
    session.execute(
        update(LeadLink)
        .where(LeadLink.event_id == event_id, LeadLink.ended_at.is_(None))
        .values(pin_hash=pin_hash, tries=0)
    )
    record("lead.pin_set", f"event:{event_id}")


def draw_token() -> str:
    """Draw what the address will hold."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> bytes:
    """Hash what an address holds; it is random, so a quick hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def hash_pin(pin: str) -> str:
    """Hash a PIN slowly; asks no database."""
    if not is_pin(pin):
        raise WeakPin
    return _hasher().hash(pin)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def current(event_id: int) -> LeadLink | None:
    """Find the link that leads an event now."""
    return session.scalar(
        select(LeadLink).where(LeadLink.event_id == event_id, LeadLink.ended_at.is_(None))
    )


def find(token: str) -> LeadLink | None:
    """Find the link behind an address, if it is good now; else nothing, whatever the reason."""
    found = session.scalar(
        select(LeadLink).where(LeadLink.token_hash == hash_of(token), LeadLink.ended_at.is_(None))
    )
    if found is None or not _runs(found.event):
        return None
    return found


def _runs(event: Event) -> bool:
    opens, closes = window(event)
    return opens <= clock.now() < closes


def window(event: Event) -> tuple[datetime, datetime]:
    """Tell from when to when the link is good: the evening before to the end of the day after.

    An event that was put at an earlier or later day is led on both, or a lead who moves it to
    tomorrow would have moved themselves out.
    """
    here = ZoneInfo(event.zone)
    moments = [event.starts_at, event.previous_starts_at or event.starts_at]
    first = min(moments).astimezone(here).date() - timedelta(days=1)
    last = max(event.ends_at, *moments).astimezone(here).date() + timedelta(days=2)
    return (
        datetime.combine(first, EVENING, tzinfo=here),
        datetime.combine(last, time(), tzinfo=here),
    )


def count_try(link_id: int) -> bool:
    """Use one try up, before the PIN is looked at; tell whether there was one left."""
    counted = session.scalars(
        update(LeadLink)
        .where(LeadLink.id == link_id, LeadLink.tries < MOST_TRIES, LeadLink.ended_at.is_(None))
        .values(tries=LeadLink.tries + 1)
        .returning(LeadLink.id)
    ).all()
    return bool(counted)


def forgive(link_id: int) -> None:
    """Give the tries back after the right PIN."""
    session.execute(update(LeadLink).where(LeadLink.id == link_id).values(tries=0))


def is_right(link: LeadLink, pin: str) -> bool:
    """Compare a PIN, slowly; asks no database."""
    try:
        return _hasher().verify(link.pin_hash, pin)
    except VerificationError:
        return False
