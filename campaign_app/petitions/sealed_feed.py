"""Sealed records for an organiser's browser, page by page: what opens them never comes here."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from campaign_app.audit import services as audit
from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.json_fields import base64_text
from campaign_app.petitions import queries, states
from campaign_app.petitions.models import KEY_IN_USE, OrganiserKey, Petition
from campaign_app.petitions.signing import SECONDS_AN_HOUR
from campaign_app.petitions.signing_models import GivenConsent, SealedCopy, Signature

#: Some 700 kB on the line, and a second's work for a phone.
ROWS_AT_ONCE: Final = 1000
#: One deed, however many pages it takes.
ONE_SITTING: Final = timedelta(hours=1)
OPENED: Final = "signatures.opened"
#: Those who count, and those who were taken out and may be put back.
SHOWN: Final = (states.CONFIRMED, states.INVALIDATED)


def facts(petition: Petition) -> dict[str, Any]:
    """Tell what a browser needs besides the records: which keys, parts and texts these name."""
    return {
        "petition": petition.uid,
        "keys": {key.key_id: key.label for key in keys_in_use()},
        "parts": {
            str(part.id): [part.kind, part.sha256] for part in queries.all_parts(petition.id)
        },
        "texts": {
            str(text.id): [text.language, text.revision, text.sha256 or ""]
            for text in queries.texts(petition.id)
        },
    }


def keys_in_use() -> Sequence[OrganiserKey]:
    """List the keys that records are sealed to."""
    query = select(OrganiserKey).where(KEY_IN_USE).order_by(OrganiserKey.id)
    return session.scalars(query).all()


def how_many(petition_id: int) -> int:
    """Count the records that a browser will fetch."""
    query = select(func.count()).select_from(Signature).where(*_of(petition_id))
    return session.scalar(query) or 0


def _of(petition_id: int) -> tuple[ColumnElement[bool], ...]:
    """Choose what has names to open; once they are deleted there are none."""
    return (
        Signature.petition_id == petition_id,
        Signature.state.in_(SHOWN),
        Signature.sealed.is_not(None),
    )


def key_is_known(key_id: str) -> bool:
    """Tell whether records are sealed to this key."""
    return key_id in {key.key_id for key in keys_in_use()}


def is_noted(petition_id: int) -> bool:
    """Tell whether the trail says already that this person opens the names: once a sitting."""
    query = select(AuditEntry.id).where(
        AuditEntry.action == OPENED,
        AuditEntry.subject == f"petition:{petition_id}",
        AuditEntry.person_id == audit.acting.get().person_id,
        AuditEntry.at > clock.now() - ONE_SITTING,
    )
    return session.scalar(query.limit(1)) is not None


def note(petition_id: int, key_id: str) -> None:
    """Put into the trail that a person opens the names, and with which key."""
    audit.record(OPENED, f"petition:{petition_id}", key_id=key_id, count=how_many(petition_id))


def page(petition_id: int, key_id: str, after: UUID | None) -> dict[str, Any]:
    """Read the next records, each with its copy for one key, and where to go on."""
    rows = _rows(petition_id, key_id, after)
    given = _given(petition_id, [row.id for row in rows])
    return {
        "rows": [_line(row, given[row.id]) for row in rows],
        "next": rows[-1].id.hex if len(rows) == ROWS_AT_ONCE else None,
    }


def _rows(petition_id: int, key_id: str, after: UUID | None) -> Sequence[Any]:
    copy = (
        (SealedCopy.petition_id == Signature.petition_id)
        & (SealedCopy.signature_id == Signature.id)
        & (SealedCopy.key_id == key_id)
    )
    query = (
        select(
            *(Signature.id, Signature.text_id, Signature.state, Signature.evidence),
            *(Signature.language, Signature.country, Signature.hour, Signature.sealed),
            SealedCopy.wrapped,
        )
        .outerjoin(SealedCopy, copy)
        .where(*_of(petition_id))
        .order_by(Signature.id)
        .limit(ROWS_AT_ONCE)
    )
    return session.execute(query if after is None else query.where(Signature.id > after)).all()


def _given(petition_id: int, rows: Sequence[UUID]) -> dict[UUID, list[int]]:
    """List the consents that hold today."""
    query = select(GivenConsent.signature_id, GivenConsent.part_id).where(
        GivenConsent.petition_id == petition_id,
        GivenConsent.signature_id.in_(rows),
        GivenConsent.ended_on.is_(None),
    )
    found: dict[UUID, list[int]] = defaultdict(list)
    for row, part in session.execute(query):
        found[row].append(part)
    return found


def _line(row: Any, parts: list[int]) -> dict[str, Any]:
    return {
        "row": row.id.hex,
        "on": datetime.fromtimestamp(row.hour * SECONDS_AN_HOUR, UTC).date().isoformat(),
        "language": row.language,
        "country": row.country,
        "evidence": row.evidence,
        "state": row.state,
        "text": row.text_id,
        "parts": parts,
        "box": base64_text(row.sealed or b""),
        "copy": base64_text(row.wrapped or b""),
    }
