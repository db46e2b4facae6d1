"""Proving a mailbox: once, by link or code, whichever comes first; twice shows the same."""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update

from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session, table_of
from campaign_app.outbox import services as outbox
from campaign_app.petitions import states
from campaign_app.petitions.desk import Desk
from campaign_app.petitions.secrets_of import Handle, Link, receipt_hash
from campaign_app.petitions.signing import delta_values, reference
from campaign_app.petitions.signing_models import Mailbox, Receipt, Signature, TallyDelta

MOST_WRONG_CODES: Final = 5


class Verdict(StrEnum):
    """How a confirmation ended."""

    CONFIRMED = "confirmed"
    WRONG_CODE = "wrong code"
    TOO_MANY_CODES = "too many codes"
    GONE = "gone"
    TOO_LATE = "too late"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict, and the receipt where there is one."""

    verdict: Verdict
    receipt: str = ""
    language: str = ""


_COLUMNS: Final = (
    Signature.petition_id,
    Signature.id,
    Signature.placement_id,
    Signature.state,
    Signature.evidence,
    Signature.language,
    Signature.country,
    Signature.hour,
    Signature.blind_index,
    Signature.link_hash,
    Signature.code_hash,
    Signature.wrong_codes,
    Signature.leads,
)


def read(petition_id: int, row: UUID) -> Any:
    """Read what an attempt is, but for what is sealed; None if there is none."""
    query = select(*_COLUMNS).where(Signature.petition_id == petition_id, Signature.id == row)
    return session.execute(query).mappings().first()


def by_link(desk: Desk, link: Link) -> Outcome:
    """Confirm what the form behind a mail's link said."""
    found = read(desk.id, link.row)
    if found is None or not hmac.compare_digest(found["link_hash"], link.secret_hash):
        return Outcome(Verdict.GONE)
    return _confirm(desk, found, link.receipt)


def by_code(desk: Desk, handle: Handle, code: str) -> Outcome:
    """Confirm by the six digits of the mail; five wrong ones close this way, not the link."""
    found = read(desk.id, handle.row)
    if found is None:
        return Outcome(Verdict.WRONG_CODE)
    if found["wrong_codes"] >= MOST_WRONG_CODES:
        return Outcome(Verdict.TOO_MANY_CODES)
    if not hmac.compare_digest(found["code_hash"], handle.code_hash(code)):
        return _wrong(found)
    return _confirm(desk, found, handle.receipt(code))


def _wrong(found: Any) -> Outcome:
    """Count a wrong code; the row itself decides when there were enough."""
    session.execute(
        update(Signature)
        .where(
            Signature.petition_id == found["petition_id"],
            Signature.id == found["id"],
            Signature.wrong_codes < MOST_WRONG_CODES,
        )
        .values(wrong_codes=Signature.wrong_codes + 1)
    )
    return Outcome(Verdict.WRONG_CODE)


def _confirm(desk: Desk, found: Any, receipt: str) -> Outcome:
    if found["state"] in (states.WITHDRAWN, states.INVALIDATED):
        return Outcome(Verdict.GONE)
    if found["state"] == states.AWAITING:
        if not desk.confirms(clock.now()):
            return Outcome(Verdict.TOO_LATE)
        if not move(found, states.BY_MAIL) and _state_now(found) != states.CONFIRMED:
            return Outcome(Verdict.GONE)
    keep_receipt(found, receipt)
    return Outcome(Verdict.CONFIRMED, receipt, found["language"])


def _state_now(found: Any) -> str | None:
    return session.scalar(
        select(Signature.state).where(
            Signature.petition_id == found["petition_id"], Signature.id == found["id"]
        )
    )


def move(found: Any, evidence: str) -> bool:
    """Let this attempt count as known that way; the mailbox's others go. False if one was first."""
    mine = (
        Mailbox.petition_id == found["petition_id"],
        Mailbox.blind_index == found["blind_index"],
    )
    first = changed_one(update(Mailbox).where(*mine, Mailbox.signed.is_(False)).values(signed=True))
    if not first:
        return False
    moved = changed_one(
        update(Signature)
        .where(
            Signature.petition_id == found["petition_id"],
            Signature.id == found["id"],
            Signature.state == states.AWAITING,
        )
        .values(state=states.CONFIRMED, evidence=evidence)
    )
    if not moved:
        session.execute(update(Mailbox).where(*mine).values(signed=False))
        return False
    settle(found, evidence)
    return True


def settle(found: Any, evidence: str) -> None:
    """Write the deltas: one no longer awaited, one counted; what else waited of the mailbox goes."""
    others = _others(found) if found["blind_index"] else []
    lead = found if found["leads"] else next((o for o in others if o["leads"]), None)
    changes = [delta_values(found, 1, evidence)]
    if lead is not None:
        changes.append(delta_values(lead, -1, states.UNCONFIRMED))
    session.execute(table_of(TallyDelta).insert(), changes)
    for row in (found, *others):
        outbox.cancel(reference(row["petition_id"], row["id"]))
    if others:
        session.execute(
            delete(Signature).where(
                Signature.petition_id == found["petition_id"],
                Signature.id.in_([other["id"] for other in others]),
            )
        )


def _others(found: Any) -> list[Any]:
    query = select(*_COLUMNS).where(
        Signature.petition_id == found["petition_id"],
        Signature.blind_index == found["blind_index"],
        Signature.state == states.AWAITING,
        Signature.id != found["id"],
    )
    return list(session.execute(query).mappings())


def keep_receipt(found: Any, receipt: str) -> None:
    """Keep the receipt's hash; the same proof gives the same receipt."""
    session.execute(
        insert(Receipt)
        .values(
            code_hash=receipt_hash(receipt),
            petition_id=found["petition_id"],
            signature_id=found["id"],
        )
        .on_conflict_do_nothing()
    )
