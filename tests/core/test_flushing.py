"""Counts that wait in memory are written every few seconds, and when the process ends."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from campaign_app.core.flushing import MOST_KEYS, Flusher

Key = tuple[str, int]


class Shelf:
    """Where a test's counts are written, and what goes wrong there."""

    def __init__(self) -> None:
        self.written: list[dict[Key, int]] = []
        self.trouble: Exception | None = None

    def write(self, counts: Mapping[Key, int]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.written.append(dict(counts))


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def engine_name() -> str:
    """What counts is the memory, not the engine."""
    return "sqlite"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def flusher(shelf: Shelf) -> Flusher[Key]:
    return Flusher("test.counts", shelf.write)


def test_counts_add_up_and_are_written_once_in_order(shelf: Shelf, flusher: Flusher[Key]) -> None:
    for key in (("b", 1), ("a", 2), ("b", 1), ("a", 1)):
        flusher.add(key)
    flusher.add(("a", 1), 5)
    assert flusher.waiting() == {("a", 1): 6, ("a", 2): 1, ("b", 1): 2}
    flusher.flush()
    flusher.flush()
    assert [list(written.items()) for written in shelf.written] == [
        [(("a", 1), 6), (("a", 2), 1), (("b", 1), 2)]
    ]
    assert flusher.waiting() == {}


def test_nothing_is_written_where_nothing_was_counted(shelf: Shelf, flusher: Flusher[Key]) -> None:
    flusher.flush()
    assert shelf.written == []
    assert flusher.waiting() == {}


def test_many_threads_lose_no_count(shelf: Shelf, app: Flask, flusher: Flusher[Key]) -> None:
    def count() -> None:
        with app.app_context():
            for n in range(500):
                flusher.add(("a", n % 7))
                if n % 50 == 0:
                    flusher.flush()

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flusher.flush()
    assert sum(sum(written.values()) for written in shelf.written) == 8 * 500


def test_while_the_database_is_away_counts_wait(
    shelf: Shelf, flusher: Flusher[Key], caplog: pytest.LogCaptureFixture
) -> None:
    flusher.add(("a", 1))
    shelf.trouble = OperationalError("INSERT", {}, Exception("gone"))
    with caplog.at_level(logging.WARNING):
        flusher.flush()
    assert "not written yet" in caplog.text
    flusher.add(("a", 1))
    shelf.trouble = None
    flusher.flush()
    assert shelf.written == [{("a", 1): 2}]


def test_counts_of_what_is_gone_are_dropped_so_that_others_are_written(
    shelf: Shelf, flusher: Flusher[Key]
) -> None:
    flusher.add(("a", 1))
    shelf.trouble = IntegrityError("INSERT", {}, Exception("foreign key"))
    flusher.flush()
    shelf.trouble = None
    flusher.add(("b", 1))
    flusher.flush()
    assert shelf.written == [{("b", 1): 1}]


def test_memory_stays_bounded(flusher: Flusher[Key]) -> None:
    for n in range(MOST_KEYS + 10):
        flusher.add(("a", n))
    flusher.add(("a", 0))
    assert len(flusher.waiting()) == MOST_KEYS
    assert flusher.waiting()["a", 0] == 2


def test_a_process_that_serves_writes_by_itself(app: Flask, shelf: Shelf) -> None:
    app.testing = False
    Flusher("test.every", shelf.write, seconds=0.05).add(("a", 1))
    deadline = time.monotonic() + 10
    while not shelf.written and time.monotonic() < deadline:
        time.sleep(0.02)
    assert shelf.written == [{("a", 1): 1}]


SERVER = """
import sys, time
from pathlib import Path
from campaign_app import create_app
from campaign_app.core.flushing import Flusher
from config import Config
folder = Path(sys.argv[1])
app = create_app(Config.for_tests(database_url=f"sqlite:///{folder / 'x.sqlite3'}", instance_dir=folder))
app.testing = False
def write(counts): (folder / "written").write_text(repr(dict(counts)))
flusher = Flusher("test.exit", write, seconds=600)
with app.app_context():
    flusher.add(("a", 1))
    time.sleep(0.5)  # the first look has passed; the next comes in ten minutes
    flusher.add(("b", 2))
(folder / "written").unlink(missing_ok=True)
"""


def test_a_process_that_ends_writes_what_waits(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SERVER, str(tmp_path)], check=True, timeout=60)
    assert "('b', 2): 1" in (tmp_path / "written").read_text()
