"""Which tests run on both engines each time, and which on either.

What speaks to the database directly (services, queries, races, crashes, migrations, backups) runs on
SQLite and on PostgreSQL. What opens pages asks the same services through the same views: it runs on
one of the two, drawn by its name, so that half of a room's pages run on each, the same half each
time; that every page opens on both is asked by tests/faults/test_scanners. `make both` runs
everything on both.
"""

import os
import re
import zlib
from typing import Final

import pytest

NAMES: Final = ("sqlite", "postgresql")
#: Set to "both" by `make both`, `make chaos` and `make money`.
ASKED: Final = "LANTERN_ENGINES"
#: Modules, and whole folders, that are about pages.
PAGES: Final = re.compile(
    r"""
      /test_\w*(console|pages|public|wrong_input|refusals|canary|tablets|enrol|sharing)\w*\.py
    | ^tests/(accounts|architecture|audit|dashboard|demo|donations|finance|home|journeys|look|stall)/
    """,
    re.VERBOSE,
)
#: These share the addresses out between the engines themselves.
BY_ADDRESS: Final = ("tests/faults/test_wrong_input.py",)
#: Tests among them in which several act in one moment, which is where engines differ most.
TOGETHER: Final = re.compile("at_once|same_moment|together|twenty|hundred|race")


def keep(items: list[pytest.Item]) -> list[pytest.Item]:
    """Give the tests to leave out, after taking them from the list."""
    if os.environ.get(ASKED) == "both":
        return []
    left = [item for item in items if not _runs(item)]
    items[:] = [item for item in items if _runs(item)]
    return left


def _runs(item: pytest.Item) -> bool:
    drawn = getattr(item, "callspec", None)
    engine = drawn.params.get("engine_name") if drawn else None
    module, _, name = item.nodeid.partition("::")
    of_pages = PAGES.search(module) and module not in BY_ADDRESS
    if engine not in NAMES or not of_pages or TOGETHER.search(name):
        return True
    without = item.nodeid.replace(engine, "")
    return bool(NAMES[zlib.crc32(without.encode()) % len(NAMES)] == engine)
