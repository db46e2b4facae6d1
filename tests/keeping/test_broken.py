"""What may go wrong with a backup ends in a plain sentence, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, text

from campaign_app.core import backup_file, clock, db, snapshot
from campaign_app.core.backup_file import Head
from campaign_app.core.db import session
from campaign_app.core.sealed_stream import new_key, read_key
from campaign_app.core.snapshot import Shape, Sum
from campaign_app.petitions import tally
from config import Config
from tests import given
from tests.concurrency.test_races import _sign_and_confirm
from tests.given import World
from tests.keeping.restoring import (
    KEY,
    NewDatabase,
    agreed,
    backed_up,
    machine,
    rows,
    run,
    tallies,
)
from tests.serving import ROOT, SECRET, until

only_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])
Break = Callable[[bytes], bytes]


@only_sqlite
@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda file: file[:-1], "ends too early"),
        (lambda file: file[:200], "ends too early"),
        (lambda file: file[:-40] + bytes([file[-40] ^ 1]) + file[-39:], "altered"),
        (lambda file: file + b"x", "altered"),
        (lambda file: b"", "no backup"),
        (lambda file: b"PK" + file, "no backup"),
    ],
    ids=["cut", "cut short", "altered", "longer", "empty", "another"],
)
def test_a_file_that_is_not_whole_restores_nothing(
    app: Flask,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
    broken: Break,
    said: str,
) -> None:
    file = backed_up(app, tmp_path / "good.backup")
    bad = tmp_path / "bad.backup"
    bad.write_bytes(broken(file.read_bytes()))
    with machine(config, database_url=empty("sqlite")) as other:
        done = run(other, "restore", bad)
        assert (done.exit_code, said in done.output) == (1, True), done.output
        assert "Nothing was restored." in done.output
        assert "Traceback" not in done.output
        with other.app_context():
            assert inspect(db.db.engine).get_table_names() == []


@only_sqlite
def test_another_key_restores_nothing(
    app: Flask, world: World, config: Config, empty: NewDatabase, tmp_path: Path
) -> None:
    file = backed_up(app, tmp_path / "good.backup")
    with machine(config, database_url=empty("sqlite"), backup_key=new_key()) as other:
        done = run(other, "restore", file)
        assert done.exit_code == 1
        assert "BACKUP_KEY does not open this file" in done.output
        with other.app_context():
            assert inspect(db.db.engine).get_table_names() == []


@only_sqlite
def test_a_backup_of_a_newer_lantern_is_refused(
    app: Flask, world: World, config: Config, empty: NewDatabase, tmp_path: Path
) -> None:
    with app.app_context():
        db.transact(lambda: session.execute(text("UPDATE alembic_version SET version_num='9999'")))
    file = backed_up(app, tmp_path / "newer.backup")
    with machine(config, database_url=empty("sqlite")) as other:
        done = run(other, "restore", file)
        assert done.exit_code == 1
        assert "made by a newer Lantern" in done.output


def test_a_restore_that_dies_leaves_an_empty_database_that_takes_it_again(
    app: Flask,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = backed_up(app, tmp_path / "good.backup")
    engine = "sqlite" if config.is_sqlite else "postgresql"
    with machine(config, database_url=empty(engine)) as other:
        whole = snapshot.load

        def dying(connection: Any, shape: Any, lines: Any) -> Any:
            if shape.name == "petition_text":
                raise KeyboardInterrupt
            return whole(connection, shape, lines)

        with monkeypatch.context() as patch:
            patch.setattr(snapshot, "load", dying)
            run(other, "restore", file)
        left = {name: n for name, n in rows(other).items() if n and name != "mailbox_rule"}
        assert left == {}
        assert run(other, "restore", file).exit_code == 0
        assert tallies(other) == {world.slug: {}}
        assert agreed(other)


@only_sqlite
def test_a_backup_that_is_killed_leaves_no_file_with_its_name(
    app: Flask, world: World, config: Config, tmp_path: Path
) -> None:
    file = tmp_path / "killed.backup"
    environment = {
        "PATH": os.environ["PATH"],
        "LANTERN_ENV": "demo",
        "SECRET_KEY": SECRET,
        "DATABASE_URL": config.database_url,
        "INSTANCE_DIR": str(config.instance_dir),
        "KEY_DIR": str(config.key_dir),
        "PUBLIC_URL": "http://localhost",
        "BACKUP_KEY": KEY,
    }
    with app.app_context():
        db.transact(_fill)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "backup", str(file)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: list(tmp_path.glob(".killed.backup.*")) or file.exists(), "it never began")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not file.exists()
    assert backed_up(app, file).exists()


def _fill() -> None:
    """Write enough that a backup takes a while."""
    cells = [(1, 1, hour, "ko", "KR", "confirmed", 1) for hour in range(4000)]
    for language in ("aa", "bb", "cc", "dd", "ee"):
        tally.add([(*cell[:3], language, *cell[4:]) for cell in cells])


def test_a_backup_taken_while_people_sign_agrees_with_its_own_recount(
    app: Flask, world: World, config: Config, empty: NewDatabase, tmp_path: Path
) -> None:
    done = threading.Event()

    def sign() -> None:
        with app.app_context():
            while not done.is_set():
                db.transact(lambda: _sign_and_confirm(world))
                db.transact(tally.roll)

    signers = [threading.Thread(target=sign) for _ in range(3)]
    for signer in signers:
        signer.start()
    try:
        files = []
        for number in range(3):
            before = given.counted(app, world.petition_id)[0]
            files.append((before, backed_up(app, tmp_path / f"{number}.backup")))
    finally:
        done.set()
        for signer in signers:
            signer.join()
    ended = given.counted(app, world.petition_id)[0]
    for before, file in files[1:]:
        with machine(config, database_url=empty("sqlite")) as other:
            said = run(other, "restore", file)
            assert "The tally and the recount agree." in said.stdout, said.output
            assert before <= tallies(other)[world.slug]["confirmed"] <= ended
    assert files[1][0] < ended


@only_sqlite
def test_a_backup_of_an_older_day_is_brought_up_to_date(
    config: Config, empty: NewDatabase, tmp_path: Path
) -> None:
    """Its rows go into the schema of its own day; migrations do the rest."""
    with machine(config, database_url=empty("sqlite")) as old, old.app_context():
        flask_migrate.upgrade(revision="0001")
        db.transact(_campaign)
        _backup_as_it_was(tmp_path / "old.backup")
    with machine(config, database_url=empty("sqlite")) as new:
        done = run(new, "restore", tmp_path / "old.backup")
        assert done.exit_code == 0, done.output
        with new.app_context():
            assert session.execute(text("SELECT slug FROM petition")).scalars().all() == ["of-old"]
            assert (
                session.execute(text("SELECT version_num FROM alembic_version")).scalar() != "0001"
            )
            assert inspect(db.db.engine).has_table("names_deleted")


def _backup_as_it_was(file: Path) -> None:
    """Write what that day's software would have written: its tables, its columns."""
    there = inspect(db.db.engine)
    with backup_file.written(file, read_key(KEY)) as put, db.db.engine.connect() as connection:
        put(Head("0001", clock.now(), demo=False, log_bytes=0).line())
        tables = [one for one in snapshot.tables() if there.has_table(one.name)]
        for one in tables:
            columns = {column["name"] for column in there.get_columns(one.name)}
            today = Shape.of(one)
            shape = Shape(one.name, tuple(c for c in today.columns if c[0] in columns))
            said = Sum()
            put(snapshot.dump({"table": shape.name, "columns": shape.columns}))
            for line in snapshot.rows_of(connection, shape):
                said.add(line)
                put(line)
            put(snapshot.dump(said.said()))
        put(snapshot.dump({"end": len(tables)}))


def _campaign() -> None:
    session.execute(
        text(
            "INSERT INTO petition (uid, slug, state, source_language, goal, zone, country,"
            " opens_at, keep_months, created_at) VALUES ('u', 'of-old', 'draft', 'en', 10, 'UTC',"
            " 'KR', '2026-01-01 00:00:00', 6, '2026-01-01 00:00:00')"
        )
    )
