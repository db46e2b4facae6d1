"""Repeated jobs that remember when they are due, also over a restart."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session
from campaign_app.outbox.claims import JOB_LEASE
from campaign_app.outbox.models import Periodic
from campaign_app.outbox.registry import Repeated

RETRY_SECONDS = 60


def due(jobs: Sequence[Repeated]) -> list[Repeated]:
    """Find the jobs whose time has come, or that never ran."""
    query = select(Periodic.name, Periodic.due_at, Periodic.lease_until)
    known = {name: (due_at, lease) for name, due_at, lease in session.execute(query)}
    now = clock.now()
    return [job for job in jobs if job.name not in known or _open(*known[job.name], now)]


def _open(due_at: datetime, lease: datetime | None, now: datetime) -> bool:
    return due_at <= now and (lease is None or lease < now)


def claim(job: Repeated) -> datetime | None:
    """Take a job; of several workers that try, one gets the time until which it is theirs."""
    now = clock.now()
    until = now + JOB_LEASE
    session.execute(
        insert(Periodic).values(name=job.name, due_at=now, last_error="").on_conflict_do_nothing()
    )
    taken = changed_one(
        update(Periodic)
        .where(
            Periodic.name == job.name,
            Periodic.due_at <= now,
            or_(Periodic.lease_until.is_(None), Periodic.lease_until < now),
        )
        .values(lease_until=until)
    )
    return until if taken else None


def finish(job: Repeated, until: datetime, error: str) -> None:
    """Write down how a job went, and when it is due again: soon if it failed."""
    now = clock.now()
    wait = min(job.seconds, RETRY_SECONDS) if error else job.seconds
    values = {"lease_until": None, "due_at": now + timedelta(seconds=wait), "last_error": error}
    if not error:
        values["last_ok_at"] = now
    session.execute(
        update(Periodic)
        .where(Periodic.name == job.name, Periodic.lease_until == until)
        .values(**values)
    )
