"""Where the bank of the demo keeps its objects: one small SQLite file beside the app's own database.

Apart on purpose: what our books say is compared with what the bank says, so they must not share a table.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Thing = dict[str, Any]

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS thing (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, created INTEGER NOT NULL,
    said TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ix_thing_kind ON thing (kind, created);
CREATE TABLE IF NOT EXISTS answered (
    key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, said TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS carried (
    seq INTEGER PRIMARY KEY, event TEXT UNIQUE NOT NULL, how TEXT NOT NULL, times INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS ix_carried_next ON carried (next) WHERE times > 0;
"""

#: How an event goes out: as it should, twice, after those that came later, or not at all.
ONCE, TWICE, SHUFFLED, LOST = "once", "twice", "shuffled", "lost"
TIMES: Final[Mapping[str, int]] = {ONCE: 1, TWICE: 2, SHUFFLED: 1, LOST: 0}


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event that waits to be brought, or was."""

    event: str
    how: str
    #: How often it still has to be brought.
    times: int
    #: How often that was tried in vain.
    tries: int


class Vault:
    """Objects by id and kind; everything done inside `open_` is kept whole or not at all."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self._path = path
        self._durable = durable
        with self.open_() as desk:
            desk.line.executescript(_TABLES)

    @contextmanager
    def open_(self) -> Iterator["Desk"]:
        """Hold the vault alone for a moment."""
        line = sqlite3.connect(self._path, isolation_level=None, timeout=20)
        try:
            line.execute(f"PRAGMA synchronous={'NORMAL' if self._durable else 'OFF'}")
            line.execute("BEGIN IMMEDIATE")
            yield Desk(line)
            if line.in_transaction:  # a script commits by itself
                line.execute("COMMIT")
        finally:
            line.close()  # what was not committed is undone


class Desk:
    """The open vault."""

    def __init__(self, line: sqlite3.Connection) -> None:
        self.line = line
        #: How what happens now is told.
        self.how = ONCE

    def put(self, thing: Thing) -> Thing:
        """Keep an object, new or changed."""
        said = json.dumps(thing)
        self.line.execute(
            "INSERT INTO thing (id, kind, created, said) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET said = excluded.said",
            (thing["id"], thing["object"], thing["created"], said),
        )
        return thing

    def get(self, thing_id: str) -> Thing | None:
        """Find an object."""
        row = self.line.execute("SELECT said FROM thing WHERE id = ?", (thing_id,)).fetchone()
        return None if row is None else json.loads(row[0])

    def every(self, kind: str, *, since: int = 0) -> list[Thing]:
        """List objects of a kind, newest first."""
        rows = self.line.execute(
            "SELECT said FROM thing WHERE kind = ? AND created >= ? ORDER BY seq DESC",
            (kind, since),
        )
        return [json.loads(said) for (said,) in rows]

    def answered(self, key: str) -> tuple[str, int, Thing] | None:
        """Find what an idempotency key was answered: what was asked, the status, the body."""
        row = self.line.execute(
            "SELECT asked, status, said FROM answered WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else (row[0], row[1], json.loads(row[2]))

    def remember(self, key: str, asked: str, answer: tuple[int, Thing]) -> None:
        """Keep what an idempotency key was answered."""
        self.line.execute(
            "INSERT INTO answered (key, asked, status, said) VALUES (?, ?, ?, ?)",
            (key, asked, answer[0], json.dumps(answer[1])),
        )

    # What is to be told

    def hand_over(self, event: Thing) -> None:
        """Give an event to the carrier."""
        self.line.execute(
            "INSERT INTO carried (event, how, times, next) VALUES (?, ?, ?, ?)",
            (event["id"], self.how, TIMES[self.how], event["created"]),
        )

    def take_due(self, now: int, until: int, most: int) -> list[Parcel]:
        """Take some of what is due, for one carrier until then; of the shuffled the last come first."""
        rows = self.line.execute(
            "SELECT event, how, times, tries FROM carried WHERE times > 0 AND next <= ?"
            " ORDER BY CASE how WHEN 'shuffled' THEN -seq ELSE seq END LIMIT ?",
            (now, most),
        ).fetchall()
        for row in rows:
            self.note(row[0], until)
        return [Parcel(*row) for row in rows]

    def note(self, event: str, at: int, *, times: int | None = None, tries: int = 0) -> None:
        """Note when an event is brought next, how often still, and what was tried in vain."""
        self.line.execute(
            "UPDATE carried SET next = ?, times = COALESCE(?, times), tries = tries + ?"
            " WHERE event = ?",
            (at, times, tries, event),
        )

    def parcels(self) -> Mapping[str, Parcel]:
        """Tell how each event fared."""
        rows = self.line.execute("SELECT event, how, times, tries FROM carried")
        return {row[0]: Parcel(*row) for row in rows}
