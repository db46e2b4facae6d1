"""One backup as a file: lines of a snapshot, compressed, then sealed under BACKUP_KEY."""

import gzip
import io
import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final, Self, cast

from campaign_app.core import snapshot
from campaign_app.core.sealed_stream import BadFile, Reader, Writer
from campaign_app.core.snapshot import Shape, Sum, dump

#: Where a page of the handbook would stand; a file of another format is refused, not guessed at.
_NEWER: Final = "This backup was made by a newer Lantern. Update this one first."
_OWN: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says of itself before its rows."""

    revision: str
    made_at: datetime
    #: Its rows are the demo's.
    demo: bool
    #: How long withdrawn.log was just before.
    log_bytes: int

    def line(self) -> str:
        """Write the head."""
        return dump({
            "lantern": snapshot.FORMAT,
            "revision": self.revision,
            "made_at": self.made_at.isoformat(),
            "demo": self.demo,
            "log_bytes": self.log_bytes,
        })

    @classmethod
    def read(cls, line: str) -> Self:
        """Read the head."""
        said = json.loads(line)
        if said.get("lantern") != snapshot.FORMAT:
            raise BadFile(_NEWER)
        return cls(
            said["revision"],
            datetime.fromisoformat(said["made_at"]),
            said["demo"],
            said["log_bytes"],
        )


@contextmanager
def written(path: Path, key: bytes) -> Iterator[Callable[[str], object]]:
    """Write a file line by line; it appears under its name only when it is whole and on the disk."""
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(draft, _OWN, 0o600), "wb") as out:
            sealed = Writer(out, key)
            with gzip.GzipFile(
                fileobj=cast(Any, sealed), mode="wb", compresslevel=3, mtime=0
            ) as packed:
                yield lambda line: packed.write(line.encode() + b"\n")
            sealed.finish()
            out.flush()
            os.fsync(out.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Iterator[str]]:
    """Read a file line by line."""
    with path.open("rb") as source:
        reader = Reader(source, key)
        packed = gzip.GzipFile(fileobj=cast(Any, io.BufferedReader(reader)), mode="rb")
        try:
            yield (line.decode().rstrip("\n") for line in packed)
        except (EOFError, zlib.error, gzip.BadGzipFile, json.JSONDecodeError):
            raise BadFile("The file cannot be read: it was not made by this software.") from None


Take = Callable[[Shape, Iterator[str]], Sum]


def each_table(lines: Iterator[str], take: Take) -> dict[str, Any]:
    """Hand each table to `take`, see that it met all its rows, and give the file's last line."""
    for tables, line in enumerate(lines):
        said = json.loads(line)
        if "end" in said:
            if said["end"] != tables:
                raise BadFile("Tables are missing from this file.")
            return dict(said)
        shape = Shape(said["table"], tuple((name, kind) for name, kind in said["columns"]))
        if any(kind not in snapshot.KINDS for _name, kind in shape.columns):
            raise BadFile(_NEWER)
        rows = _Rows(lines)
        if take(shape, iter(rows)).said() != rows.end:
            raise BadFile(f"The rows of “{shape.name}” are not those that were written.")
    raise BadFile("The file ends too early: it was cut, or not copied whole.")


class _Rows:
    """The rows of one table, until the line that ends them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.end: Mapping[str, Any] = {}

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if line.startswith("{"):
                self.end = json.loads(line)
                return
            yield line


def counted(_shape: Shape, rows: Iterator[str]) -> Sum:
    """Read rows and keep none: this only proves that they are there."""
    said = Sum()
    for row in rows:
        said.add(row)
    return said


def check(path: Path, key: bytes) -> Head:
    """Read a whole file, so that nothing is begun with one that is cut or altered."""
    with opened(path, key) as lines:
        head = Head.read(next(lines, "{}"))
        each_table(lines, counted)
        for _more in chain(lines):
            raise BadFile("Something follows the end of the backup: the file was altered.")
    return head
