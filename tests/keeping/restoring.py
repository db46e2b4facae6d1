"""Machines for restore drills: back up here, restore there, and look what is left."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Connection, func, select

from campaign_app import create_app
from campaign_app.core.db import Base, db, session
from campaign_app.core.sealed_stream import new_key
from campaign_app.petitions import queries, recount, tally
from campaign_app.petitions.signing_models import Signature
from config import Config
from tests import postgres

KEY = new_key()
NewDatabase = Callable[[str], str]


def run(app: Flask, *words: object) -> Result:
    """Type a command."""
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def backed_up(app: Flask, file: Path) -> Path:
    """Make a backup."""
    done = run(app, "backup", file)
    assert done.exit_code == 0, done.output
    return file


def new_database(request: pytest.FixtureRequest, folder: Path) -> tuple[NewDatabase, list[str]]:
    """Make empty databases, with no tables at all, on either engine."""
    made: list[str] = []

    def make(engine: str) -> str:
        name = f"empty_{uuid.uuid4().hex[:12]}"
        if engine == "sqlite":
            return f"sqlite:///{folder / name}.sqlite3"
        server: postgres.Server = request.getfixturevalue("postgres_server")
        made.append(name)
        return server.create(name)

    return make, made


@contextmanager
def machine(config: Config, **changes: object) -> Iterator[Flask]:
    """Set up another machine with a database of its own."""
    app = create_app(replace(config, **changes))  # type: ignore[arg-type]  # as the test says
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def secrets_of(app: Flask, folder: Path, *, log: bool = True) -> Path:
    """Copy KEY_DIR as one copies secrets, with or without withdrawn.log."""
    copied = folder / f"secrets-{uuid.uuid4().hex[:8]}"
    left_out = shutil.ignore_patterns() if log else shutil.ignore_patterns("withdrawn.log")
    shutil.copytree(app.config["LANTERN"].key_dir, copied, ignore=left_out)
    return copied


def tallies(app: Flask) -> dict[str, dict[str, int]]:
    """Read every tally, by evidence."""
    with app.app_context():
        session.rollback()
        return {
            petition.slug: {k: n for k, n in tally.total(petition.id).by_evidence.items() if n}
            for petition in queries.every()
        }


def agreed(app: Flask) -> bool:
    """Recount."""
    with app.app_context():
        return recount.check() == []


def states(app: Flask) -> dict[str, int]:
    """Count signatures by state."""
    with app.app_context():
        session.rollback()
        query = select(Signature.state, func.count()).group_by(Signature.state)
        return dict(session.execute(query).all())


def rows(app: Flask) -> dict[str, int]:
    """Count every table."""
    with app.app_context(), db.engine.connect() as connection:
        return {name: _count(connection, name) for name in Base.metadata.tables}


def _count(connection: Connection, name: str) -> int:
    query = select(func.count()).select_from(Base.metadata.tables[name])
    return connection.scalar(query) or 0
