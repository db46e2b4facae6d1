"""Taking a signature: sealed and hashed before the transaction, written in it, mailed after it.

What the signer sees is the same for a new, a repeated and a blocked attempt. Only the mail differs.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from email_validator import ValidatedEmail

from campaign_app.core import clock
from campaign_app.core.db import dialect, insert, insert_many, session, table_of
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.keyring import Keyring
from campaign_app.core.seal import SealedRecord
from campaign_app.core.sealed_record import Signer
from campaign_app.core.settings import settings
from campaign_app.core.withdrawn_log import WithdrawnLog
from campaign_app.outbox.services import Letter, Repeat, post, post_all, seal_letter
from campaign_app.petitions import mailboxes, states
from campaign_app.petitions.desk import Desk, Desks, PartNow, TextNow
from campaign_app.petitions.secrets_of import Handle, Link, blank_handle, new_code
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    SealedCopy,
    Signature,
    TallyDelta,
)

MOST_MAILS: Final = 5
REMIND_AFTER_HOURS: Final = 48
CONFIRM: Final = "petitions/confirm"
REMINDER: Final = "petitions/reminder"
ALREADY: Final = "petitions/already"
SECONDS_AN_HOUR: Final = 3600
SECONDS_A_QUARTER: Final = 900
#: An attempt nobody confirms is deleted after 21 days, and link and code with it.
VALID_HOURS: Final = 21 * 24


class SigningUnavailable(DomainError):
    """The petition's index key cannot be read: nothing is taken rather than taken unprotected."""

    status = 503
    text = _l("Signing is not possible for a moment. Please try again in a few minutes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a person sent."""

    desk: Desk
    text: TextNow
    parts: Sequence[PartNow]
    name: str
    address: str
    mailbox: ValidatedEmail
    country: str
    language: str
    placement_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An attempt sealed and hashed: nothing in it can be read without the organisers' keys."""

    attempt: Attempt
    row: uuid.UUID
    hour: int
    blind_index: bytes
    handle: Handle
    link_hash: bytes
    code_hash: bytes
    record: SealedRecord
    confirm: Letter


def this_hour() -> int:
    """Count whole hours since 1970-01-01 UTC: the most that a signer's row says of when."""
    return int(clock.now().timestamp()) // SECONDS_AN_HOUR


def this_quarter() -> int:
    """Count whole quarters of an hour since 1970-01-01 UTC, for the pace of a place."""
    return int(clock.now().timestamp()) // SECONDS_A_QUARTER


def reference(petition_id: int, row: uuid.UUID) -> str:
    """Name a signature's waiting mail."""
    return f"signature:{petition_id}:{row.hex}"


def referred(ref: str) -> tuple[int, uuid.UUID]:
    """Read petition and row back from the name of a waiting mail."""
    _kind, petition_id, row = ref.split(":")
    return int(petition_id), uuid.UUID(hex=row)


def keyring() -> Keyring:
    """Open the folder of the server's own keys."""
    return Keyring(settings().key_dir)


def withdrawn_log() -> WithdrawnLog:
    """Open the file of what must stay deleted after a restore."""
    return WithdrawnLog(settings().key_dir)


def prepare(attempt: Attempt, desks: Desks) -> Prepared | None:
    """Seal and hash an attempt; None if its mailbox is blocked (the answer looks alike)."""
    desk = attempt.desk
    mailbox = mailboxes.normalised(attempt.mailbox, desks.rules.get(None))
    blind = keyring().blind_index(desk.uid, mailbox)
    if blind is None:
        raise SigningUnavailable
    if _is_blocked(attempt, blind, desks):
        return None
    return _sealed(attempt, blind)


def _is_blocked(attempt: Attempt, blind: bytes, desks: Desks) -> bool:
    domains = desks.blocked_domains.get(None)
    if domains and not domains.isdisjoint(mailboxes.domain_and_parents(attempt.mailbox)):
        return True
    return blind in desks.blocked_indexes.get(attempt.desk.id)


def _sealed(attempt: Attempt, blind: bytes) -> Prepared:
    row = uuid.uuid4()
    handle, link, code = Handle.new(row), Link.new(attempt.desk.id, row), new_code()
    return Prepared(
        attempt=attempt,
        row=row,
        hour=this_hour(),
        blind_index=blind,
        handle=handle,
        link_hash=link.secret_hash,
        code_hash=handle.code_hash(code),
        record=_record(attempt, row),
        confirm=_letter(attempt, CONFIRM, link=_address(attempt, link), code=_spaced(code)),
    )


def _record(attempt: Attempt, row: uuid.UUID) -> SealedRecord:
    signer = Signer(
        name=attempt.name,
        email=attempt.address,
        country=attempt.country,
        language=attempt.language,
        text_sha256=attempt.text.sha256,
        consents=tuple(part.sha256 for part in attempt.parts),
    )
    return signer.seal(petition=attempt.desk.uid, row=row.hex, to=attempt.desk.keys)


def _letter(attempt: Attempt, template: str, **secret: str) -> Letter:
    return seal_letter(
        to=attempt.address,
        template=template,
        language=attempt.language,
        context={
            "name": attempt.name,
            "title": attempt.text.title,
            "ask": attempt.text.ask,
            "addressee": attempt.text.addressee,
            "hours": VALID_HOURS,
            **secret,
        },
        lanes=lanes(attempt.desk.id, attempt.placement_id),
        repeat=Repeat(REMINDER, REMIND_AFTER_HOURS) if template == CONFIRM else None,
    )


def _address(attempt: Attempt, link: Link) -> str:
    """Address the page that confirms, in the signer's language."""
    return f"{settings().public_url}/{attempt.language}/confirm/{link}"


def _spaced(code: str) -> str:
    return f"{code[:3]} {code[3:]}"


def lanes(petition_id: int, placement_id: int | None) -> list[str]:
    """Name the hourly mail budgets that a signer's mail draws on."""
    own = [f"petition:{petition_id}"]
    return [*own, f"placement:{placement_id}"] if placement_id else own


# Tables rather than mapped classes: the path of every signature goes around the ORM.
_MAILBOX: Final = table_of(Mailbox)
_upserts: Final[dict[str, Any]] = {}


def _mailbox_upsert() -> Any:
    """Count one more mail for mailboxes, unless they had five; this also locks them."""
    name = dialect().__name__
    if name not in _upserts:
        statement = insert(_MAILBOX)
        _upserts[name] = statement.on_conflict_do_update(
            index_elements=["petition_id", "blind_index"],
            set_={"mails": _MAILBOX.c.mails + 1, "hour": statement.excluded.hour},
            where=_MAILBOX.c.mails < MOST_MAILS,
        ).returning(
            _MAILBOX.c.petition_id, _MAILBOX.c.blind_index, _MAILBOX.c.mails, _MAILBOX.c.signed
        )
    return _upserts[name]


_SIGNATURES: Final = table_of(Signature)
_COPIES: Final = table_of(SealedCopy)
_CONSENTS: Final = table_of(GivenConsent)
_DELTAS: Final = table_of(TallyDelta)


class Fate(StrEnum):
    """What became of an attempt; the signer's page shows no difference."""

    TAKEN = "taken"
    SIGNED_BEFORE = "signed before"
    TOO_MANY_MAILS = "too many mails"


@dataclass(frozen=True, slots=True)
class _Taken:
    """An attempt to write, and whether it is the first of its mailbox."""

    prepared: Prepared
    leads: bool


def store(attempts: Sequence[Prepared]) -> list[Fate]:
    """Write attempts, their deltas and their mails, in the caller's transaction.

    A mailbox that has signed, or that had five mails, leaves nothing here.
    """
    fates = {attempt.row: Fate.TOO_MANY_MAILS for attempt in attempts}
    taken: list[_Taken] = []
    for distinct in _rounds(attempts):
        mailboxes_now = _count_mails(distinct)
        for key, attempt in distinct.items():
            mailbox = mailboxes_now.get(key)
            if mailbox is not None and mailbox.signed:
                fates[attempt.row] = Fate.SIGNED_BEFORE
                # Closed here, not after: a second commit would take longer, and tell who has signed.
                post(already_letter(attempt))
            elif mailbox is not None:
                fates[attempt.row] = Fate.TAKEN
                taken.append(_Taken(attempt, leads=mailbox.mails == 1))
    if taken:
        _write(taken)
    return [fates[attempt.row] for attempt in attempts]


MailboxKey = tuple[int, bytes]


def _rounds(attempts: Sequence[Prepared]) -> Iterator[dict[MailboxKey, Prepared]]:
    """Deal attempts into rounds that meet each mailbox once: a statement may change a row once."""
    waiting = list(attempts)
    while waiting:
        distinct: dict[MailboxKey, Prepared] = {}
        later = []
        for attempt in waiting:
            key = (attempt.attempt.desk.id, attempt.blind_index)
            if distinct.setdefault(key, attempt) is not attempt:
                later.append(attempt)
        yield distinct
        waiting = later


def _count_mails(distinct: Mapping[MailboxKey, Prepared]) -> dict[MailboxKey, Any]:
    """Count a mail for each mailbox; those that had five are not in the answer.

    In one order, so that two processes that write many never wait for each other.
    """
    rows = [
        {
            "petition_id": petition_id,
            "blind_index": blind_index,
            "mails": 1,
            "signed": False,
            "receipts": 0,
            "receipts_on": None,
            "hour": distinct[petition_id, blind_index].hour,
            "demo": False,
        }
        for petition_id, blind_index in sorted(distinct)
    ]
    counted = session.connection().execute(_mailbox_upsert(), rows)
    return {(row.petition_id, row.blind_index): row for row in counted}


def _write(taken: Sequence[_Taken]) -> None:
    rows = [_signature_values(one.prepared, leads=one.leads) for one in taken]
    insert_many(_SIGNATURES, rows)
    insert_many(_COPIES, [copy for one in taken for copy in _copies(one.prepared)])
    insert_many(_CONSENTS, [part for one in taken for part in _consents(one.prepared)])
    deltas = [delta_values(row, 1) for row in rows if row["leads"]]
    if deltas:
        insert_many(_DELTAS, deltas)
    post_all([(one.prepared.confirm, _ref(one.prepared)) for one in taken])


def _ref(prepared: Prepared) -> str:
    return reference(prepared.attempt.desk.id, prepared.row)


def _key(prepared: Prepared) -> dict[str, Any]:
    return {"petition_id": prepared.attempt.desk.id, "signature_id": prepared.row}


def _copies(prepared: Prepared) -> list[dict[str, Any]]:
    copies = prepared.record.copies.items()
    return [_key(prepared) | {"key_id": key, "wrapped": wrapped} for key, wrapped in copies]


def _consents(prepared: Prepared) -> list[dict[str, Any]]:
    return [_key(prepared) | {"part_id": part.id} for part in prepared.attempt.parts]


def already_letter(prepared: Prepared) -> Letter:
    """Write to a mailbox that has signed before: nothing is left to do."""
    return _letter(prepared.attempt, ALREADY)


def _signature_values(prepared: Prepared, *, leads: bool) -> dict[str, Any]:
    attempt = prepared.attempt
    return {
        "petition_id": attempt.desk.id,
        "id": prepared.row,
        "text_id": attempt.text.id,
        "placement_id": attempt.placement_id,
        "state": states.AWAITING,
        "evidence": states.UNCONFIRMED,
        "language": attempt.language,
        "country": attempt.country,
        "hour": prepared.hour,
        "blind_index": prepared.blind_index,
        "sealed": prepared.record.box,
        "link_hash": prepared.link_hash,
        "code_hash": prepared.code_hash,
        "leads": leads,
    }


def delta_values(signature: dict[str, Any], n: int, evidence: str | None = None) -> dict[str, Any]:
    """Write a change of the tally: where, when, how known, and +1 or -1."""
    return {
        "id": uuid.uuid4(),
        "petition_id": signature["petition_id"],
        "placement_id": signature["placement_id"] or 0,
        "hour": signature["hour"],
        "language": signature["language"],
        "country": signature["country"],
        "evidence": evidence or signature["evidence"],
        "n": n,
    }


def handle_for(prepared: Prepared | None, fate: Fate) -> str:
    """Give the answer page its handle; one that leads nowhere looks the same."""
    taken = prepared is not None and fate is Fate.TAKEN
    return str(prepared.handle) if prepared is not None and taken else blank_handle()
