"""Sealed records on their way to the laptop that can open them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.seal import PublicKey, SealedRecord
from campaign_app.core.sealed_record import (
    ConsentGiven,
    ExportHeader,
    ExportKey,
    ExportLine,
    ExportPart,
    TextSigned,
    export_header,
    export_line,
)
from campaign_app.petitions import queries, states
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText
from campaign_app.petitions.signing_models import GivenConsent, SealedCopy, Signature

ROWS_AT_ONCE = 500


def lines(petition: Petition) -> Iterator[str]:
    """Write a petition's counted signatures, sealed as they are, line by line."""
    texts = {text.id: text for text in queries.texts(petition.id)}
    parts = {part.id: part for part in queries.all_parts(petition.id)}
    yield export_header(_header(petition, texts, parts))
    last: UUID | None = None
    while batch := _batch(petition.id, last):
        copies, given = _copies(petition.id, batch), _given(petition.id, batch)
        for row in batch:
            yield export_line(_line(row, texts, copies[row.id], [parts[p] for p in given[row.id]]))
        last = batch[-1].id


def _header(
    petition: Petition, texts: dict[int, PetitionText], parts: dict[int, ConsentPart]
) -> ExportHeader:
    keys = [
        ExportKey(key.key_id, PublicKey.from_text(key.public_key).fingerprint, key.label)
        for key in queries.organiser_keys()
    ]
    return ExportHeader(
        petition_uid=petition.uid,
        slug=petition.slug,
        titles={t.language: t.title for t in texts.values() if t.state == states.APPROVED},
        exported_at=clock.now().isoformat(timespec="seconds"),
        keys=keys,
        parts={
            str(part.id): ExportPart(part.kind, part.language, part.version, part.sha256)
            for part in parts.values()
        },
        signatures=_how_many(petition.id),
    )


def _counts_and_is_sealed(petition_id: int) -> list[Any]:
    """Describe what is exported; a signature whose name was deleted counts, and has no record."""
    return [
        Signature.petition_id == petition_id,
        Signature.state == states.CONFIRMED,
        Signature.sealed.is_not(None),
    ]


def _how_many(petition_id: int) -> int:
    query = select(func.count()).select_from(Signature).where(*_counts_and_is_sealed(petition_id))
    return session.scalar(query) or 0


def _batch(petition_id: int, after: UUID | None) -> list[Signature]:
    query = (
        select(Signature)
        .where(*_counts_and_is_sealed(petition_id))
        .order_by(Signature.id)
        .limit(ROWS_AT_ONCE)
    )
    if after is not None:
        query = query.where(Signature.id > after)
    return list(session.scalars(query))


def _copies(petition_id: int, batch: list[Signature]) -> dict[UUID, dict[str, bytes]]:
    query = select(SealedCopy.signature_id, SealedCopy.key_id, SealedCopy.wrapped).where(
        SealedCopy.petition_id == petition_id,
        SealedCopy.signature_id.in_([row.id for row in batch]),
    )
    found: dict[UUID, dict[str, bytes]] = defaultdict(dict)
    for row, key_id, wrapped in session.execute(query):
        found[row][key_id] = wrapped
    return found


def _given(petition_id: int, batch: list[Signature]) -> dict[UUID, list[int]]:
    query = select(GivenConsent.signature_id, GivenConsent.part_id).where(
        GivenConsent.petition_id == petition_id,
        GivenConsent.signature_id.in_([row.id for row in batch]),
        GivenConsent.ended_on.is_(None),
    )
    found: dict[UUID, list[int]] = defaultdict(list)
    for row, part_id in session.execute(query):
        found[row].append(part_id)
    return found


def _line(
    row: Signature, texts: Any, copies: dict[str, bytes], parts: list[ConsentPart]
) -> ExportLine:
    text = texts[row.text_id]
    moment = datetime.fromtimestamp(row.hour * 3600, UTC)
    return ExportLine(
        row=row.id.hex,
        date=moment.date(),
        hour=moment.hour,
        language=row.language,
        country=row.country,
        evidence=row.evidence,
        text=TextSigned(text.language, text.revision, text.sha256 or ""),
        consents=[ConsentGiven(str(part.id), part.kind, part.version) for part in parts],
        record=SealedRecord(box=row.sealed or b"", copies=copies),
    )
