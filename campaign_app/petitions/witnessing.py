"""Signatures that somebody of ours saw being given: on an enrolled tablet, or on paper.

They count at once. The stronger evidence wins: what waited unconfirmed of the same mailbox goes with
its mail. Whoever comes after one that counts is the same person twice and leaves nothing here.
Without a mailbox only what the caller knows (tablet and number, sheet and line) tells two apart.

    prepared = prepare(seen, desks)           # hashes and seals; asks the database for nothing of theirs
    fate = transact(lambda: store(prepared))  # writes; the same row twice is Fate.REPLAYED
"""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from email_validator import ValidatedEmail
from sqlalchemy import select, update

from campaign_app.core.db import changed_one, insert, insert_many, session, table_of
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.ids import in_groups
from campaign_app.core.seal import SealedRecord
from campaign_app.core.sealed_record import Signer
from campaign_app.outbox.services import Letter, post, seal_letter
from campaign_app.petitions import confirming, mailboxes, not_me, receipts, states
from campaign_app.petitions.desk import Desk, Desks, PartNow, TextNow
from campaign_app.petitions.secrets_of import Link
from campaign_app.petitions.signing import (
    ALREADY,
    MOST_MAILS,
    SigningUnavailable,
    keyring,
    lanes,
    reference,
)
from campaign_app.petitions.signing_models import GivenConsent, Mailbox, SealedCopy, Signature

WITNESSED_MAIL: Final = "petitions/witnessed"
_HASH: Final = 32


class Blocked(DomainError):
    """An administrator refuses this mailbox or its domain."""

    text = _l("This mailbox or its domain is blocked for this petition.")


class Fate(StrEnum):
    """What became of a witnessed signature."""

    COUNTED = "counted"
    #: A signature of this mailbox counts already.
    DUPLICATE_PERSON = "duplicate person"
    #: This very row was written before.
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person gave while somebody of ours was there."""

    #: Random; the row of the signature to be.
    row: uuid.UUID
    desk: Desk
    text: TextNow
    parts: Sequence[PartNow]
    name: str = field(repr=False)
    #: As typed, and as read; both or neither.
    address: str = field(default="", repr=False)
    mailbox: ValidatedEmail | None = field(default=None, repr=False)
    country: str
    language: str
    placement_id: int | None
    #: Whole hours since 1970-01-01 UTC.
    hour: int
    #: states.WITNESSED or states.ON_PAPER; without a mailbox a witnessed one is states.NO_MAILBOX.
    evidence: str
    #: A code drawn where the person signed; empty draws none and gives none.
    receipt: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Sealed and hashed: nothing in it can be read without the organisers' keys."""

    seen: Seen
    blind_index: bytes | None
    not_me_hash: bytes
    record: SealedRecord
    #: To whoever gave a mailbox: the receipt, and "this was not me"; or "you had signed before".
    thanks: Letter | None
    before: Letter | None

    @property
    def evidence(self) -> str:
        """Name how it is known."""
        unmailed = self.blind_index is None and self.seen.evidence == states.WITNESSED
        return states.NO_MAILBOX if unmailed else self.seen.evidence


def prepare(seen: Seen, desks: Desks) -> Prepared:
    """Seal and hash; a blocked mailbox raises `Blocked`, a petition without index key cannot be asked."""
    blind = _blind(seen, desks)
    link = Link.new(seen.desk.id, seen.row)
    return Prepared(
        seen=seen,
        blind_index=blind,
        not_me_hash=link.not_me_hash,
        record=_record(seen),
        thanks=_letter(seen, WITNESSED_MAIL, link) if blind else None,
        before=_letter(seen, ALREADY, link) if blind else None,
    )


def _blind(seen: Seen, desks: Desks) -> bytes | None:
    if seen.mailbox is None:
        return None
    domains = desks.blocked_domains.get(None)
    if not domains.isdisjoint(mailboxes.domain_and_parents(seen.mailbox)):
        raise Blocked
    mailbox = mailboxes.normalised(seen.mailbox, desks.rules.get(None))
    blind = keyring().blind_index(seen.desk.uid, mailbox)
    if blind is None:
        raise SigningUnavailable
    if blind in desks.blocked_indexes.get(seen.desk.id):
        raise Blocked
    return blind


def _record(seen: Seen) -> SealedRecord:
    signer = Signer(
        name=seen.name,
        email=seen.address,
        country=seen.country,
        language=seen.language,
        text_sha256=seen.text.sha256,
        consents=tuple(part.sha256 for part in seen.parts),
    )
    return signer.seal(petition=seen.desk.uid, row=seen.row.hex, to=seen.desk.keys)


def _letter(seen: Seen, template: str, link: Link) -> Letter:
    return seal_letter(
        to=seen.address,
        template=template,
        language=seen.language,
        context={
            "name": seen.name,
            "title": seen.text.title,
            "ask": seen.text.ask,
            "addressee": seen.text.addressee,
            "receipt": in_groups(seen.receipt),
            "not_me": not_me.address(seen.language, link),
        },
        lanes=lanes(seen.desk.id, seen.placement_id),
    )


def store(prepared: Prepared) -> Fate:
    """Write the signature, its delta and its mail, in the caller's transaction."""
    seen = prepared.seen
    if _is_there(seen):
        return Fate.REPLAYED
    if prepared.blind_index is not None and not _is_first(prepared):
        return _not_first(prepared)
    if not _write(prepared):
        return Fate.REPLAYED
    if prepared.thanks is not None:
        post(prepared.thanks, ref=reference(seen.desk.id, seen.row))
    return Fate.COUNTED


def _not_first(prepared: Prepared) -> Fate:
    """Tell a person who signed before from a delivery that was faster than this one of the same."""
    if _is_there(prepared.seen):
        return Fate.REPLAYED
    if prepared.before is not None and _may_write(prepared):
        post(prepared.before)
    return Fate.DUPLICATE_PERSON


def _may_write(prepared: Prepared) -> bool:
    """Count a "you had signed before" among a mailbox's mails: a stolen tablet floods nobody."""
    return changed_one(
        update(Mailbox)
        .where(
            Mailbox.petition_id == prepared.seen.desk.id,
            Mailbox.blind_index == prepared.blind_index,
            Mailbox.mails < MOST_MAILS,
        )
        .values(mails=Mailbox.mails + 1)
    )


def _is_there(seen: Seen) -> bool:
    query = select(Signature.id).where(
        Signature.petition_id == seen.desk.id, Signature.id == seen.row
    )
    return session.scalar(query) is not None


def _is_first(prepared: Prepared) -> bool:
    """Queue on the mailbox, as signing and confirming do; tell whether nothing of it counts yet."""
    mine = {"petition_id": prepared.seen.desk.id, "blind_index": prepared.blind_index}
    row = insert(Mailbox).values(mine | {"mails": 0, "receipts": 0, "hour": prepared.seen.hour})
    session.execute(row.on_conflict_do_nothing(index_elements=list(mine)))
    return changed_one(
        update(Mailbox)
        .where(
            Mailbox.petition_id == mine["petition_id"],
            Mailbox.blind_index == mine["blind_index"],
            Mailbox.signed.is_(False),
        )
        .values(signed=True)
    )


def _write(prepared: Prepared) -> bool:
    """Write it all; False if the same row came in this very moment (nothing queues the unmailed)."""
    values = _values(prepared)
    row = (
        insert(Signature)
        .values(values)
        .on_conflict_do_nothing(index_elements=["petition_id", "id"])
    )
    if session.scalar(row.returning(Signature.id)) is None:
        return False
    key = {"petition_id": values["petition_id"], "signature_id": values["id"]}
    copies = prepared.record.copies.items()
    insert_many(
        table_of(SealedCopy), [key | {"key_id": name, "wrapped": copy} for name, copy in copies]
    )
    parts = [key | {"part_id": part.id} for part in prepared.seen.parts]
    if parts:
        insert_many(table_of(GivenConsent), parts)
    confirming.settle(values, prepared.evidence)
    if prepared.seen.receipt:
        confirming.keep_receipt(values, prepared.seen.receipt)
    return True


def _values(prepared: Prepared) -> dict[str, Any]:
    seen = prepared.seen
    return {
        "petition_id": seen.desk.id,
        "id": seen.row,
        "text_id": seen.text.id,
        "placement_id": seen.placement_id,
        "state": states.CONFIRMED,
        "evidence": prepared.evidence,
        "language": seen.language,
        "country": seen.country,
        "hour": seen.hour,
        "blind_index": prepared.blind_index,
        "sealed": prepared.record.box,
        "not_me_hash": prepared.not_me_hash,
        # No link that confirms is mailed and no code, so none may fit.
        "link_hash": secrets.token_bytes(_HASH),
        "code_hash": secrets.token_bytes(_HASH),
        "leads": False,
    }


def void(petition_id: int, row: uuid.UUID) -> bool:
    """Take a witnessed signature back at the signer's wish: what was sealed goes, the tally falls."""
    return receipts.take_back(petition_id, row, by="the stall")
