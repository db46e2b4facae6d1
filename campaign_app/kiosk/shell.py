"""The tablet's pages as one thing: which files they are, what each holds, and which version that makes.

The service worker keeps exactly this list. It takes a new version only when every file of it arrived
with the content that is named here, so that a tablet never stands there with half of an update.
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
from campaign_app.core.web import STATIC, asset
from campaign_app.kiosk import words

PAGE: Final = "/kiosk/"
WORDS: Final = "/kiosk/words.json"
WORKER: Final = STATIC / "js" / "kiosk" / "sw.js"
ICON: Final = "icons/kiosk-192.png"
_IMPORTED: Final = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[\w./-]+\.js)["']""")


@dataclass(frozen=True, slots=True)
class Shell:
    """One version of the tablet's pages."""

    version: str
    page: str
    words: str
    #: Address → SHA-256 of what it answers.
    files: dict[str, str]

    @property
    def worker(self) -> str:
        """Write the service worker: the list, then what is done with it."""
        known = {"version": self.version, "files": self.files, "page": PAGE}
        return f"const SHELL = {json.dumps(known, indent=1)};\n\n{WORKER.read_text('utf-8')}"


def shell() -> Shell:
    """Give the pages as they are on this server."""
    return _shell(tuple(current_app.config["LANGUAGES"]))


@lru_cache(maxsize=8)
def _shell(languages: tuple[str, ...]) -> Shell:
    texts = words.written(languages)
    address = f"{WORDS}?v={_hash(texts.encode())[:10]}"
    looks = [asset(name) for name in styles()]
    files = {f"/static/{name}": _hash((STATIC / name).read_bytes()) for name in modules()}
    files |= {asset(name): _hash((STATIC / name).read_bytes()) for name in (*styles(), ICON)}
    files[address] = _hash(texts.encode())
    about = {"styles": looks, "words": address, "without": _without_scripts(languages)}
    # The page says its version, so the version is drawn from the page before it can.
    nameless = render_template("kiosk/shell.html", version="", **about)
    parts = [files, nameless, WORKER.read_text("utf-8")]
    version = _hash(json.dumps(parts, sort_keys=True).encode())[:16]
    page = render_template("kiosk/shell.html", version=version, **about)
    return Shell(version, page, texts, files | {PAGE: _hash(page.encode())})


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


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
