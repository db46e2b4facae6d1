"""Posting mail and jobs: written with the deed that wants them, done later, at least once.

    letter = seal_letter(to=…, template="petitions/confirm", language="ko", context={…})
    transact(lambda: post(letter, ref="signature:…"))

A mail template lies in templates/<room>/mail/<name>.{subject.txt,txt,html} and sees the letter's
context, `organisation` and `public_url`.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, update

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.keyring import Keyring
from campaign_app.core.settings import settings
from campaign_app.outbox import letters
from campaign_app.outbox.letters import Letter, Repeat, hour_number
from campaign_app.outbox.models import HAS_DEDUPE, MAIL, OutboxRow
from campaign_app.outbox.registry import every, guard, on

__all__ = [
    "Letter",
    "Repeat",
    "cancel",
    "cancel_all",
    "enqueue_job",
    "every",
    "guard",
    "on",
    "post",
    "post_all",
    "remove_job",
    "retry_job",
    "seal_letter",
]

_INSERT: Final = insert(OutboxRow.__table__)  # type: ignore[arg-type]  # a mapped class has a Table


def seal_letter(
    *,
    to: str,
    template: str,
    language: str,
    context: Mapping[str, Any],
    lanes: Sequence[str] = (),
    repeat: Repeat | None = None,
    row: UUID | None = None,
) -> Letter:
    """Close a letter so that only the worker can read it; asks no database, so call it first."""
    return letters.seal(
        Keyring(settings().key_dir),
        to=to,
        template=template,
        language=language,
        context=context,
        lanes=lanes,
        repeat=repeat,
        row=row,
    )


def post(letter: Letter, *, ref: str = "") -> None:
    """Put a letter into the outbox, in the transaction of the deed that wants it."""
    post_all([(letter, ref)])


def post_all(letters: Sequence[tuple[Letter, str]]) -> None:
    """Put letters into the outbox, each with its `ref`, in the transaction that wants them."""
    now = clock.now()
    session.connection().execute(_INSERT, [_row(letter, ref, now) for letter, ref in letters])


def _row(letter: Letter, ref: str, now: datetime) -> dict[str, Any]:
    repeat = letter.repeat
    return {
        "id": letter.id,
        "topic": MAIL,
        "is_mail": True,
        "ref": ref,
        "payload": letter.payload,
        "key_hour": letter.key_hour,
        "template": letter.template,
        "language": letter.language,
        "lanes": letter.lanes,
        "due_at": now,
        "run_at": now,
        "first_hour": letter.hour,
        "repeat_template": repeat.template if repeat else None,
        "repeat_after_hours": repeat.after_hours if repeat else None,
    }


def cancel(ref: str) -> None:
    """Take back what waits for this `ref`; what is on its way cannot be caught."""
    if not ref:
        raise ValueError("without a ref this would take back everything that has none")
    session.execute(delete(OutboxRow).where(OutboxRow.ref == ref))


def cancel_all(refs: Sequence[str]) -> None:
    """Take back what waits for any of these."""
    if not all(refs):
        raise ValueError("without a ref this would take back everything that has none")
    session.execute(delete(OutboxRow).where(OutboxRow.ref.in_(refs)))


def enqueue_job(
    topic: str,
    payload: dict[str, Any],
    *,
    dedupe: str | None = None,
    run_at: datetime | None = None,
) -> None:
    """Write down a job; with `dedupe` only if none of that name waits yet.

    A job that already runs does not count as waiting: what changes now may be news to it.
    """
    now = clock.now()
    statement = db.insert(OutboxRow).values(
        id=uuid.uuid4(),
        topic=topic,
        is_mail=False,
        ref="",
        payload=json.dumps(payload).encode(),
        due_at=run_at or now,
        run_at=run_at or now,
        first_hour=hour_number(now),
        dedupe=dedupe,
    )
    if dedupe is not None:
        statement = statement.on_conflict_do_nothing(
            index_elements=["dedupe"], index_where=HAS_DEDUPE
        )
    session.execute(statement)


def retry_job(job: UUID) -> None:
    """Give a job that failed too often another round."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == job, OutboxRow.failed)
        .values(failed=False, tries=0, run_at=clock.now())
    )


def remove_job(job: UUID) -> None:
    """Give a job up that failed too often."""
    session.execute(delete(OutboxRow).where(OutboxRow.id == job, OutboxRow.failed))
