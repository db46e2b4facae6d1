"""Databases of PostgreSQL that one test after the other may have, each as if it were new.

To copy a database costs more than most tests; to empty one that a few rows went into is cheap.
A test that changed the schema, or what a migration wrote, gets none of its changes to the next:
then the database is dropped, and the next test gets a copy of the template.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import sql

from tests.postgres import Server

#: Whatever is still connected, of a thread or a process that a test left behind.
END_OTHERS: Final = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
      AND pid <> pg_backend_pid()
"""
TABLES: Final = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
#: Every change of a schema is a new row, or a new version of one, in one of these.
SCHEMA: Final = """
    SELECT md5(string_agg(one, ' ' ORDER BY one)) FROM (
        SELECT format('c %s %s', oid, xmin) FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT format('a %s %s %s', attrelid, attnum, a.xmin)
            FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT format('k %s %s', oid, xmin) FROM pg_constraint
        UNION ALL SELECT format('d %s %s', oid, xmin) FROM pg_attrdef
        UNION ALL SELECT format('t %s %s', oid, xmin) FROM pg_trigger
        UNION ALL SELECT format('p %s %s', oid, xmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT format('n %s %s', oid, xmin) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
    ) AS all_of_it (one)
"""
ROWS: Final = "SELECT md5(string_agg(one::text, ' ' ORDER BY one::text)) FROM {} AS one"
NUMBERS: Final = "SELECT seqrelid::bigint, pg_sequence_last_value(seqrelid) FROM pg_sequence"
COUNT_ANEW: Final = """
    SELECT setval(seqrelid, coalesce(was, seqstart), was IS NOT NULL)
    FROM pg_sequence JOIN unnest(%s::bigint[], %s::bigint[]) AS begun (number, was)
      ON seqrelid = begun.number
    WHERE pg_sequence_last_value(seqrelid) IS DISTINCT FROM was
"""


@dataclass
class Lent:
    """A database, what it was like when new, and our own connection to it."""

    name: str
    connection: psycopg.Connection[Any]
    schema: str = field(init=False)
    kept: list[str] = field(init=False)
    rows: list[str] = field(init=False)
    numbers: list[list[int | None]] = field(init=False)

    def __post_init__(self) -> None:
        """Remember what no test may change for the next."""
        self.kept = self._filled()
        self.schema, self.rows = self._schema(), self._rows()
        self.numbers = [
            list(column) for column in zip(*self.connection.execute(NUMBERS), strict=True)
        ]

    def _filled(self) -> list[str]:
        """Name the tables that hold rows."""
        tables = [name for (name,) in self.connection.execute(TABLES)]
        asked = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
            for name in tables
        ]
        return [name for (name,) in self.connection.execute(sql.SQL(" UNION ALL ").join(asked))]

    def _schema(self) -> str:
        """Tell one schema from another."""
        return self._value(sql.SQL(SCHEMA))

    def _rows(self) -> list[str]:
        """Tell what the migrations wrote from what became of it."""
        return [self._value(sql.SQL(ROWS).format(sql.Identifier(name))) for name in self.kept]

    def _value(self, asked: sql.SQL | sql.Composed) -> str:
        found = self.connection.execute(asked).fetchone()
        return str(found and found[0])

    def emptied(self) -> bool:
        """Make it as new; tell if that cannot be done."""
        self.connection.execute(END_OTHERS)
        if self._schema() != self.schema or self._rows() != self.rows:
            return False
        filled = [sql.Identifier(name) for name in self._filled() if name not in self.kept]
        if filled:
            self._empty(filled)
        self.connection.execute(COUNT_ANEW, self.numbers)
        return True

    def _empty(self, tables: list[sql.Identifier]) -> None:
        gone = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in tables)
        # As a replica: in any order, whichever hangs by which.
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            self.connection.execute(gone)
        # Else new rows would lie between the old ones, and be found in another order.
        self.connection.execute(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(tables)))


@dataclass
class Lender:
    """Lends databases of one server, all alike when they are lent."""

    server: Server
    template: str
    prefix: str
    _idle: list[Lent] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @contextlib.contextmanager
    def lent(self) -> Iterator[str]:
        """Name a database that is as the template is, until the block ends."""
        one = self._idle.pop() if self._idle else self._made()
        try:
            yield one.name
        finally:
            self._take_back(one)

    def _made(self) -> Lent:
        name = f"{self.prefix}_{next(self._numbers)}"
        self.server.create(name, template=self.template)
        return Lent(name, self.server.connect(name))

    def _take_back(self, one: Lent) -> None:
        if one.emptied():
            self._idle.append(one)
        else:
            self._drop(one)

    def _drop(self, one: Lent) -> None:
        one.connection.close()
        self.server.drop(one.name)

    def close(self) -> None:
        """Drop what was lent."""
        while self._idle:
            self._drop(self._idle.pop())
