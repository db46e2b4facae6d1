"""Making a backup: one moment of the whole database, written while signatures come in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from campaign_app.audit import queries as audit
from campaign_app.core import backup_file, clock, snapshot
from campaign_app.core.backup_file import Head
from campaign_app.core.db import db, is_sqlite
from campaign_app.core.demo_guard import has_demo_rows
from campaign_app.core.settings import settings
from campaign_app.petitions import restoring, states, tally
from campaign_app.petitions.models import Petition
from campaign_app.petitions.signing import withdrawn_log

MADE = "backup.made"
#: A backup once a week may be a day late before anybody is troubled.
TOO_OLD_DAYS = 8


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written."""

    tables: int
    rows: int
    size: int
    revision: str


@contextmanager
def one_moment() -> Iterator[Connection]:
    """Read as of one moment, and hold nobody up; SQLite's read transaction does so by itself."""
    with db.engine.connect() as connection:
        if not is_sqlite():
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def make(path: Path, key: bytes) -> Made:
    """Write everything into a new file."""
    head = Head(
        revision=restoring.revision() or "",
        made_at=clock.now(),
        demo=has_demo_rows(),
        log_bytes=withdrawn_log().ensure(),
    )
    with backup_file.written(path, key) as put, one_moment() as connection:
        put(head.line())
        written = snapshot.write(connection, put)
        counted = _counted(connection)
        put(snapshot.dump({"end": len(written.sums), "counted": counted}))
    return Made(len(written.sums), written.rows, path.stat().st_size, head.revision)


def _counted(connection: Connection) -> dict[str, int]:
    """Tell each petition's tally at that moment, so that whoever restores can compare."""
    numbers = connection.scalars(select(Petition.id).order_by(Petition.id)).all()
    found = {}
    for number in numbers:
        rows = connection.execute(tally.TOTAL, {"petition": number})
        found[str(number)] = sum(int(n) for evidence, n, _at in rows if evidence in states.COUNTED)
    return found


def last() -> datetime | None:
    """Tell when the newest backup was made."""
    entries = audit.entries(action=MADE)
    return entries[0].at if entries else None


def days_since(made: datetime | None) -> int | None:
    """Tell how many whole days ago that was."""
    return None if made is None else (clock.now() - made).days


def is_overdue() -> bool:
    """Tell whether people must hear of it: no backup for 8 days, where names are at stake."""
    if not settings().is_production:
        return False
    age = days_since(last())
    return age is None or age >= TOO_OLD_DAYS
