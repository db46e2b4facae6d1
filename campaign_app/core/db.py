"""The database: one base class, one way to write, the same on SQLite and PostgreSQL.

SQLAlchemy stays behind this file where it is awkward, so that a change of wrapper is one change.
"""

import json
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, ClassVar, Final, TypeVar, cast

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Table,
    UpdateBase,
    event,
    false,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session
from sqlalchemy.types import TypeDecorator

try:
    import pysqlite3.dbapi2 as sqlite_driver
except (
    ImportError
):  # no wheel for this machine: the interpreter's own SQLite, in a safe journal mode
    sqlite_driver = sqlite3

T = TypeVar("T")

#: SQLite before this version can corrupt a WAL under concurrent writers (research, dependencies §2.1).
FIRST_SAFE_WAL: Final = (3, 51, 3)
MOST_TRIES: Final = 8
WRITING: Final = "lantern_writing"

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC; a naive one is refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite drops."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: Row numbers; SQLite counts up by itself only for INTEGER.
Number: Final = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """What every table has: a name by convention, and whether the row is the demo's."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        dict[str, str]: JSON,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }

    demo: Mapped[bool] = mapped_column(default=False, server_default=false(), sort_order=99)


db: Final = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
migrate: Final = Migrate(render_as_batch=True)
session: Final = cast(scoped_session[Session], db.session)

_inside: Final[ContextVar[bool]] = ContextVar("inside", default=False)
# SQLite's own lock has no queue: threads that meet there sleep and starve. Ours is fair.
_one_writer: Final = threading.Lock()


def init_app(app: Flask, *, database_url: str) -> None:
    """Connect the app to its database and teach each connection our rules."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(database_url)
    db.init_app(app)
    migrate.init_app(app, db, directory=f"{app.root_path}/../migrations")
    with app.app_context():
        prepare(db.engine)
    warning = journal_warning(database_url)
    if warning:
        app.logger.warning(warning)


def _engine_options(database_url: str) -> dict[str, Any]:
    """Hide parameters in every error: an exception text must not carry a mailbox."""
    shared: dict[str, Any] = {
        "hide_parameters": True,
        "json_serializer": _dump_json,
        # The connection that wrote last is taken first: it still has the pages in its cache, where
        # each other one of SQLite's would read again what it wrote.
        "pool_use_lifo": True,
    }
    if database_url.startswith("sqlite"):
        return shared | {"module": sqlite_driver, "pool_size": 40, "max_overflow": 40}
    return shared | {"pool_size": 20, "max_overflow": 40, "pool_pre_ping": False}


def _dump_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def prepare(engine: Engine) -> None:
    """Teach an engine how we begin; only SQLite needs it."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)


def journal_mode() -> str:
    """Choose WAL where it is safe, else the old journal."""
    return "WAL" if sqlite_driver.sqlite_version_info >= FIRST_SAFE_WAL else "DELETE"


def journal_warning(database_url: str) -> str | None:
    """Say at start that this SQLite is too old for WAL, and what that means."""
    if not database_url.startswith("sqlite") or journal_mode() == "WAL":
        return None
    return (
        f"SQLite {sqlite_driver.sqlite_version} can corrupt a write-ahead log; "
        "Lantern uses the rollback journal instead (safe, slower). "
        "Install the pysqlite3 wheel, or use PostgreSQL."
    )


def _on_connect(connection: Any, record: object) -> None:
    """Set what SQLite forgets with each connection."""
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.execute(f"PRAGMA journal_mode={journal_mode()}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is withdrawn is overwritten, not just unlinked
    cursor.execute("PRAGMA cache_size=-65536")
    # 32 MB of log before a commit has to copy it back: a signature touches ten pages, and a crowd's
    # are the same ones again and again.
    cursor.execute("PRAGMA wal_autocheckpoint=8000")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    """Take the write lock at once where we mean to write: asking later can only fail."""
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class NestedTransaction(RuntimeError):
    """Somebody below the edge tried to open a transaction of their own."""


def transact(work: Callable[[], T]) -> T:
    """Run `work` in one transaction and commit; run it again if the engine asks us to.

    Only the edge (a view, a console page, a job, a command) calls this. `work` adds and changes
    rows, and has no other effect, since it may run more than once. Returns what `work` returns.
    """
    if _inside.get():
        raise NestedTransaction
    for attempt in range(1, MOST_TRIES + 1):
        try:
            return _once(work)
        except DBAPIError as error:
            if attempt == MOST_TRIES or not is_conflict(error):
                raise
        time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 -- jitter, not a secret
    raise AssertionError("unreachable")


def _once(work: Callable[[], T]) -> T:
    session.rollback()  # ends a read begun before, so that the block sees the newest rows
    token = _inside.set(True)
    locked = is_sqlite() and _one_writer.acquire()
    try:
        session.connection(execution_options={WRITING: True})
        value = work()
        session.commit()
        return value
    except BaseException:
        session.rollback()
        raise
    finally:
        if locked:
            _one_writer.release()
        _inside.reset(token)


def is_conflict(error: DBAPIError) -> bool:
    """Tell a collision, which a second try may settle, from a mistake, which it will not."""
    original = error.orig
    if getattr(original, "sqlstate", None) in ("40001", "40P01"):
        return True
    text = str(original)
    return "database is locked" in text or "database table is locked" in text


def empty_the_log() -> None:
    """Fold SQLite's log into the database, so that no old image of what was deleted stays in it."""
    if not is_sqlite():
        return
    connection = db.engine.raw_connection()  # SQLAlchemy's own would begin a transaction
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def insert_many(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows around the ORM: one short statement, prepared once and run again.

    One long statement with many rows is slower on PostgreSQL: its text differs with each number of
    rows, and the driver reads it anew each time.
    """
    session.connection().execute(table.insert(), rows)


def changed_one(statement: UpdateBase) -> bool:
    """Make a change whose WHERE says when it may be made; of several who come at once one hears True."""
    done = cast("CursorResult[Any]", session.execute(statement))
    return done.rowcount == 1


def table_of(model: type[Base]) -> Table:
    """Give the table behind a model, for statements that go around the ORM."""
    return cast(Table, model.__table__)


def is_sqlite() -> bool:
    """Tell which of the two engines answers."""
    return db.engine.dialect.name == "sqlite"


def dialect() -> ModuleType:
    """Lend the dialect whose `insert` knows ON CONFLICT; both spell it alike."""
    return sqlite if is_sqlite() else postgresql


def insert(table: Any) -> Any:
    """Begin an INSERT that may say what to do on a conflict."""
    return dialect().insert(table)


def render_item(kind: str, item: object, context: object) -> str | bool:
    """Write our types in migrations by SQLAlchemy's names, so that these never import the app."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False
