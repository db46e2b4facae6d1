"""However few cells a table reads, it says what a look at every single cell would say."""

import uuid
from collections import Counter
from itertools import combinations

import pytest
from flask import Flask

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.petitions import queries, tables, tally
from campaign_app.petitions.queries import Filters
from campaign_app.petitions.signing_models import TallyDelta
from campaign_app.petitions.tables import Standing
from tests.dashboard import stalls
from tests.dashboard.stalls import HOUR, Stalls

BY = ("total", "placement", "event", "location", "board", "language", "country", "hour", "day")
CORRECTIONS = {
    "as written": [],
    "one hour moved": [("today", "abroad", HOUR - 1, HOUR)],
    "moved, and partly back": [
        ("today", "before", HOUR - 9, HOUR + 9),
        ("today", "today", HOUR, HOUR + 1),
        ("abroad", "today", HOUR - 10, HOUR - 9),
    ],
}
Told = dict[str, dict[str, int]]


def values(built: Stalls) -> dict[str, list[str]]:
    return {
        "event": [str(built.past), tables.OUTSIDE],
        "location": [str(built.seoul)],
        "board": ["Board 2 – Sent back"],
        "language": ["en"],
        "country": ["US"],
        "day": ["2026-11-14"],
    }


def every_filter(built: Stalls) -> list[Filters]:
    """List all ways to narrow a table by up to two filters, and by all of them."""
    single = [(name, value) for name, some in values(built).items() for value in some]
    chosen = [pairs for size in range(3) for pairs in combinations(single, size)]
    return [Filters(**dict(pairs)) for pairs in [*chosen, tuple(single)]]


def plainly(built: Stalls, by: str, filters: Filters, stands: Standing) -> Told:
    """Count by looking at every cell there is, with nothing clever."""
    cells = tables.resolved(tally.cells(built.petition, "cell"), stands.moves)
    for name, value in filters.set().items():
        key, wanted = tables.key_of(name, stands), tables.wanted(name, value)
        cells = [cell for cell in cells if key(cell) == wanted]
    return told(tables.cut(cells, by, stands))


def told(rows: list[tables.Row]) -> Told:
    return {row.key: dict(+Counter(row.by_evidence)) for row in rows}


@pytest.mark.parametrize("moves", CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_table_says_what_every_cell_says(
    app: Flask, built: Stalls, moves: list[tuple[str, str, int, int]]
) -> None:
    stalls.correct(
        app, [(getattr(built, one), getattr(built, other), *hours) for one, other, *hours in moves]
    )
    with app.app_context():
        db.transact(lambda: wait(built))
        petition = queries.get(built.petition)
        stands = queries.standing(petition)
        for filters in every_filter(built):
            for by in BY:
                found = told(queries.table(petition, by, filters, stands=stands))
                assert found == plainly(built, by, filters, stands), (by, filters)


def wait(built: Stalls) -> None:
    """Leave changes for the roller, among them one that takes a signature off."""
    for placement, hour, country, n in (
        (built.today, HOUR, "US", 1),
        (built.today, HOUR - 1, "KR", -1),
        (built.before, HOUR - 7 * 24, "US", 1),
        (0, HOUR, "US", 1),
    ):
        session.add(
            TallyDelta(
                id=uuid.uuid4(),
                petition_id=built.petition,
                placement_id=placement,
                hour=hour,
                language="en",
                country=country,
                evidence="confirmed",
                n=n,
            )
        )
