"""Runs migrations on the engine of the app that asks. Migrations themselves never import the app."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from campaign_app.core.db import Base, db, render_item

config = context.config


@contextmanager
def _tables_rebuilt(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table that others point at; what they point at is checked afterwards.

    It cannot alter a table in place, and dropping the old one would count as deleting its rows.
    The switch has no effect inside a transaction, hence around them all; a last look at the
    revision may have begun another one, and the connection goes on to whoever asks next.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    plain = connection.connection.dbapi_connection
    assert plain is not None  # noqa: S101 -- just connected
    plain.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]  # SQLite's own
    try:
        yield
        dangling = plain.execute("PRAGMA foreign_key_check").fetchall()  # type: ignore[attr-defined]
    finally:
        connection.rollback()
        plain.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]
    if dangling:
        raise SystemExit(f"After the migration rows point at nothing: {dangling[:5]}")


def run() -> None:
    """Bring the database to a revision, in one transaction per migration."""
    options = current_app.extensions["migrate"].configure_args | {"render_item": render_item}
    with db.engine.connect() as connection, _tables_rebuilt(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database to look at; run them with DATABASE_URL set.")
run()
