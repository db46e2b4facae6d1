"""Two years of dates in three zones, as feeds and data tell them: what needs no outside reader."""

from pathlib import Path

import pytest
from flask import Flask

from tests.conformance import search_rules, steps, world
from tests.conformance.linter import lint


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    with app.app_context():
        world.build()
    made = tmp_path / "world"
    made.mkdir()
    world.export(app, made)
    return made


def test_no_feed_and_no_page_has_a_finding(app: Flask, folder: Path) -> None:
    feeds = sorted(folder.glob("*.ics"))
    assert len(feeds) == 30
    assert {path.name: found for path in feeds if (found := lint(path.read_bytes()))} == {}
    pages = world.read_pages(folder)
    assert len(pages) > 90
    wrong = {
        address: found
        for address, blocks in pages.items()
        if (found := [one for block in blocks for one in search_rules.check(block)]) or not blocks
    }
    assert wrong == {}
    statuses = {
        thing["eventStatus"].removeprefix(search_rules.SCHEMA)
        for blocks in pages.values()
        for block in blocks
        for thing in block.get("@graph", [block])
    }
    assert statuses == set(search_rules.STATUSES)
    assert list(steps.walk(app)) == []
