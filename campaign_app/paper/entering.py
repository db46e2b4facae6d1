"""Typing what stands on paper: sealed at once, counted once, whoever types it.

    desk, seen = …                     # outside the transaction: names are sealed, mailboxes hashed
    told = transact(lambda: enter(entry))

One row stands for a line; of two people who type it the second hears `Told.ALREADY`.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import update

from campaign_app.audit.services import acting, record
from campaign_app.core import wall_clock
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.paper import comparing, queries, services, states
from campaign_app.paper.comparing import Read
from campaign_app.paper.models import PaperBatch, PaperLine, PaperSheet
from campaign_app.petitions import states as signing
from campaign_app.petitions import witnessing
from campaign_app.petitions.desk import FEWEST_KEYS, Desks, PartNow, text_now
from campaign_app.petitions.secrets_of import new_receipt
from campaign_app.petitions.signing import SigningUnavailable
from campaign_app.petitions.witnessing import Blocked, Fate, Prepared, Seen


class NotTyped(DomainError):
    """A sheet from which nothing is typed as it is now."""

    text = _l("Nothing can be typed from this sheet as it is now. Say first that it is collected.")


class NoSuchLine(DomainError):
    """A sheet has fewer lines, or nobody typed this one."""

    status = 404
    text = _l("There is no such line on this sheet.")


class Told(StrEnum):
    """What came of typing a line."""

    SIGNED = states.SIGNED
    DUPLICATE = states.DUPLICATE
    BLOCKED = states.BLOCKED
    NOTED = "noted"
    #: Somebody typed it before.
    ALREADY = "already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line as it was typed, sealed and hashed; nothing in it can be read."""

    sheet_id: int
    batch_id: int
    number: int
    line: int
    outcome: str
    digest: bytes | None = None
    prepared: Prepared | None = None


def is_line(sheet: PaperSheet, line: int) -> bool:
    """Tell whether a sheet has such a line."""
    return 1 <= line <= states.LINES[sheet.batch.kind]


def unsigned(sheet: PaperSheet, line: int, outcome: str) -> Entry:
    """Prepare what counts for nobody: illegible, empty, struck out, without consent."""
    return Entry(
        sheet_id=sheet.id,
        batch_id=sheet.batch_id,
        number=sheet.number,
        line=line,
        outcome=outcome,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person wrote on a line, and the boxes they ticked."""

    read: Read
    country: str
    parts: list[PartNow]


def signed(sheet: PaperSheet, line: int, given: Given, desks: Desks) -> Entry:
    """Seal and hash a signature; a blocked mailbox leaves only that it was blocked."""
    compared = comparing.digest(sheet, line, given.read, desks)
    try:
        prepared = witnessing.prepare(_seen(sheet.batch, given, desks), desks)
    except Blocked:
        prepared = None
    return Entry(
        sheet_id=sheet.id,
        batch_id=sheet.batch_id,
        number=sheet.number,
        line=line,
        outcome=states.SIGNED if prepared else states.BLOCKED,
        digest=compared,
        prepared=prepared,
    )


def compared(sheet: PaperSheet, line: int, read: Read, desks: Desks) -> bytes:
    """Hash what a second person read, to compare it with what the first one did."""
    return comparing.digest(sheet, line, read, desks)


def _seen(batch: PaperBatch, given: Given, desks: Desks) -> Seen:
    desk, read = desks.desk.get(batch.petition_id), given.read
    if desk is None or len(desk.keys) < FEWEST_KEYS:
        raise SigningUnavailable
    return Seen(
        row=uuid.uuid4(),
        desk=desk,
        text=text_now(batch.words, batch.words.revision, desk.source_language),
        parts=given.parts,
        name=read.name,
        address=read.address,
        mailbox=read.mailbox,
        country=given.country,
        language=batch.language,
        placement_id=batch.placement_id,
        hour=hour_of(batch),
        evidence=signing.ON_PAPER,
        # Whoever gave no mailbox has the stub with the number of the sheet.
        receipt=new_receipt() if read.mailbox else "",
    )


def hour_of(batch: PaperBatch) -> int:
    """Take noon of the day on which a batch was signed, never an hour to come."""
    noon = datetime.combine(batch.signed_on, time(12))
    hour = wall_clock.hour_number(wall_clock.read(noon, batch.zone).moment)
    return min(hour, wall_clock.this_hour())


def enter(entry: Entry) -> Told:
    """Write what was typed, in the caller's transaction; nobody's line is written twice."""
    sheet = _open_sheet(entry)
    if not _claimed(entry):
        return Told.ALREADY
    told = _stored(entry)
    _go_on(sheet)
    return told


def _open_sheet(entry: Entry) -> PaperSheet:
    services.locked_for_typing(entry.batch_id)
    (sheet,) = services.held(entry.batch_id, [entry.number])
    if sheet.state not in states.TYPED_FROM:
        raise NotTyped
    return sheet


def _claimed(entry: Entry) -> bool:
    """Take the line, unless somebody has it; a line to be looked at again is free."""
    seen = entry.prepared.seen if entry.prepared else None
    values: dict[str, Any] = {
        "outcome": entry.outcome,
        "signature_id": seen.row if seen else None,
        "person_id": acting.get().person_id or 0,
        "hour": wall_clock.this_hour(),
        "digest": entry.digest,
    }
    key = {"sheet_id": entry.sheet_id, "line": entry.line}
    row = insert(PaperLine).values(key | values)
    mine = row.on_conflict_do_update(
        index_elements=list(key), set_=values, where=PaperLine.outcome == states.AGAIN
    )
    return session.scalar(mine.returning(PaperLine.line)) is not None


def _stored(entry: Entry) -> Told:
    if entry.prepared is None:
        return Told.BLOCKED if entry.outcome == states.BLOCKED else Told.NOTED
    if witnessing.store(entry.prepared) is Fate.COUNTED:
        return Told.SIGNED
    session.execute(
        update(PaperLine)
        .where(PaperLine.sheet_id == entry.sheet_id, PaperLine.line == entry.line)
        .values(outcome=states.DUPLICATE, signature_id=None)
    )
    return Told.DUPLICATE


def _go_on(sheet: PaperSheet) -> None:
    """Let the first line say that a sheet is here, and the last one that it is entered."""
    if not services.settle(sheet) and sheet.state == states.PRINTED:
        services.move(sheet.batch, [sheet.number], states.COLLECTED)


def rest_is_empty(sheet: PaperSheet) -> int:
    """Say that nothing stands on the lines that nobody typed; tell how many."""
    typed = queries.lines(sheet.id)
    free = [n for n in range(1, states.LINES[sheet.batch.kind] + 1) if n not in typed]
    told = [enter(unsigned(sheet, line, states.EMPTY)) for line in free]
    return sum(one is not Told.ALREADY for one in told)


def take_out(sheet: PaperSheet, number: int, outcome: str, reason: str) -> PaperLine:
    """Take a line back: because it was typed wrongly (AGAIN), or at the signer's wish (WITHDRAWN)."""
    if outcome == states.AGAIN:  # whoever signed may withdraw as long as there is a signature
        services.locked_for_typing(sheet.batch_id)
    (held,) = services.held(sheet.batch_id, [sheet.number])
    row = _typed(held, number)
    if outcome == states.AGAIN and held.state not in states.TYPED_FROM:
        raise NotTyped
    reopen(row, outcome)
    record(
        f"paper.line_{outcome}",
        f"paper:{sheet.batch_id}",
        sheet=sheet.number,
        line=number,
        reason=reason,
    )
    return row


def _typed(sheet: PaperSheet, number: int) -> PaperLine:
    row = queries.line(sheet.id, number)
    if row is None or row.outcome in {states.AGAIN, states.WITHDRAWN}:
        raise NoSuchLine
    return row


def reopen(row: PaperLine, outcome: str) -> None:
    """Void what a line counted for; whoever withdrew in the meantime is never typed again."""
    signature, row.signature_id = row.signature_id, None
    row.outcome, row.digest = outcome, None
    if signature is not None and not witnessing.void(row.sheet.batch.petition_id, signature):
        row.outcome = states.WITHDRAWN
    session.flush()
