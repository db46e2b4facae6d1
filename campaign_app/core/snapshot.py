"""All that the database holds, as lines of JSON that know no engine.

    {"lantern": 1, "revision": "0006", …}            the head
    {"table": "person", "columns": [["id", "number"], …]}
    [1, "Mina", …]                                   a row, in the order of the columns
    {"rows": 12, "sum": "5f…"}                       the table's end: how many, and their hashes added up
    {"end": 31, …}                                   how many tables, and what the writer adds

The file says of each column what kind it is, so that it can be read into the schema of its own day
without the models of that day. A row's hash does not depend on the order of rows, which no engine
promises.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign_app.core.db import Base, UtcDateTime

FORMAT: Final = 1
ROWS_AT_ONCE: Final = 500
_HASH: Final = 2**256

#: Left out: who is signed in, what is leased or asked just now, what an hour's budget has used.
LEFT_OUT: Final = frozenset({"web_session", "periodic", "mail_budget", "key_challenge"})


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one kind of column are written and read, and as what they are bound."""

    type: Any
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


KINDS: Final[Mapping[str, Kind]] = {
    "number": Kind(sa.BigInteger(), int, int),
    "real": Kind(sa.Float(53), float, float),
    "flag": Kind(sa.Boolean(), bool, bool),
    "text": Kind(sa.Text(), str, str),
    "bytes": Kind(
        sa.LargeBinary(), lambda value: base64.b64encode(value).decode(), base64.b64decode
    ),
    "uuid": Kind(sa.Uuid(), lambda value: value.hex, lambda value: uuid.UUID(hex=value)),
    "moment": Kind(UtcDateTime(), lambda value: value.astimezone(UTC).isoformat(), _moment),
    "day": Kind(sa.Date(), lambda value: value.isoformat(), date.fromisoformat),
    "json": Kind(sa.JSON(none_as_null=True), _same, _same),
}
#: In this order: a Boolean is an Integer to some, a moment no day.
_BY_TYPE: Final[tuple[tuple[type, str], ...]] = (
    (sa.Boolean, "flag"),
    (sa.Integer, "number"),
    (sa.Float, "real"),
    (sa.JSON, "json"),
    (sa.Uuid, "uuid"),
    (sa.LargeBinary, "bytes"),
    (UtcDateTime, "moment"),
    (sa.DateTime, "moment"),
    (sa.Date, "day"),
    (sa.String, "text"),
)


class NotInAFile(TypeError):
    """A column is of a kind that the file does not know yet."""


def kind_of(column: sa.Column[Any]) -> str:
    """Tell how a column is written."""
    for type_, name in _BY_TYPE:
        if isinstance(column.type, type_):
            return name
    raise NotInAFile(f"{column} is of a kind that no backup holds yet.")


@dataclass(slots=True)
class Sum:
    """How many rows, and what they add up to."""

    rows: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        """Take a row in."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line.encode()).digest())) % _HASH

    def said(self) -> dict[str, Any]:
        """Say it as the file does."""
        return {"rows": self.rows, "sum": f"{self.total:064x}"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the file has it."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, table: sa.Table) -> "Shape":
        """Take the shape of a table of today."""
        return cls(table.name, tuple((column.name, kind_of(column)) for column in table.columns))

    def table(self) -> Any:
        """Build a table to write to, whatever else the database knows of it."""
        columns = [sa.column(name, KINDS[kind].type) for name, kind in self.columns]
        return sa.table(self.name, *columns)

    def line(self, row: Any) -> str:
        """Write a row."""
        values = [
            None if value is None else KINDS[kind].write(value)
            for value, (_name, kind) in zip(row, self.columns, strict=True)
        ]
        return dump(values)

    def values(self, row: list[Any]) -> dict[str, Any]:
        """Read a row."""
        return {
            name: None if value is None else KINDS[kind].read(value)
            for value, (name, kind) in zip(row, self.columns, strict=True)
        }


def dump(value: object) -> str:
    """Write one line the same way always."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def tables() -> list[sa.Table]:
    """List the tables that a backup holds, those that others point to first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def rows_of(connection: Connection, shape: Shape) -> Iterator[str]:
    """Read a table row by row. Mail that waits is left out: see docs/backup.md."""
    table = shape.table()
    query = sa.select(*table.columns)
    if shape.name == "outbox":
        query = query.where(table.c.is_mail.is_(False))
    for row in connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield shape.line(row)


@dataclass(slots=True)
class Written:
    """What went into a file."""

    sums: dict[str, Sum] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Add all rows up."""
        return sum(one.rows for one in self.sums.values())


def write(connection: Connection, put: Callable[[str], object]) -> Written:
    """Write every table, as one transaction sees them."""
    written = Written()
    for table in tables():
        shape, said = Shape.of(table), Sum()
        put(dump({"table": shape.name, "columns": shape.columns}))
        for line in rows_of(connection, shape):
            said.add(line)
            put(line)
        put(dump(said.said()))
        written.sums[shape.name] = said
    return written


def load(connection: Connection, shape: Shape, lines: Iterator[str]) -> Sum:
    """Write a table's rows into the database; tell what was read."""
    said, waiting = Sum(), []
    insert = shape.table().insert()
    for line in lines:
        said.add(line)
        waiting.append(shape.values(json.loads(line)))
        if len(waiting) == ROWS_AT_ONCE:
            connection.execute(insert, waiting)
            waiting = []
    if waiting:
        connection.execute(insert, waiting)
    return said


def summed(connection: Connection, shape: Shape) -> Sum:
    """Add up what the database holds of a table now."""
    said = Sum()
    for line in rows_of(connection, shape):
        said.add(line)
    return said


def count_on(connection: Connection, names: Collection[str]) -> None:
    """Let PostgreSQL's row numbers go on behind those that were written; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is None or table.name not in names:
            continue
        sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', column.name)
        if connection.scalar(sa.select(sequence)) is None:
            continue
        highest = sa.func.max(column)
        connection.execute(
            sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None)))
        )
