"""Links that let a person choose a password: sent by mail, good once, and only as a hash with us.

What an administrator sends ends all links before it. What somebody asks for at the door, perhaps
a stranger, ends only its own kind: nobody can spoil an invitation from outside.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, update

from campaign_app.accounts.models import LinkKind, Person, PersonLink
from campaign_app.accounts.queries import hash_of
from campaign_app.core import clock
from campaign_app.core.db import changed_one, session
from campaign_app.core.settings import settings
from campaign_app.outbox import services as outbox
from campaign_app.outbox.services import Letter

#: How long each kind of link is good.
GOOD_FOR: Final = {
    LinkKind.INVITED: timedelta(days=7),
    LinkKind.RESET: timedelta(days=7),
    LinkKind.FORGOTTEN: timedelta(days=1),
}
#: How long ended links are kept: long enough to count those of a day.
KEPT_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sent:
    """A link in its letter, closed and ready to be posted."""

    kind: LinkKind
    address: str
    token_hash: bytes
    letter: Letter


def write(kind: LinkKind, *, to: str, name: str, language: str, by: str = "") -> Sent:
    """Draw a link and close the letter that carries it; asks no database."""
    token = secrets.token_urlsafe(32)
    address = f"{settings().public_url}/{language}/account/{token}"  # jobs have no url_for
    letter = outbox.seal_letter(
        to=to,
        template=f"accounts/{kind}",
        language=language,
        context={"name": name, "by": by, "link": address, "days": GOOD_FOR[kind].days},
    )
    return Sent(kind, address, hash_of(token), letter)


def post(person: Person, sent: Sent, *, by_mail: bool = True) -> None:
    """Let a link count from now on, and send its letter."""
    end(person.id, *([sent.kind] if sent.kind == LinkKind.FORGOTTEN else LinkKind))
    now = clock.now()
    session.execute(delete(PersonLink).where(PersonLink.created_at < now - KEPT_FOR))
    session.add(
        PersonLink(
            token_hash=sent.token_hash,
            person_id=person.id,
            kind=sent.kind,
            created_at=now,
            expires_at=now + GOOD_FOR[sent.kind],
        )
    )
    if by_mail:
        outbox.post(sent.letter, ref=_ref(person.id, sent.kind))


def end(person_id: int, *kinds: LinkKind) -> None:
    """Let a person's links open nothing any more, and take back their letters that wait."""
    for kind in kinds or LinkKind:
        outbox.cancel(_ref(person_id, kind))
    session.execute(
        update(PersonLink)
        .where(PersonLink.person_id == person_id, PersonLink.ended_at.is_(None))
        .where(PersonLink.kind.in_(kinds or tuple(LinkKind)))
        .values(ended_at=clock.now())
    )


def use(token_hash: bytes) -> bool:
    """Use a link up; of two who come at once only one may."""
    now = clock.now()
    return changed_one(
        update(PersonLink)
        .where(PersonLink.token_hash == token_hash, PersonLink.ended_at.is_(None))
        .where(PersonLink.expires_at > now)
        .values(ended_at=now)
    )


def _ref(person_id: int, kind: LinkKind) -> str:
    return f"person-{kind}:{person_id}"
