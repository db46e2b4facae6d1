"""The worker's two short transactions: taking rows on a lease, and writing down how they went.

Between the two, nothing is locked. A worker that dies leaves leases that run out.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from campaign_app.core import clock
from campaign_app.core.db import insert, session
from campaign_app.outbox.budgets import Purse, give_back
from campaign_app.outbox.letters import hour_number, hour_start
from campaign_app.outbox.models import MailProblem, OutboxRow, Periodic
from campaign_app.outbox.queries import jobs_due, mail_due

MOST_MAILS: Final = 20
MOST_HELD: Final = 5000
MAIL_LEASE: Final = timedelta(minutes=2)
JOB_LEASE: Final = timedelta(minutes=15)
SPREAD_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the worker needs of a row that is now its own."""

    id: UUID
    topic: str
    ref: str
    payload: bytes
    key_hour: str | None
    template: str
    language: str
    lanes: str
    tries: int
    first_hour: int
    repeat_template: str | None
    repeat_after_hours: int | None
    sequence: int


class Fate(StrEnum):
    """How it went with a row."""

    DONE = "done"
    LATER = "later"  # it did not work; try again
    RELEASED = "released"  # not tried at all
    DROPPED = "dropped"  # never again
    FAILED = "failed"  # a job that a person must look at


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one row, and the class of what went wrong."""

    row: Claimed
    fate: Fate
    error: str = ""
    code: int = 0
    wait: float = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails to send now; `held` more wait for their budget."""

    rows: Sequence[Claimed]
    held: int
    hour: int


_COLUMNS: Final = tuple(getattr(OutboxRow, name) for name in Claimed.__slots__)


def claim_mail(owner: str) -> Batch:
    """Take the mails whose turn it is, within their lanes' budgets."""
    now = clock.now()
    hour = hour_number(now)
    rows = _locked(mail_due(now), MOST_MAILS)
    purse = Purse({lane for row in rows for lane in row.lanes.split()}, hour)
    full = {row.id: purse.take(row.lanes.split(), repeat=row.sequence > 0) for row in rows}
    purse.write()
    mine = [row for row in rows if full[row.id] is None]
    _lease(mine, owner, now + MAIL_LEASE)
    return Batch(mine, _hold_all(rows, full, now), hour)


def claim_job(owner: str, topics: Iterable[str]) -> Claimed | None:
    """Take one job; while it runs, another of its name may already wait."""
    now = clock.now()
    rows = _locked(jobs_due(now, topics), 1)
    _lease(rows, owner, now + JOB_LEASE)
    return rows[0] if rows else None


def _locked(which: ColumnElement[bool], most: int) -> list[Claimed]:
    """Read due rows, oldest first; on PostgreSQL pass by those that another worker reads."""
    query = select(*_COLUMNS).where(which).order_by(OutboxRow.run_at).limit(most)
    return [Claimed(*row) for row in session.execute(query.with_for_update(skip_locked=True))]


def _lease(rows: Sequence[Claimed], owner: str, until: datetime) -> None:
    if rows:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_([row.id for row in rows]))
            .values(lease_until=until, lease_owner=owner, held_by=None, dedupe=None)
        )


def _hold_all(rows: Sequence[Claimed], full: dict[UUID, str | None], now: datetime) -> int:
    """Move mails above a budget to the next hour, with all that wait for the same lanes."""
    kinds = {(row.lanes, row.sequence, full[row.id]) for row in rows if full[row.id]}
    return sum(_hold(lanes, sequence, str(lane), now) for lanes, sequence, lane in sorted(kinds))


def _hold(lanes: str, sequence: int, lane: str, now: datetime) -> int:
    alike = (
        select(OutboxRow.id)
        .where(mail_due(now), OutboxRow.lanes == lanes, OutboxRow.sequence >= sequence)
        .limit(MOST_HELD)
        .with_for_update(skip_locked=True)
    )
    later = hour_start(hour_number(now) + 1) + timedelta(seconds=_spread())
    return _changed(
        update(OutboxRow)
        .where(OutboxRow.id.in_(alike.scalar_subquery()))
        .values(run_at=later, held_by=lane)
    )


def _spread() -> float:
    return random.uniform(0, SPREAD_SECONDS)  # noqa: S311 -- spreads load, keeps no secret


def _changed(statement: Any) -> int:
    count: int = session.execute(
        statement, execution_options={"synchronize_session": False}
    ).rowcount  # type: ignore[attr-defined]  # the result of a change has it
    return count


def finish(outcomes: Sequence[Outcome], owner: str, *, hour: int) -> None:
    """Write down how it went; rows cancelled or taken over meanwhile are left alone."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.row.id)
    gone = [outcome.row.id for outcome in ordered if _leaves(outcome)]
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(gone), OutboxRow.lease_owner == owner))
    for rows, values in _alike([outcome for outcome in ordered if not _leaves(outcome)]):
        _free(rows, owner, values)
    for outcome in ordered:
        if outcome.fate is Fate.DROPPED and outcome.error:
            count_problem(outcome)
    unsent = [o.row.lanes for o in ordered if o.fate in (Fate.LATER, Fate.RELEASED)]
    give_back((lane for lanes in unsent for lane in lanes.split()), hour)


def _leaves(outcome: Outcome) -> bool:
    if outcome.fate is Fate.DROPPED:
        return True
    return outcome.fate is Fate.DONE and outcome.row.repeat_template is None


def _alike(outcomes: Iterable[Outcome]) -> list[tuple[list[UUID], dict[str, Any]]]:
    """Put rows together that become the same: a batch of mails that were sent is one statement."""
    groups: dict[tuple[tuple[str, Any], ...], list[UUID]] = {}
    for outcome in outcomes:
        groups.setdefault(tuple(_values(outcome).items()), []).append(outcome.row.id)
    return [(rows, dict(values)) for values, rows in groups.items()]


def _free(rows: Sequence[UUID], owner: str, values: dict[str, Any]) -> None:
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(rows), OutboxRow.lease_owner == owner)
        .values(lease_until=None, lease_owner=None, **values)
    )


def _values(outcome: Outcome) -> dict[str, Any]:
    if outcome.fate is Fate.DONE:
        return _as_repeat(outcome.row)
    if outcome.fate is Fate.RELEASED:
        return {}
    return {
        "tries": outcome.row.tries + 1,
        "last_error": outcome.error,
        "last_code": outcome.code,
        "run_at": clock.now() + timedelta(seconds=outcome.wait),
        "failed": outcome.fate is Fate.FAILED,
    }


def _as_repeat(row: Claimed) -> dict[str, Any]:
    """Turn a mail that was sent into its repeat, which knows only the hour."""
    at = clock.hour_of(clock.now()) + timedelta(hours=row.repeat_after_hours or 0)
    return {
        "template": row.repeat_template,
        "repeat_template": None,
        "repeat_after_hours": None,
        "sequence": row.sequence + 1,
        "due_at": at,
        "run_at": at,
        "tries": 0,
        "last_error": "",
        "last_code": 0,
    }


def count_problem(outcome: Outcome) -> None:
    """Count what went wrong with a mail, in this hour, without saying whose it was."""
    row = outcome.row
    _count(outcome.error, code=outcome.code, template=row.template, language=row.language)


def count_trouble(error: str, code: int) -> None:
    """Count that the mail server as a whole did not work."""
    _count(error, code=code, template="", language="")


def count_lost(error: str, *, template: str, language: str, count: int) -> None:
    """Count mails that were given up together."""
    _count(error, code=0, template=template, language=language, count=count)


def _count(error: str, *, code: int, template: str, language: str, count: int = 1) -> None:
    statement = insert(MailProblem).values(
        hour=hour_number(clock.now()),
        error=error,
        code=code,
        template=template,
        language=language,
        count=count,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["hour", "error", "code", "template", "language"],
            set_={"count": MailProblem.count + count},
        )
    )


def forget_leases(crew: str = "") -> None:
    """End the leases of a crew, or every lease: who holds its lock knows that no other of it lives."""
    held = update(OutboxRow).where(OutboxRow.lease_until.is_not(None))
    if crew:
        held = held.where(OutboxRow.lease_owner.startswith(crew))
    session.execute(held.values(lease_until=None, lease_owner=None))
    if not crew:
        session.execute(update(Periodic).values(lease_until=None))
