"""What waits, for how long, and what went wrong: for the console, without any address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, case, func, or_, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.outbox.letters import hour_number, hour_start
from campaign_app.outbox.models import MailProblem, OutboxRow, Periodic

STUCK_AFTER: Final = timedelta(minutes=15)
PROBLEM_HOURS: Final = 7 * 24
#: Neither a budget nor a failed try moves a mail further than this, so an index finds them all.
SOON: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The outbox at a glance."""

    waiting: int
    held: int
    retrying: int
    planned: int
    jobs: int
    failed: int
    oldest: datetime | None

    @property
    def oldest_minutes(self) -> int:
        """Tell how long the oldest mail waits that no budget holds."""
        return int((clock.now() - self.oldest).total_seconds() // 60) if self.oldest else 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong in the last days, and how often."""

    error: str
    code: int
    template: str
    count: int
    last: datetime


def is_due(now: datetime) -> ColumnElement[bool]:
    """Describe rows that wait for a worker."""
    free = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now)
    return (OutboxRow.run_at <= now) & free & OutboxRow.failed.is_(False)


def mail_due(now: datetime) -> ColumnElement[bool]:
    """Describe mails to send."""
    return OutboxRow.is_mail.is_(True) & is_due(now)


def jobs_due(now: datetime, topics: Iterable[str]) -> ColumnElement[bool]:
    """Describe jobs that somebody here can do."""
    return OutboxRow.is_mail.is_(False) & OutboxRow.topic.in_(list(topics)) & is_due(now)


def numbers() -> Numbers:
    """Count what waits."""
    mail, now = OutboxRow.is_mail.is_(True), clock.now()
    due, held = OutboxRow.due_at <= now, OutboxRow.held_by.is_not(None)
    row = session.execute(
        select(
            _count(mail & due & ~held),
            _count(mail & held),
            _count(mail & (OutboxRow.tries > 0)),
            _count(mail & ~due),
            _count(~mail & ~OutboxRow.failed),
            _count(~mail & OutboxRow.failed),
            func.min(case((mail & due & ~held, OutboxRow.due_at))),
        )
    ).one()
    return Numbers(*row)


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def held_lanes() -> Sequence[tuple[str, int]]:
    """List the budgets that are used up, and how many mails wait for each."""
    query = (
        select(OutboxRow.held_by, func.count())
        .where(OutboxRow.is_mail.is_(True), OutboxRow.held_by.is_not(None), _soon())
        .group_by(OutboxRow.held_by)
        .order_by(func.count().desc(), OutboxRow.held_by)
    )
    return [(str(lane), count) for lane, count in session.execute(query)]


def _soon() -> ColumnElement[bool]:
    return OutboxRow.run_at <= clock.now() + SOON


def stuck() -> bool:
    """Tell whether a mail waits for long that should have gone."""
    query = select(OutboxRow.id).where(
        OutboxRow.is_mail.is_(True),
        _soon(),
        OutboxRow.due_at <= clock.now() - STUCK_AFTER,
        OutboxRow.held_by.is_(None),
    )
    return session.execute(query.limit(1)).first() is not None


def problems() -> Sequence[Problem]:
    """List what went wrong in the last seven days, latest first."""
    last = func.max(MailProblem.hour)
    query = (
        select(
            MailProblem.error,
            MailProblem.code,
            MailProblem.template,
            func.sum(MailProblem.count),
            last,
        )
        .where(MailProblem.hour > hour_number(clock.now()) - PROBLEM_HOURS)
        .group_by(MailProblem.error, MailProblem.code, MailProblem.template)
        .order_by(last.desc(), MailProblem.error, MailProblem.code, MailProblem.template)
    )
    return [Problem(*row[:4], last=hour_start(row[4])) for row in session.execute(query)]


def failed_jobs() -> Sequence[Row[UUID, str, int, str, datetime]]:
    """List the jobs that failed too often (id, topic, tries, last_error, due_at)."""
    query = select(
        OutboxRow.id, OutboxRow.topic, OutboxRow.tries, OutboxRow.last_error, OutboxRow.due_at
    )
    return session.execute(query.where(OutboxRow.failed).order_by(OutboxRow.due_at)).all()


def troubled_repeats() -> Sequence[Periodic]:
    """List the repeated jobs whose last round failed."""
    query = select(Periodic).where(Periodic.last_error != "").order_by(Periodic.name)
    return session.scalars(query).all()


def mail_is_due() -> bool:
    """Tell cheaply whether there is mail to send."""
    return _exists(mail_due(clock.now()))


def job_is_due(topics: Iterable[str]) -> bool:
    """Tell cheaply whether there is a job to do."""
    return _exists(jobs_due(clock.now(), topics))


def _exists(which: ColumnElement[bool]) -> bool:
    query: Any = select(OutboxRow.id).where(which).limit(1)
    return session.execute(query).first() is not None


def key_hours() -> set[str]:
    """Name the hours whose keys still close a letter."""
    return {hour for hour in session.scalars(select(OutboxRow.key_hour).distinct()) if hour}
