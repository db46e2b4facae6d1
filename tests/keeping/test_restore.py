"""A dead disk: with the backup and the secrets everything is there again, the withdrawn are not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from campaign_app.audit import queries as audit
from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.sealed_stream import new_key
from campaign_app.petitions import invalidating, queries, replaying
from campaign_app.petitions.models import Petition
from campaign_app.petitions.signing import withdrawn_log
from campaign_app.petitions.signing_models import SealedCopy, Signature
from campaign_app.petitions.states import WITHDRAWN
from config import Config
from tests import given
from tests.given import World
from tests.keeping.restoring import (
    NewDatabase,
    agreed,
    backed_up,
    machine,
    rows,
    run,
    secrets_of,
    states,
    tallies,
)
from tests.petitions.test_forgetting import close, forget
from tests.petitions.test_receipts import confirmed

BEFORE = ("mina@example.org", "jean@example.org", "anna@example.org", "yuna@example.org")


def sign_all(app: Flask, client: FlaskClient, world: World) -> list[str]:
    """Four sign and confirm; a fifth is awaited."""
    receipts = [confirmed(app, client, world, email) for email in BEFORE]
    given.sign(client, f"/q/{world.code}", email="late@example.org")
    given.send_mail(app)
    return receipts


def withdraw(client: FlaskClient, receipt: str) -> None:
    answer = client.post("/en/receipt/withdraw", data={"code": receipt, "sure": "yes"})
    assert answer.status_code == 200


def withdrawn_rows(app: Flask) -> list[Any]:
    with app.app_context():
        session.rollback()
        found = session.scalars(select(Signature).where(Signature.state == WITHDRAWN)).all()
        return [(row.id, row.sealed, row.blind_index) for row in found]


def test_after_a_dead_disk_tallies_agree_and_the_withdrawn_stay_withdrawn(
    app: Flask,
    client: FlaskClient,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
) -> None:
    receipts = sign_all(app, client, world)
    withdraw(client, receipts[0])
    file = backed_up(app, tmp_path / "monday.backup")
    # Signed and withdrawn after the backup; the awaited one confirms, then withdraws.
    confirmed(app, client, world, "new@example.org")
    withdraw(client, receipts[1])
    late = next(m for m in given.mails(app) if str(m["To"]) == "late@example.org")
    page = client.post(given.link_of(late))
    withdraw(client, page.text.split('class="receipt"')[1].split(">")[1].split("<")[0])
    engine = "sqlite" if config.is_sqlite else "postgresql"
    fresh = {"database_url": empty(engine), "key_dir": secrets_of(app, tmp_path)}
    with machine(config, **fresh) as restored:
        done = run(restored, "restore", file)
        assert done.exit_code == 0, done.output
        assert "MISSING" not in done.stderr
        assert "1 withdrawn" not in done.stdout  # two: one counted, one awaited at the backup
        assert "Deleted again, as withdrawn.log says: 2 withdrawn" in done.stdout
        assert "The tally and the recount agree." in done.stdout
        assert tallies(restored) == {world.slug: {"confirmed": 2}}
        assert agreed(restored)
        assert states(restored) == {"confirmed": 2, "withdrawn": 2}
        assert [row[1:] for row in withdrawn_rows(restored)] == [(None, None)] * 2
        with restored.app_context():
            sealed = session.scalars(select(Signature.id).where(Signature.sealed.is_not(None)))
            copies = session.scalars(select(SealedCopy.signature_id).distinct())
            assert set(sealed) == set(copies)
        # And life goes on there: who withdrew may sign again, who had signed is known.
        again = restored.test_client()
        confirmed(restored, again, world, BEFORE[1])
        given.sign(again, f"/q/{world.code}", email=BEFORE[2])
        assert tallies(restored) == {world.slug: {"confirmed": 3}}
        assert agreed(restored)


@pytest.mark.parametrize("at_once", [1, 500], ids=["line by line", "together"])
def test_what_was_decided_after_the_backup_is_decided_again(
    app: Flask,
    client: FlaskClient,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
    at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_all(app, client, world)
    with app.app_context():
        confirmed_rows = select(Signature.id).where(Signature.state == "confirmed")
        wrong, right, twice, _other = session.scalars(confirmed_rows.order_by(Signature.id)).all()
        decide(world, invalidating.invalidate, right)
    file = backed_up(app, tmp_path / "monday.backup")
    with app.app_context():
        decide(world, invalidating.invalidate, wrong)
        decide(world, invalidating.restore, right)
        decide(world, invalidating.invalidate, twice)
        decide(world, invalidating.restore, twice)
    engine = "sqlite" if config.is_sqlite else "postgresql"
    monkeypatch.setattr(replaying, "MOST_AT_ONCE", at_once)
    fresh = {"database_url": empty(engine), "key_dir": secrets_of(app, tmp_path)}
    with machine(config, **fresh) as restored:
        done = run(restored, "restore", file)
        assert done.exit_code == 0, done.output
        assert "Decided again:" in done.stdout
        assert states(restored) == {"awaiting": 1, "confirmed": 3, "invalidated": 1}
        assert tallies(restored) == {world.slug: {"confirmed": 3, "unconfirmed": 1}}
        assert agreed(restored)
        with restored.app_context():
            assert invalidating.state_of(world.petition_id, wrong) == "invalidated"
            lines = [line for line in withdrawn_log().lines() if line]
            assert not any(db.transact(lambda: replaying.replay(lines)).values())
            noted = [one.detail for one in audit.entries(action="signature.invalidated")]
            assert {"row": wrong.hex, "reason": "withdrawn.log"} in noted


def decide(world: World, deed: Callable[[int, UUID, str], bool], row: UUID) -> None:
    """Take somebody out of the tally, or put them back."""
    assert db.transact(lambda: deed(world.petition_id, row, "A cartoon figure"))


def test_without_withdrawn_log_it_says_so_loudly(
    app: Flask,
    client: FlaskClient,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
) -> None:
    receipts = sign_all(app, client, world)
    file = backed_up(app, tmp_path / "monday.backup")
    withdraw(client, receipts[0])
    engine = "sqlite" if config.is_sqlite else "postgresql"
    fresh = {"database_url": empty(engine), "key_dir": secrets_of(app, tmp_path, log=False)}
    with machine(config, **fresh) as restored:
        done = run(restored, "restore", file)
        assert "withdrawn.log IS MISSING" in done.stderr
        assert "!!!!!!!!!!" in done.stderr
        assert tallies(restored) == {world.slug: {"confirmed": 4, "unconfirmed": 1}}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_withdrawn_log_older_than_the_backup_is_no_comfort(
    app: Flask,
    client: FlaskClient,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
) -> None:
    receipts = sign_all(app, client, world)
    withdraw(client, receipts[0])
    old = secrets_of(app, tmp_path)
    withdraw(client, receipts[1])
    file = backed_up(app, tmp_path / "monday.backup")
    (old / "withdrawn.log").open("ab").write(b"nonsense\n")
    with machine(config, database_url=empty("sqlite"), key_dir=old) as restored:
        done = run(restored, "restore", file)
        assert "IS OLDER THAN THE BACKUP" in done.stderr
        assert "1 lines of withdrawn.log cannot be read" in done.stderr
        assert agreed(restored)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_machine_without_the_petitions_key_is_told_so(
    app: Flask,
    client: FlaskClient,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
) -> None:
    file = backed_up(app, tmp_path / "monday.backup")
    with machine(config, database_url=empty("sqlite"), key_dir=tmp_path / "no-keys") as restored:
        done = run(restored, "restore", file)
        assert f"KEY_DIR holds no key of the petition {world.slug}" in done.stderr


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_from_sqlite_to_postgresql_and_back_every_row_and_every_tally_stays(
    app: Flask,
    client: FlaskClient,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
) -> None:
    receipts = sign_all(app, client, world)
    withdraw(client, receipts[0])
    with app.app_context():
        db.transact(lambda: given.petition("another"))
    before = tallies(app), states(app)
    file = backed_up(app, tmp_path / "1.backup")
    there = {name: n for name, n in rows(app).items() if name not in CHANGES}
    with machine(config, database_url=empty("postgresql")) as moved:
        assert run(moved, "restore", file).exit_code == 0
        assert (tallies(moved), states(moved)) == before
        assert agreed(moved)
        assert {name: n for name, n in rows(moved).items() if name not in CHANGES} == there
        # Row numbers go on behind those that came.
        with moved.app_context():
            third = db.transact(lambda: given.petition("a-third")).id
            assert third > max(session.scalars(select(Petition.id).where(Petition.id != third)))
        back = backed_up(moved, tmp_path / "2.backup")
        before = tallies(moved), states(moved)
    with machine(config, database_url=empty("sqlite")) as home:
        assert run(home, "restore", back).exit_code == 0
        assert (tallies(home), states(home)) == before
        assert agreed(home)
        confirmed(home, home.test_client(), world, "after@example.org")
        assert tallies(home)[world.slug]["confirmed"] == before[0][world.slug]["confirmed"] + 1


#: What no backup holds, and what making or restoring one adds to.
CHANGES = {"web_session", "periodic", "mail_budget", "outbox", "audit_entry"}


def test_a_database_in_use_is_left_alone(
    app: Flask, client: FlaskClient, world: World, tmp_path: Path
) -> None:
    sign_all(app, client, world)
    before = rows(app)
    file = backed_up(app, tmp_path / "monday.backup")
    done = run(app, "restore", file)
    assert done.exit_code == 1
    assert "This database is in use" in done.output
    assert rows(app) == before | {"audit_entry": before["audit_entry"] + 1}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_migrated_database_that_nobody_used_is_empty_enough(
    app: Flask, world: World, config: Config, sqlite_template: Path, tmp_path: Path
) -> None:
    file = backed_up(app, tmp_path / "monday.backup")
    unused = tmp_path / "unused.sqlite3"
    unused.write_bytes(sqlite_template.read_bytes())
    with machine(config, database_url=f"sqlite:///{unused}") as restored:
        assert run(restored, "restore", file).exit_code == 0
        assert tallies(restored) == {world.slug: {}}
        expected = rows(app)
        assert rows(restored)["mailbox_rule"] == expected["mailbox_rule"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_next_backup_holds_no_name_that_was_deleted(
    app: Flask,
    client: FlaskClient,
    world: World,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
) -> None:
    sign_all(app, client, world)
    old = backed_up(app, tmp_path / "old.backup")
    close(app, world)
    forget(app, 170)
    forget(app, 184)
    new = backed_up(app, tmp_path / "new.backup")
    with machine(config, database_url=empty("sqlite")) as restored:
        assert run(restored, "restore", new).exit_code == 0
        assert tallies(restored) == {world.slug: {"confirmed": 4}}
        assert _names(restored) == 0
    # And an older one holds them only until it is restored.
    with machine(config, database_url=empty("sqlite")) as restored:
        done = run(restored, "restore", old)
        assert "5 whose time was over" in done.stdout or "4 whose time was over" in done.stdout
        assert tallies(restored) == {world.slug: {"confirmed": 4}}
        assert _names(restored) == 0
        assert agreed(restored)


def _names(app: Flask) -> int:
    with app.app_context():
        session.rollback()
        sealed = session.query(Signature).where(Signature.sealed.is_not(None)).count()
        return sealed + session.query(SealedCopy).count()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_production_takes_no_demo(
    app: Flask, world: World, config: Config, empty: NewDatabase, tmp_path: Path
) -> None:
    with app.app_context():
        db.transact(lambda: setattr(queries.get(world.petition_id), "demo", True))
    file = backed_up(app, tmp_path / "demo.backup")
    real = {"environment": "production", "secure_cookies": True}
    with machine(config, database_url=empty("sqlite"), **real) as restored:
        done = run(restored, "restore", file)
        assert done.exit_code == 1
        assert "invented people" in done.output
        with restored.app_context():
            assert inspect(db.db.engine).get_table_names() == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    "key",
    ["", "lantern-backup-short", new_key().replace("-backup", "")],
    ids=["none", "short", "no head"],
)
def test_without_a_good_key_no_backup_is_made(
    world: World, config: Config, tmp_path: Path, key: str
) -> None:
    with machine(config, backup_key=key) as app:
        done = run(app, "backup", tmp_path / "x.backup")
        assert done.exit_code == 1
        assert "BACKUP_KEY" in done.output
        assert not (tmp_path / "x.backup").exists()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_backup_key_can_be_made_and_used(config: Config, world: World, tmp_path: Path) -> None:
    with machine(config, backup_key="") as app:
        line = run(app, "backup-key").stdout.strip()
    name, _, key = line.partition("=")
    assert name == "BACKUP_KEY"
    with machine(config, backup_key=key) as app:
        backed_up(app, tmp_path / "x.backup")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_backup_is_overwritten(app: Flask, world: World, tmp_path: Path) -> None:
    file = backed_up(app, tmp_path / "x.backup")
    before = file.read_bytes()
    assert run(app, "backup", file).exit_code == 1
    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []
