"""Paper read by others: codes by two decoders, fonts by Poppler, the file itself by qpdf."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import flask_migrate
from flask import Flask

from campaign_app import create_app
from campaign_app.core import clock
from campaign_app.core.db import db
from campaign_app.core.fonts import FILES
from campaign_app.events import queries as events
from campaign_app.stall import card, kit
from config import Config
from tests import paper
from tests.shifts import crewing
from tests.stall import papers
from tools import debian

#: Each program, and the package that brings it.
PROGRAMS: Final = {"pdffonts": "poppler-utils", "pdftotext": "poppler-utils", "qpdf": "qpdf"}
LANGUAGES: Final = ("ko", "en", "fr")
KIT: Final = "kit.pdf"
#: Of the table that pdffonts writes: a head of two lines, then names first and "yes" for embedded.
HEAD: Final = 2


def codes(folder: Path) -> list[str]:
    """Print a kit, turn it into dots, and let ZXing and OpenCV read what each code says."""
    stall = _print(folder / "paper")
    meant = sorted(stall.address(language) for language in LANGUAGES)
    return misread((folder / "paper" / KIT).read_bytes(), meant * 2)


def misread(made: bytes, meant: Sequence[str]) -> list[str]:
    """Say which of the two decoders reads anything else than what was meant."""
    pages = [paper.decoded(page) for page in paper.seen(made)]
    readers = {"ZXing": [one for one, _ in pages], "OpenCV": [other for _, other in pages]}
    return [
        f"{name} read {sorted(found)} and should have read {sorted(meant)}"
        for name, lists in readers.items()
        if sorted(found := [text for texts in lists for text in texts]) != sorted(meant)
    ]


def files(folder: Path) -> list[str]:
    """Ask Poppler for the fonts and the words, and qpdf whether the file is whole."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing and not debian.install(*{PROGRAMS[name] for name in missing}):
        return [f"{name} is missing (Debian: {PROGRAMS[name]})" for name in missing]
    made = folder / "paper" / KIT
    return [*strangers(_said("pdffonts", made)), *_words(made), *_whole(made)]


def strangers(table: str) -> Iterator[str]:
    """Look through what pdffonts says: each font is one of ours and stands in the file."""
    ours = {name.rpartition(".")[0] for names in FILES.values() for name in names}
    for line in table.splitlines()[HEAD:]:
        name = line.split()[0].partition("+")[2].removesuffix("-Identity-H")
        if name not in ours:
            yield f"a font that is not ours: {line.split()[0]}"
        if line.split()[-5:-2] != ["yes", "yes", "yes"]:
            yield f"a font that is not embedded, cut to what is used, and readable back: {line}"


def _words(made: Path) -> Iterator[str]:
    """What was meant can be copied out of the file again, Korean too."""
    printed = " ".join(_said("pdftotext", made, "-").split())
    meant = [
        "정치범수용소를 닫아라",
        "Close the camps",
        "Fermez les camps",
        "Séoul",
        "samedi 21 novembre",
    ]
    yield from (f"{words!r} cannot be read back" for words in meant if words not in printed)


def _whole(made: Path) -> Iterator[str]:
    """The file is as its format wants it."""
    asked = subprocess.run(
        ["qpdf", "--check", str(made)], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        yield f"qpdf: {asked.stdout.strip()} {asked.stderr.strip()}"


def _said(*command: str | Path) -> str:
    words: Sequence[str] = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _print(folder: Path) -> papers.Stall:
    folder.mkdir()
    url = f"sqlite:///{folder / 'lantern.sqlite3'}"
    app = create_app(Config.for_tests(database_url=url, instance_dir=folder))
    with app.app_context():
        flask_migrate.upgrade()
    stall = papers.stall(app)
    (folder / KIT).write_bytes(_kit(app, stall.event))
    return stall


def _kit(app: Flask, event_id: int) -> bytes:
    with app.test_request_context(), clock.frozen(crewing.NOW):
        event = events.event(event_id)
        assert event is not None  # noqa: S101 -- made a moment ago
        usual = kit.usual(event, LANGUAGES[0])
        ring = card.Ring(who="Hana", phone="+82 2 555 0142")
        chosen = kit.Choice(languages=LANGUAGES, placements=usual.placements, ring=ring)
        made = kit.as_pdf(event, chosen)
        db.engine.dispose()
    return made
