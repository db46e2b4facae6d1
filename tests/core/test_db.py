"""One way to write: whole or not at all, again on a conflict, never nested."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from campaign_app.core import clock, db
from campaign_app.core.db import NestedTransaction, changed_one, session
from campaign_app.events.models import Campaign
from campaign_app.qr.models import Code

ROOT = Path(__file__).resolve().parents[2]


def add(slug: str) -> None:
    session.add(Campaign(slug=slug, names={"en": slug}))
    session.flush()


def slugs() -> list[str]:
    session.rollback()
    return list(session.scalars(select(Campaign.slug).order_by(Campaign.slug)))


def test_what_fails_half_way_leaves_nothing(app: Flask) -> None:
    def half() -> None:
        add("first")
        raise KeyError

    with app.app_context():
        with pytest.raises(KeyError):
            db.transact(half)
        assert slugs() == []


def test_a_transaction_within_a_transaction_is_a_mistake(app: Flask) -> None:
    with app.app_context(), pytest.raises(NestedTransaction):
        db.transact(lambda: db.transact(lambda: add("inner")))


def test_a_conflict_runs_the_whole_block_again(app: Flask) -> None:
    tries = []

    def stumble() -> None:
        tries.append(1)
        add("once")
        if len(tries) < 3:
            raise DBAPIError("…", None, Exception("database is locked"))

    with app.app_context():
        db.transact(stumble)
        assert slugs() == ["once"]
    assert len(tries) == 3


def test_of_those_who_change_one_row_the_first_hears_that_it_was_theirs(app: Flask) -> None:
    def rename() -> bool:
        mine = update(Campaign).where(Campaign.slug == "early").values(slug="late")
        return changed_one(mine)

    def many() -> bool:
        return changed_one(update(Campaign).values(names={"en": "all"}))

    with app.app_context():
        db.transact(lambda: add("early"))
        db.transact(lambda: add("other"))
        assert [db.transact(rename), db.transact(rename)] == [True, False]
        assert db.transact(many) is False
        assert slugs() == ["late", "other"]


def test_a_mistake_is_not_tried_again(app: Flask) -> None:
    tries = []

    def twice() -> None:
        tries.append(1)
        add("same")
        add("same")

    with app.app_context(), pytest.raises(IntegrityError):
        db.transact(twice)
    assert len(tries) == 1


def test_an_error_carries_no_value(app: Flask) -> None:
    def break_it() -> None:
        session.execute(
            text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "mina@example.org"}
        )

    with app.app_context(), pytest.raises(DBAPIError) as error:
        db.transact(break_it)
    assert "mina" not in str(error.value)


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    naive = clock.now().replace(tzinfo=None)

    def write() -> None:
        session.add(Code(letters="x" * 8, created_at=naive))
        session.flush()

    with app.app_context(), pytest.raises(Exception, match="time zone"):
        db.transact(write)


def test_moments_come_back_in_utc(app: Flask) -> None:
    now = clock.now()
    with app.app_context():
        db.transact(lambda: session.add(Code(letters="x" * 8, created_at=now)))
        session.rollback()
        assert session.scalars(select(Code.created_at)).one() == now


def test_an_old_sqlite_gets_the_safe_journal_and_says_so(tmp_path: Path) -> None:
    script = f"""
import sys
sys.modules["pysqlite3"] = None  # as where the wheel does not exist
from pathlib import Path
from sqlalchemy import text
from campaign_app import create_app
from campaign_app.core import db
from campaign_app.core.db import session
from config import Config
if db.sqlite_driver.sqlite_version_info >= db.FIRST_SAFE_WAL:
    print("delete"); sys.exit("can corrupt")
folder = Path({str(tmp_path)!r})
app = create_app(Config.for_tests(database_url=f"sqlite:///{{folder}}/x.sqlite3", instance_dir=folder))
with app.app_context():
    print(session.scalar(text("PRAGMA journal_mode")))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == "delete", ran.stderr
    assert "can corrupt" in ran.stderr


@pytest.mark.parametrize("engine_name", ["sqlite"])  # PostgreSQL's log is its administrator's
def test_no_old_image_of_what_was_deleted_stays_in_the_log(app: Flask, database_url: str) -> None:
    folder = Path(database_url.removeprefix("sqlite:///")).parent
    mark = "an-image-that-must-go"
    with app.app_context():
        db.transact(lambda: add(mark))
        db.transact(lambda: session.execute(text("DELETE FROM campaign")))
        assert found(mark, folder)  # the log still has what the deleted row was
        db.empty_the_log()
        assert not found(mark, folder)


def found(mark: str, folder: Path) -> bool:
    files = (path for path in folder.rglob("*") if path.is_file())
    return any(mark.encode() in path.read_bytes() for path in files)
