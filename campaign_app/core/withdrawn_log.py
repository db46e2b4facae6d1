"""What must stay deleted after a restore: KEY_DIR/withdrawn.log, outside database and backups.

A backup is older than what was withdrawn since. Without this file a restore would bring those
records back. Each line says what was done, of which petition, and to which row, and nothing else:

    withdrawn 3 0f6c…    its signer took it back: it does not count any more
    let-go 3 9a41…       nobody confirmed it in time: it never counted
    forgotten 3 77b0…    its time was over: it counts, and nobody can read it
    invalidated 3 51ce…  an organiser took it out of the tally; its record stays
    restored 3 51ce…     … and put it back: of these two the last one holds

Lines are written before the commit of what they tell. A line whose deed did not come about is
harmless: the signer or the organiser wanted it, or the job deletes it at its next turn; replaying
it changes nothing that is not as it says already. The other way round a crash between commit and line would lose a
withdrawal, and a restore would undo it. A transaction that runs twice writes twice, which is once.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

NAME: Final = "withdrawn.log"
_LINE: Final = re.compile(
    rb"(withdrawn|let-go|forgotten|invalidated|restored) ([1-9][0-9]{0,18}) ([0-9a-f]{32})"
)
_APPEND: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


class Deed(StrEnum):
    """What was done to a signature, which says what is left of it."""

    WITHDRAWN = "withdrawn"
    LET_GO = "let-go"
    FORGOTTEN = "forgotten"
    INVALIDATED = "invalidated"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Line:
    """One deed."""

    why: Deed
    petition_id: int
    row: UUID


@dataclass(frozen=True)
class WithdrawnLog:
    """The file in one key directory, shared by all processes and machines."""

    key_dir: Path

    @property
    def path(self) -> Path:
        """Tell where the file lies."""
        return self.key_dir / NAME

    def append(self, why: Deed, petition_id: int, rows: Iterable[UUID]) -> None:
        """Write deeds down, on the disk when this returns; call it before the commit.

        One write in append mode, so that processes do not write into each other. It begins with an
        end of line: what a crash left unfinished never runs into what follows.
        """
        lines = "".join(f"{why} {petition_id} {row.hex}\n" for row in rows)
        if not lines:
            return
        self._write(b"\n" + lines.encode())

    def _write(self, content: bytes) -> None:
        self.key_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not self.path.exists()
        handle = os.open(self.path, _APPEND, 0o600)
        try:
            if os.write(handle, content) != len(content):
                raise OSError(f"{NAME} could not be written whole: is the disk full?")
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            _sync(self.key_dir)

    def ensure(self) -> int:
        """Begin the file if there is none, and tell its length in bytes."""
        if not self.path.exists():
            self._write(b"\n")
        return self.path.stat().st_size

    def size(self) -> int | None:
        """Tell the file's length in bytes; None if it is missing."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return None

    def lines(self) -> Iterator[Line | None]:
        """Read the deeds, oldest first; None stands for a line that cannot be read."""
        try:
            stream = self.path.open("rb")
        except FileNotFoundError:
            return
        with stream:
            yield from (_read(raw) for raw in stream if raw.strip())


def _read(raw: bytes) -> Line | None:
    found = _LINE.fullmatch(raw.rstrip(b"\n")) if raw.endswith(b"\n") else None
    if found is None:
        return None
    why, petition_id, row = (part.decode() for part in found.groups())
    return Line(Deed(why), int(petition_id), UUID(hex=row))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
