"""Looks are the same whatever keeps the data: one engine is enough here."""

import pytest


@pytest.fixture
def engine_name() -> str:
    """Run on the embedded engine only."""
    return "sqlite"
