"""Putting a backup into an empty database: at its own revision, checked row by row. Never commits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection, inspect, select, table, text

from campaign_app.core import backup_file, snapshot
from campaign_app.core.db import Base, db, session
from campaign_app.core.sealed_stream import BadFile
from campaign_app.core.snapshot import Shape, Sum

#: A database in which any of these has a row is in use.
TELLTALE: Final = ("person", "petition", "audit_entry", "signature")


class NotEmpty(Exception):
    """There is something in the database that a restore would overwrite."""


def revision() -> str | None:
    """Tell at which revision the database is; None before the first one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_known(wanted: str) -> bool:
    """Tell whether this software has the migrations of a backup."""
    config = current_app.extensions["migrate"].migrate.get_config()
    try:
        return ScriptDirectory.from_config(config).get_revision(wanted) is not None
    except CommandError:
        return False


def refuse_used() -> None:
    """Restore only into a database that nobody has used."""
    there = inspect(db.engine)
    with db.engine.connect() as connection:
        for name in TELLTALE:
            if there.has_table(name):
                query = select(text("1")).select_from(table(name)).limit(1)
                if connection.execute(query).first() is not None:
                    raise NotEmpty


def fit(wanted: str) -> None:
    """Give an unused database the tables of a backup's day."""
    now = revision()
    if now is None:
        flask_migrate.upgrade(revision=wanted)
    elif now != wanted:
        flask_migrate.downgrade(revision="base")
        flask_migrate.upgrade(revision=wanted)


def load(path: Path, key: bytes) -> int:
    """Write every table, compare what the database then holds, and tell how many rows came."""
    connection = session.connection()
    _clear(connection)
    loaded: list[Shape] = []
    rows = 0

    def take(shape: Shape, lines: Iterator[str]) -> Sum:
        nonlocal rows
        said = snapshot.load(connection, shape, lines)
        loaded.append(shape)
        rows += said.rows
        return _compared(connection, shape, said)

    with backup_file.opened(path, key) as source:
        next(source)
        backup_file.each_table(source, take)
    snapshot.count_on(connection, {shape.name for shape in loaded})
    return rows


def _clear(connection: Connection) -> None:
    """Take out what migrations put in: the backup has its own."""
    there = set(inspect(connection).get_table_names())
    for one in reversed(Base.metadata.sorted_tables):
        if one.name in there:
            connection.execute(one.delete())


def _compared(connection: Connection, shape: Shape, said: Sum) -> Sum:
    if snapshot.summed(connection, shape).said() != said.said():
        raise BadFile(f"The database keeps the rows of “{shape.name}” differently.")
    return said


def newest() -> None:
    """Bring what was restored to the newest revision."""
    flask_migrate.upgrade()


def head() -> Any:
    """Tell the newest revision that this software has."""
    config = current_app.extensions["migrate"].migrate.get_config()
    return ScriptDirectory.from_config(config).get_current_head()
