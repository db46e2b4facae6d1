"""Organisers' keys: added, proven, retired. Adds and changes, never commits.

The server knows public halves only. A key counts once it is proven: it has opened a test record in
its holder's browser. A retired key gets no new records, and its copies of data keys are deleted.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from campaign_app.audit import services as audit
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.seal import PublicKey, SealedRecord, seal_test_record
from campaign_app.petitions import copies, queries, states
from campaign_app.petitions.desk import FEWEST_KEYS
from campaign_app.petitions.models import KeyChallenge, OrganiserKey

#: After this long without a proof, every page of the console asks for one.
PROOF_LASTS: Final = timedelta(days=60)
ANSWER_WITHIN: Final = timedelta(minutes=10)
PURPOSE: Final = "proof"
ANSWER_BYTES: Final = 32


class KeyThere(DomainError):
    """A key was added twice."""

    text = _l("This key is in use already.")


class UnknownKey(DomainError):
    """A key file was used whose public half was never added, or is retired."""

    text = _l("This key is not in use here. Add its public half first.")


class NotProven(DomainError):
    """The answer is not what the test record holds, or came too late."""

    text = _l("This did not prove the key. Please try again.")


class KeysNeeded(DomainError):
    """An open petition would have been left with fewer than two keys."""

    text = _l(
        "Petitions are open and need two proven keys. Make and prove another key before you "
        "retire this one."
    )


class TypeTheHolder(DomainError):
    """Names would be lost, or hang by one key, and nobody said that this is meant."""

    text = _l("What you typed is not the key's holder. Nothing was retired.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A public half, and who holds the other one where."""

    public: PublicKey
    holder: str
    place: str = ""
    recovery: bool = False


def add(new: NewKey) -> OrganiserKey:
    """Add a key, or take one that was retired into use again; either must be proven first."""
    row = queries.key(new.public.key_id)
    if row is not None and row.retired_at is None:
        raise KeyThere
    if row is None:
        row = OrganiserKey(
            key_id=new.public.key_id, public_key=new.public.to_text(), created_at=clock.now()
        )
        session.add(row)
    row.holder, row.place, row.recovery = new.holder, new.place, new.recovery
    row.retired_at = row.proven_at = None
    session.flush()
    audit.record("key.added", f"key:{row.id}", key_id=row.key_id, label=row.label)
    return row


@dataclass(frozen=True, slots=True)
class Challenge:
    """A test record on its way to a key's holder."""

    id: UUID
    key_id: str
    record: SealedRecord = field(repr=False)


def challenge(key_id: str) -> Challenge:
    """Seal something random for a key; whoever can say what it was holds the key."""
    row = _known(key_id)
    number, answer = uuid.uuid4(), secrets.token_hex(ANSWER_BYTES)
    record = seal_test_record(
        {"answer": answer},
        purpose=PURPOSE,
        petition=key_id,
        row=number.hex,
        to=PublicKey.from_text(row.public_key),
    )
    session.execute(delete(KeyChallenge).where(KeyChallenge.asked_at < _too_old()))
    session.add(
        KeyChallenge(
            id=number, organiser_key_id=row.id, answer_hash=_hash(answer), asked_at=clock.now()
        )
    )
    return Challenge(number, key_id, record)


def prove(number: UUID, answer: str) -> OrganiserKey:
    """Take the answer to a challenge, once: from now on the key counts."""
    asked = session.scalar(select(KeyChallenge).where(KeyChallenge.id == number).with_for_update())
    if asked is None or asked.asked_at < _too_old():
        raise NotProven
    if not hmac.compare_digest(asked.answer_hash, _hash(answer)):
        raise NotProven
    row = session.get_one(OrganiserKey, asked.organiser_key_id, with_for_update=True)
    session.delete(asked)
    if row.retired_at is not None:
        raise UnknownKey
    take_proof(row)
    return row


def take_proof(row: OrganiserKey) -> None:
    """Count a key from now on."""
    row.proven_at = clock.now()
    audit.record("key.proven", f"key:{row.id}", key_id=row.key_id)


def _known(key_id: str) -> OrganiserKey:
    row = queries.key(key_id)
    if row is None or row.retired_at is not None:
        raise UnknownKey
    return row


def _too_old() -> datetime:
    return clock.now() - ANSWER_WITHIN


def _hash(answer: str) -> bytes:
    return hashlib.sha256(answer.encode(errors="replace")).digest()


@dataclass(frozen=True, slots=True)
class Consequences:
    """What retiring a key would do to the names."""

    #: How many records nobody could open any more.
    lost: int
    #: How many would hang by one other key.
    thin: int
    #: How many records this key opens now.
    all: int

    @property
    def grave(self) -> bool:
        """Tell whether somebody has to type that this is meant."""
        return bool(self.lost or self.thin)


def consequences(key: OrganiserKey) -> Consequences:
    """Count what would be lost with a key."""
    found: Mapping[int, int] = copies.by_other_keys(key.key_id)
    return Consequences(lost=found.get(0, 0), thin=found.get(1, 0), all=sum(found.values()))


def retire(key: OrganiserKey, typed: str = "") -> None:
    """Seal nothing new to a key; a job deletes its copies."""
    if key.retired_at is not None:
        return
    if key.proven_at and queries.keys_in_use() <= FEWEST_KEYS and _any_open():
        raise KeysNeeded
    meant = " ".join(typed.split()).casefold() == " ".join(key.holder.split()).casefold()
    if not meant and consequences(key).grave:
        raise TypeTheHolder
    key.retired_at = clock.now()
    audit.record("key.retired", f"key:{key.id}", key_id=key.key_id)


def _any_open() -> bool:
    return any(petition.state == states.OPEN for petition in queries.every())


@dataclass(frozen=True, slots=True)
class State:
    """How the keys stand, in numbers."""

    #: Proven, and not retired.
    proven: int
    #: Waiting for their proof.
    unproven: int
    #: In use, and without a proof for 60 days.
    stale: int
    #: Whether anything was ever sealed.
    names: bool


def state() -> State:
    """Look at all keys."""
    used = [key for key in queries.organiser_keys() if key.retired_at is None]
    proofs = [key.proven_at for key in used if key.proven_at is not None]
    return State(
        proven=len(proofs),
        unproven=len(used) - len(proofs),
        stale=sum(is_stale(at) for at in proofs),
        names=not proofs and copies.any_names(),
    )


def is_stale(proven_at: datetime | None) -> bool:
    """Tell whether a proof is too old to rely on."""
    return proven_at is not None and clock.now() - proven_at > PROOF_LASTS
