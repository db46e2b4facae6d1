"""The tablet's pages as one thing: which files they are, what each holds, and which version that makes.

The service worker keeps exactly this list. It takes a new version only when every file of it arrived
with the content that is named here, so that a tablet never stands there with half of an update. All
texts travel in one parcel, which is a third smaller than the same files one by one.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import current_app, render_template

from campaign_app.core.i18n import _, spoken
from campaign_app.core.web import STATIC, asset, squeeze
from campaign_app.kiosk import words

PAGE: Final = "/kiosk/"
WORDS: Final = "/kiosk/words.json"
PARCEL: Final = "/kiosk/parcel.json"
WORKER: Final = STATIC / "js" / "kiosk" / "sw.js"
ICON: Final = "icons/kiosk-192.png"
_IMPORTED: Final = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[\w./-]+\.js)["']""")

_ENDS: Final = re.compile(r"""(?<=[;,{}()\[\]])\s+// [^"'`]*$""")


@dataclass(frozen=True, slots=True)
class Shell:
    """One version of the tablet's pages."""

    version: str
    page: str
    words: str
    #: Address → beginning of the SHA-256 of what it answers.
    files: dict[str, str]
    #: All texts but the page: address → which file it stands for, and its text without our comments.
    parcel: str

    @property
    def worker(self) -> str:
        """Write the service worker: the list, then what is done with it."""
        parcel = {"address": f"{PARCEL}?v={self.version}", "hash": _hash(self.parcel)}
        known = {"version": self.version, "page": PAGE, "parcel": parcel, "files": self.files}
        return f"const SHELL = {json.dumps(known, indent=1)};\n\n{WORKER.read_text('utf-8')}"


def shell() -> Shell:
    """Give the pages as they are on this server."""
    return _shell(tuple(current_app.config["LANGUAGES"]))


@lru_cache(maxsize=8)
def _shell(languages: tuple[str, ...]) -> Shell:
    texts = words.written(languages)
    address = f"{WORDS}?v={_hash(texts)}"
    bodies = {f"/static/{name}": _read(name) for name in modules()}
    bodies |= {asset(name): _read(name) for name in styles()} | {address: texts}
    icon = (STATIC / ICON).read_bytes()
    files = {where: _hash(body) for where, body in bodies.items()} | {asset(ICON): _hash(icon)}
    about = {
        "styles": [asset(name) for name in styles()],
        "words": address,
        "without": _without_scripts(languages),
    }
    # The page says its version, so the version is drawn from the page before it can.
    nameless = render_template("kiosk/shell.html", version="", **about)
    parts = [files, nameless, WORKER.read_text("utf-8")]
    version = _hash(json.dumps(parts, sort_keys=True))
    page = render_template("kiosk/shell.html", version=version, **about)
    return Shell(version, page, texts, files | {PAGE: _hash(page)}, _parcel(bodies))


def _read(name: str) -> str:
    return (STATIC / name).read_text("utf-8")


def _parcel(bodies: dict[str, str]) -> str:
    return json.dumps(
        {where: [_hash(body), _squeezed(where, body)] for where, body in bodies.items()},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _squeezed(where: str, body: str) -> str:
    if where.endswith(".js"):
        return without_comments(body)
    return squeeze(body) if ".css" in where else body


def without_comments(script: str) -> str:
    """Take whole lines of comment, empty lines and indentation out of our own scripts.

    A line stays as it is where a text in backticks runs over it. What ends a line goes, too, if no
    quote follows that could be the end of a text.
    """
    kept: list[str] = []
    comment = text = False
    for line in script.splitlines():
        plain = line.strip()
        if text:
            kept.append(line)
        elif comment or plain.startswith("/*"):
            comment = not plain.endswith("*/")
            continue
        elif plain and not plain.startswith("//"):
            kept.append(_ENDS.sub("", plain) if plain.count("`") % 2 == 0 else plain)
        else:
            continue
        text ^= bool((line.count("`") - line.count("\\`")) % 2)
    return "\n".join(kept) + "\n"


def _without_scripts(languages: tuple[str, ...]) -> list[tuple[str, str]]:
    """Say in each language what a tablet needs; without scripts nothing else of it can speak."""
    found = []
    for language in languages:
        with spoken(language):
            found.append((
                language,
                _("This page turns a tablet into a stall. It needs JavaScript."),
            ))
    return found


def styles() -> list[str]:
    """Name the tablet's stylesheets."""
    return [f"css/{path.name}" for path in sorted((STATIC / "css").glob("kiosk*.css"))]


def modules() -> list[str]:
    """Name the tablet's modules and, step by step, all that they import.

    They have plain addresses, because they name each other so; the others carry their content's name.
    """
    found: set[Path] = set()
    waiting = [path for path in (STATIC / "js" / "kiosk").glob("*.js") if path != WORKER]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting.extend(_imports(path))
    return sorted(path.relative_to(STATIC).as_posix() for path in found)


def _imports(path: Path) -> Iterator[Path]:
    for name in _IMPORTED.findall(path.read_text("utf-8")):
        yield (path.parent / name).resolve()


def _hash(body: str | bytes) -> str:
    """Name a content; 64 bits tell apart what we ourselves wrote."""
    plain = body.encode() if isinstance(body, str) else body
    return hashlib.sha256(plain).hexdigest()[:16]
