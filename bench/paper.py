"""How long paper takes and how large it is: python -m bench.paper.

Prints a table for docs/printing.md. The first sheet of a process also reads the fonts.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final

import flask_migrate

from campaign_app import create_app
from campaign_app.core import clock, pdf
from campaign_app.events import queries as events
from campaign_app.qr import queries as qr
from campaign_app.stall import card, kit, printing
from config import Config
from tests.shifts import crewing
from tests.stall import papers
from tools import catalogues

ROUNDS: Final = 7
LANGUAGES: Final = ("ko", "en", "fr")


def main() -> None:
    """Print every kind of paper some times and say how long the usual time is."""
    catalogues.compile_all()
    with tempfile.TemporaryDirectory(prefix="lantern-paper-") as name:
        url = f"sqlite:///{Path(name) / 'lantern.sqlite3'}"
        app = create_app(Config.for_tests(database_url=url, instance_dir=Path(name)))
        with app.app_context():
            flask_migrate.upgrade()
        stall = papers.stall(app)
        with app.test_request_context(), clock.frozen(crewing.NOW):
            for title, make in papers_of(stall.event).items():
                print(row(title, make))


def papers_of(event_id: int) -> dict[str, Callable[[], bytes]]:
    """List what is printed."""
    event = events.event(event_id)
    if event is None:
        sys.exit("The event is missing.")
    placements = qr.standing_at_event(event_id)

    # Typst remembers what it has set before, so each round sets other words.
    rounds = count()

    def sheet(kind: str) -> bytes:
        made = printing.of_code(kind, placements[0], event)
        words = {"title": f"{made['title']} {next(rounds)}", "place": f"{next(rounds)}"}
        return pdf.render("kit", {"title": "x", "sheets": [{**made, **words}]}, "ko")

    def whole(times: int) -> bytes:
        sheets = []
        for one in range(times):
            chosen = kit.Choice(languages=LANGUAGES, placements=placements, ring=card.Ring())
            made = kit.sheets(event, chosen)
            sheets += [renamed(each, f"{one} {next(rounds)}") for each in made[5 * (one > 0) :]]
        return pdf.render("kit", {"title": "x", "sheets": sheets}, "ko")

    return {
        "first poster of a process": lambda: sheet(printing.POSTER),
        "poster, A3": lambda: sheet(printing.POSTER),
        "board sheet, A4": lambda: sheet(printing.BOARD),
        "kit of three codes, three languages": lambda: whole(1),
        "kit of thirty codes, three languages": lambda: whole(10),
    }


def renamed(sheet: printing.Sheet, mark: str) -> printing.Sheet:
    """Give a sheet a title that none had before."""
    return {**sheet, "title": f"{sheet['title']} {mark}"}


def row(title: str, make: Callable[[], bytes]) -> str:
    """Measure one kind of paper; what is first is first only once."""
    taken = []
    for _ in range(1 if title.startswith("first") else ROUNDS):
        began = time.perf_counter()
        made = make()
        taken.append(time.perf_counter() - began)
    usual = sorted(taken)[len(taken) // 2]
    return f"| {title} | {usual * 1000:.0f} ms | {len(made) / 1000:.0f} kB |"


if __name__ == "__main__":
    main()
