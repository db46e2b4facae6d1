"""What the journeys share: streets that are served as long as a file of tests runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask

from tests.journeys.street import Street, building, database, street

#: Takes an engine and what to build there; gives the served street and what was built.
OpenStreet = Callable[[str, Callable[[Flask], Any]], tuple[Street, Any]]


@pytest.fixture(scope="module")
def open_street(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenStreet]:
    """Let a file of tests build and serve what it needs, and see to the end of it."""
    with ExitStack() as ends:

        def opened(engine: str, build: Callable[[Flask], Any]) -> tuple[Street, Any]:
            folder = tmp_path_factory.mktemp("street")
            app = building(ends.enter_context(database(engine, request, folder)), folder)
            built = build(app)
            return ends.enter_context(street(app)), built

        yield opened
