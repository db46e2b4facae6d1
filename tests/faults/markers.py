"""Signers whose names and mailboxes are found again wherever they are, however they are written."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from tests import postgres

#: In every marked name and mailbox, and in nothing else on this machine.
STEM: Final = "Qvxzkanu"
HANGUL: Final = "쀍쾂뛟"
WHOSE: Final = re.compile(STEM + "([a-z]{2})", re.I)


@dataclass(frozen=True)
class Marked:
    """A signer; two letters tell one from another."""

    letters: str
    domain: str = "GMail.com"

    @property
    def name(self) -> str:
        """Give the name as they type it."""
        return f"{STEM}{self.letters} {HANGUL}"

    @property
    def email(self) -> str:
        """Give the mailbox as they type it."""
        return f"{STEM}{self.letters}.Vo.Gel+News@{self.domain}"

    @property
    def other_spelling(self) -> str:
        """Give the mailbox as they type it on another day."""
        return f"{STEM}{self.letters}.vogel@{self.domain}".upper()

    @property
    def normalised(self) -> str:
        """Give the mailbox as all its spellings are read."""
        return f"{STEM}{self.letters}vogel@{self.domain}".lower()

    @property
    def spellings(self) -> tuple[str, ...]:
        """List the mailbox in every way in which it could be kept."""
        once = (self.email, self.other_spelling, self.normalised)
        return tuple(dict.fromkeys([*once, *(spelling.lower() for spelling in once)]))


def whose(text: str) -> set[str]:
    """Tell whose marks stand in a text."""
    return {letters.lower() for letters in WHOSE.findall(text)}


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """Write what base64 makes of these bytes, wherever among others they stand."""
    for offset in range(3):
        coded = base64.b64encode(bytes(offset) + raw)
        yield coded[(8 * offset + 5) // 6 : len(coded) - 4]


def _either_case() -> Iterator[bytes]:
    """Write the marks in ways in which capitals do not matter, in small letters."""
    for text, code in product((STEM, HANGUL), ("utf-8", "utf-16-le", "utf-16-be")):
        yield text.lower().encode(code)
    raw = HANGUL.encode()
    yield from (b"".join(b"%s%02x" % (sign, byte) for byte in raw) for sign in (b"%", b"=", b"\\x"))
    yield HANGUL.encode("unicode_escape").lower()
    yield HANGUL.encode("ascii", "xmlcharrefreplace")
    for spelling in (STEM, STEM.lower(), STEM.upper(), HANGUL):
        yield spelling.encode().hex().encode()


def _exact() -> Iterator[bytes]:
    for spelling in (STEM, STEM.lower(), STEM.upper(), HANGUL):
        for coded in _in_base64(spelling.encode()):
            yield coded
            yield coded.replace(b"+", b"-").replace(b"/", b"_")


EITHER_CASE: Final = tuple(dict.fromkeys(_either_case()))
EXACT: Final = tuple(dict.fromkeys(_exact()))


def traces(data: bytes) -> list[bytes]:
    """List the marks that stand in these bytes."""
    small = data.lower()
    return [one for one in EITHER_CASE if one in small] + [one for one in EXACT if one in data]


def found_in(files: Iterable[Path]) -> dict[str, list[bytes]]:
    """Search files; a file that is gone by now held nothing."""
    found = {}
    for path in files:
        try:
            marks = traces(path.read_bytes())
        except FileNotFoundError:
            continue
        if marks:
            found[str(path)] = marks
    return found


def files_below(folder: Path) -> list[Path]:
    """List all files of a folder: the database and its logs, keys, the server's log, exports."""
    return [path for path in folder.rglob("*") if path.is_file()]


def files_of(server: postgres.Server, since: float) -> list[Path]:
    """Let PostgreSQL write everything down; list its log and the files it changed since then."""
    with server.connect() as connection:
        connection.execute("CHECKPOINT")
    changed = [path for path in files_below(server.data) if _changed(path, since)]
    return [server.log, *changed]


def _changed(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime >= since
    except FileNotFoundError:
        return False
