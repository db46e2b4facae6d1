"""Feeds read by other people's engines, and data of pages by other people's vocabularies."""

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
from flask import Flask

from campaign_app import create_app
from campaign_app.core.db import db
from config import Config
from tests.conformance import search_rules, steps, world
from tests.conformance.linter import lint
from tools.conformance import engines


def write(folder: Path) -> None:
    """Fill a database with two years of dates and write down what the public is told of them."""
    app = application(folder)
    with app.app_context():
        flask_migrate.upgrade()
        world.build()
    world.export(app, folder)
    with app.app_context():
        db.engine.dispose()


def application(folder: Path) -> Flask:
    """Open the world's own database."""
    url = f"sqlite:///{folder / 'lantern.sqlite3'}"
    return create_app(Config.for_tests(database_url=url, instance_dir=folder))


def one_commit(folder: Path) -> list[str]:
    """Postpone, move, cancel and un-cancel: page, feed, data and outbox say it after one commit."""
    return list(steps.walk(application(folder)))


def lines_and_zones(folder: Path) -> list[str]:
    """Look at bytes, folding, zones, GEO and escaping: what none of the others looks at."""
    return [
        f"linter: {path.name}: {finding}"
        for path in sorted(folder.glob("*.ics"))
        for finding in lint(path.read_bytes())
    ]


def in_python(folder: Path) -> list[str]:
    """Ask ical, vobject, ics, recurring-ical-events and schema-org-py."""
    return engines.lines([engines.python(), engines.OUTSIDE / "read_calendars.py", folder])


def in_javascript(folder: Path) -> list[str]:
    """Ask ical.js and node-ical."""
    engines.npm(engines.OUTSIDE)
    return engines.node("read_calendars.mjs", folder)


def by_types(folder: Path) -> list[str]:
    """Let TypeScript compile the data of every page against schema-dts."""
    engines.npm(engines.OUTSIDE)
    written = engines.OUTSIDE / "node_modules" / "jsonld.ts"  # where tsc finds schema-dts
    compiler = engines.OUTSIDE / "node_modules" / "typescript" / "bin" / "tsc"
    flags = ("--noEmit", "--strict", "--module", "nodenext", "--target", "es2022")
    return [
        *engines.node("types.mjs", folder, written),
        *engines.lines([engines.NODE, compiler, *flags, written]),
    ]


def search_engines(folder: Path) -> list[str]:
    """Apply the search engines' own rules, which are stricter than the vocabulary."""
    return list(_search_engines(folder))


def _search_engines(folder: Path) -> Iterator[str]:
    for address, blocks in world.read_pages(folder).items():
        if not blocks:
            yield f"{address}: no data"
        for block in blocks:
            yield from (f"{address}: {finding}" for finding in search_rules.check(block))
