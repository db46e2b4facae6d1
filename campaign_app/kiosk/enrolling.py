"""Giving a tablet its token for a one-time code: eight letters, ten minutes, five tries, one use.

Four letters find the code and four prove it, so that wrong proofs can be counted: each is counted
before it is looked at, in a transaction of its own, and five end the code. Of several tablets that
know a code one gets the token. Enrolling ends the install that the tablet had: what it still holds
it may deliver, and collect no more.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.ids import CODE_LENGTH, in_groups, readable
from campaign_app.kiosk import door, expecting, states
from campaign_app.kiosk.models import Enrolment, Install, Tablet

FINDER: Final = 4
GOOD_FOR: Final = timedelta(minutes=10)
#: So long whoever types an old code hears that it is old rather than wrong.
REMEMBERED: Final = timedelta(days=1)
MOST_TRIES: Final = 5

WRONG: Final = "wrong_code"
EXPIRED: Final = "code_expired"
TOO_MANY: Final = "too_many_tries"


class NotEnrollable(DomainError):
    """A lost or closed tablet gets no code."""

    text = _l("This tablet is lost or closed. Let it collect again first, then make a code.")


class Refused(Exception):
    """The tablet gets no token, for a reason that the protocol names."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason: Final = reason


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be shown once; the database keeps its hash."""

    #: Repr would put it into a traceback.
    letters: str = field(repr=False)
    expires_at: datetime

    @property
    def spoken(self) -> str:
        """Write it in two groups, to be read aloud."""
        return in_groups(self.letters)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The tablet that asks: its install, the version of its pages, the token that it will get."""

    install: UUID
    shell: str
    token: str = field(repr=False)


def make_code(tablet_id: int, alias: str = "") -> NewCode:
    """Make a code for a tablet; the one before ends, and what expired goes."""
    tablet = session.scalar(select(Tablet).where(Tablet.id == tablet_id).with_for_update(of=Tablet))
    if tablet is None or tablet.state not in (states.ACTIVE, states.DRAIN_ONLY):
        raise NotEnrollable
    now = clock.now()
    drop_codes(tablet_id)
    code = NewCode(_drawn(tablet_id, alias, now + GOOD_FOR), now + GOOD_FOR)
    record("tablet.code_made", f"tablet:{tablet_id}")
    return code


def drop_codes(tablet_id: int) -> None:
    """End the codes of a tablet."""
    session.execute(delete(Enrolment).where(Enrolment.tablet_id == tablet_id))


def _drawn(tablet_id: int, alias: str, expires_at: datetime) -> str:
    """Draw letters until the first four are new, even if two people draw at once."""
    while True:
        letters = readable(CODE_LENGTH)
        row = insert(Enrolment).values(
            tablet_id=tablet_id,
            finder=letters[:FINDER],
            code_hash=_hash(letters),
            expires_at=expires_at,
            alias=alias,
        )
        new = row.on_conflict_do_nothing(index_elements=["finder"]).returning(Enrolment.id)
        if session.scalar(new) is not None:
            return letters


def _hash(letters: str) -> bytes:
    return sha256(letters.encode()).digest()


def open_code(tablet_id: int) -> Enrolment | None:
    """Find the code of a tablet that is still good."""
    return session.scalar(
        select(Enrolment).where(
            Enrolment.tablet_id == tablet_id,
            Enrolment.expires_at > clock.now(),
            Enrolment.tries < MOST_TRIES,
        )
    )


def count_try(letters: str) -> Enrolment | None:
    """Use one try of a code up, before it is looked at; None if there is no try to use."""
    return session.scalar(
        update(Enrolment)
        .where(
            Enrolment.finder == letters[:FINDER],
            Enrolment.tries < MOST_TRIES,
            Enrolment.expires_at > clock.now(),
        )
        .values(tries=Enrolment.tries + 1)
        .returning(Enrolment)
    )


def is_right(code: Enrolment, letters: str) -> bool:
    """Compare a code as typed."""
    return hmac.compare_digest(code.code_hash, _hash(letters))


def why_not(letters: str) -> str:
    """Say why a code had no try left."""
    found = session.scalar(select(Enrolment).where(Enrolment.finder == letters[:FINDER]))
    if found is None:
        return WRONG
    return EXPIRED if found.expires_at <= clock.now() else TOO_MANY


def enrol(code_id: int, newcomer: Newcomer) -> Install:
    """Exchange a proven code for an install; the code is used up, and of several one gets it."""
    used = delete(Enrolment).where(Enrolment.id == code_id, Enrolment.expires_at > clock.now())
    tablet_id = session.scalar(used.returning(Enrolment.tablet_id))
    if tablet_id is None:
        raise Refused(WRONG)
    held = select(Tablet).where(Tablet.id == tablet_id).with_for_update(of=Tablet)
    tablet = session.scalars(held).one()
    if tablet.state not in (states.ACTIVE, states.DRAIN_ONLY):
        raise Refused(WRONG)
    end_installs(tablet_id)
    install = _install(tablet_id, newcomer)
    if tablet.event_id is not None:
        expecting.note(install.id, tablet.event_id)
    record("tablet.enrolled", f"tablet:{tablet_id}")
    return install


def end_installs(tablet_id: int) -> None:
    """Let the tablet collect under its install no more; what it holds may still come."""
    session.execute(
        update(Install)
        .where(Install.tablet_id == tablet_id, Install.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def _install(tablet_id: int, newcomer: Newcomer) -> Install:
    """Write the install; one that enrols again under its own name (its answer was lost) goes on."""
    known = session.scalar(select(Install).where(Install.uid == newcomer.install))
    if known is not None and known.tablet_id != tablet_id:
        raise Refused(WRONG)
    install = known or Install(uid=newcomer.install, tablet_id=tablet_id)
    install.token_hash, install.shell = door.hash_of(newcomer.token), newcomer.shell
    install.enrolled_at = install.heard_at = clock.now()
    install.ended_at = None
    session.add(install)
    session.flush()
    return install


def forget_expired() -> int:
    """Delete codes that nobody can use any more."""
    old = Enrolment.expires_at <= clock.now() - REMEMBERED
    gone: Sequence[int] = session.scalars(
        delete(Enrolment).where(old).returning(Enrolment.id)
    ).all()
    return len(gone)
