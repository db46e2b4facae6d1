"""Who a volunteer is to us: a closed box with a way to reach them, and a link of their own.

The box opens with a key outside the database, for organisers and for the letters we write; it is
emptied after the time that `forgetting.py` keeps. A link stands in the database as its hash, to
find it, and closed, to write it into the next letter.
"""

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from campaign_app.core import at_rest
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.ids import as_typed, readable
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.shifts.models import Crew, Volunteer

ROOM: Final = "shifts"
MARKS: Final = "shifts-marks"
#: Letters of a sign-up link: short enough for a chat, 52 bits all the same.
LINK_LETTERS: Final = 12
#: A box's length would say how long an address is; blocks hide it.
BLOCK: Final = 256
FEWEST_DIGITS: Final = 7


class NoSuchVolunteer(DomainError):
    """Nobody of that name was ever here, or they were forgotten in this moment."""

    status = 404
    text = _l("There is no such volunteer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach somebody, and the name that a portal for volunteers knows them by."""

    email: str = ""
    phone: str = ""
    portal_name: str = ""

    @property
    def shown(self) -> str:
        """Write what an organiser reads."""
        return " · ".join(part for part in (self.email, self.phone) if part)


NOBODY: Final = Contact()


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What somebody says of themselves when they sign up."""

    alias: str
    contact: Contact
    language: str
    speaks: Sequence[str]
    form_key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A new volunteer's row, its boxes closed; asks no database."""

    row: Volunteer
    #: Their own link; whoever is known already keeps the one they have.
    token: str


def close(newcomer: Newcomer) -> Closed:
    """Close what somebody said of themselves, before the transaction that keeps it."""
    number, token = uuid.uuid4(), secrets.token_urlsafe(24)
    contact = newcomer.contact
    row = Volunteer(
        id=number,
        alias=newcomer.alias,
        language=newcomer.language,
        speaks=list(newcomer.speaks),
        contact=close_contact(number, contact),
        mail_mark=_mark("mail", tidy_mail(contact.email)),
        phone_mark=_mark("phone", tidy_phone(contact.phone)),
        link_hash=hash_of(token),
        link_closed=at_rest.close(ROOM, _link_of(number), token.encode()),
        form_key=newcomer.form_key,
    )
    return Closed(row, token)


def close_contact(number: UUID, contact: Contact) -> bytes:
    """Close a way to reach somebody."""
    plain = json.dumps(asdict(contact), separators=(",", ":")).encode()
    return at_rest.close(ROOM, f"contact:{number}", plain.ljust(len(plain) + -len(plain) % BLOCK))


def contact_of(volunteer: Volunteer) -> Contact:
    """Open the way to reach somebody; nobody if they are forgotten or the key is another one."""
    plain = _opened(f"contact:{volunteer.id}", volunteer.contact)
    return Contact(**json.loads(plain)) if plain else NOBODY


def token_of(volunteer: Volunteer) -> str:
    """Open a volunteer's own link, to write it into a letter."""
    return _opened(_link_of(volunteer.id), volunteer.link_closed)


def renew_link(volunteer: Volunteer) -> str:
    """Give a volunteer another link; the one before opens nothing from now on."""
    token = secrets.token_urlsafe(24)
    volunteer.link_hash = hash_of(token)
    volunteer.link_closed = at_rest.close(ROOM, _link_of(volunteer.id), token.encode())
    return token


class How(StrEnum):
    """How somebody who signs up is known."""

    NEW = "new"
    #: The same page was sent again, by the same browser: who else could know its key?
    AGAIN = "again"
    #: The mailbox is a volunteer's. Whoever typed it may be somebody else: tell the mailbox only.
    MAILBOX = "mailbox"


def settle(closed: Closed) -> tuple[Volunteer, How]:
    """Keep a newcomer, or find who they are already; hold their row."""
    row = closed.row
    values = {column.name: getattr(row, column.key) for column in Volunteer.__table__.columns}
    given = {name: value for name, value in values.items() if value is not None}
    free = insert(Volunteer).values(**given).on_conflict_do_nothing().returning(Volunteer.id)
    added = session.scalar(free)
    if added is not None:
        return held(added), How.NEW
    again = _known(Volunteer.form_key, row.form_key)
    if again is not None:
        return held(again), How.AGAIN
    return held(_known(Volunteer.mail_mark, row.mail_mark)), How.MAILBOX


def _known(column: Any, value: object) -> UUID | None:
    """Find by a mark; nobody has none."""
    return session.scalar(select(Volunteer.id).where(column == value)) if value else None


def held(number: UUID | None) -> Volunteer:
    """Hold a volunteer's row until the transaction ends: one deed after the other for a person."""
    query = select(Volunteer).where(Volunteer.id == number).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NoSuchVolunteer
    return found


def by_link(token: str) -> Volunteer | None:
    """Find whose link this is."""
    return session.scalar(select(Volunteer).where(Volunteer.link_hash == hash_of(token)))


# Links of events


def draw_event_link(crew: Crew) -> str:
    """Give an event a sign-up link; the one before opens nothing from now on."""
    letters = readable(LINK_LETTERS)
    crew.link_hash = hash_of(letters)
    crew.link_closed = at_rest.close(ROOM, f"event:{crew.event_id}", letters.encode())
    return letters


def event_letters(crew: Crew | None) -> str:
    """Open an event's sign-up link, to be copied into a chat; empty if it has none."""
    return _opened(f"event:{crew.event_id}", crew.link_closed) if crew else ""


def event_of(letters: str) -> int | None:
    """Find the event of a sign-up link, however it was typed."""
    return session.scalar(select(Crew.event_id).where(Crew.link_hash == hash_of(as_typed(letters))))


# What is underneath


def hash_of(token: str) -> bytes:
    """Write a link as the database keeps it."""
    return hashlib.sha256(token.encode()).digest()


def tidy_mail(address: str) -> str:
    """Write a mailbox so that the same one is the same."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def tidy_phone(number: str) -> str:
    """Keep the digits that two ways to write a number share: 010-1234-5678, +82 10 1234 5678."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", number))
    return digits[-9:] if len(digits) >= FEWEST_DIGITS else ""


def _mark(kind: str, tidy: str) -> bytes | None:
    if not tidy:
        return None
    key = Keyring(settings().key_dir).room_key(MARKS)
    return hmac.digest(key, f"{kind}|{tidy}".encode(), hashlib.sha256)


def _link_of(number: UUID) -> str:
    return f"link:{number}"


def _opened(subject: str, closed: bytes | None) -> str:
    """Open a box; empty if there is none, or if its key did not come along to this machine."""
    if not closed:
        return ""
    try:
        return at_rest.open_(ROOM, subject, closed).decode()
    except InvalidTag:
        return ""
