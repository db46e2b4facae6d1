"""How long it takes to read the tally of ten thousand, a hundred thousand, a million signatures."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask

from bench import crowd, site
from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.petitions import queries, tally

SIZES: Final = (10_000, 100_000, 1_000_000)
WARM_UP: Final = 10

Read = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds by size: the public count, and the console's table by place."""

    count: Mapping[int, float]
    table: Mapping[int, float]

    @property
    def slope(self) -> float:
        """Tell how much longer the count of the largest crowd takes than that of the smallest."""
        return self.count[max(self.count)] / self.count[min(self.count)]


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often each is read."""

    count: int
    table: int


USUAL: Final = Repeats(count=300, table=60)
QUICK: Final = Repeats(count=50, table=10)


def measure(urls: Mapping[int, str], folder: Path, repeats: Repeats) -> Times:
    """Build a database for each size, then read them in turns."""
    counts: dict[int, list[float]] = {}
    tables: dict[int, list[float]] = {}
    built = {size: _build(url, folder / str(size), size) for size, url in urls.items()}
    _alternate(built, _count, WARM_UP)
    counts = _alternate(built, _count, repeats.count)
    tables = _alternate(built, _table, repeats.table)
    for app, _petition in built.values():
        site.close(app)
    return Times(_medians(counts), _medians(tables))


def _build(url: str, folder: Path, size: int) -> tuple[Flask, int]:
    app, _environ = site.migrated(url, folder)
    with app.app_context():
        number = db.transact(lambda: crowd.build(size))
        crowd.settle()
        check(number, size)
    return app, number


def check(petition_id: int, size: int) -> None:
    """Make sure that what is timed also counts right."""
    said = tally.total(petition_id)
    rows = queries.table(queries.get(petition_id), "placement")
    in_table = sum(row.counted + row.awaiting for row in rows)
    session.rollback()
    if not said.counted + said.awaiting == in_table == size:
        raise RuntimeError(f"{size} signed; the tally says {said}, the table {in_table}")


def _alternate(
    built: Mapping[int, tuple[Flask, int]], prepare: Callable[[int], Read], times: int
) -> dict[int, list[float]]:
    """Read each size in turn, so that what disturbs the machine disturbs all."""
    found: dict[int, list[float]] = {size: [] for size in built}
    for _ in range(times):
        for size, (app, number) in built.items():
            with app.app_context():
                found[size].append(_timed(prepare(number)))
                db.session.remove()
    return found


def _timed(read: Read) -> float:
    began = time.perf_counter()
    read()
    return (time.perf_counter() - began) * 1000


def _count(petition_id: int) -> Read:
    return lambda: tally.total(petition_id)


def _table(petition_id: int) -> Read:
    petition = queries.get(petition_id)
    return lambda: queries.table(petition, "placement")


def _medians(times: Mapping[int, list[float]]) -> dict[int, float]:
    return {size: round(statistics.median(values), 3) for size, values in times.items()}
