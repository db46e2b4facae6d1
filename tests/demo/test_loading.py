"""The demo: what `make run` loads and says, whole or not at all, once."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask_security import verify_password
from sqlalchemy import func, select

from campaign_app import create_app, demo
from campaign_app.accounts import queries as accounts
from campaign_app.accounts import services as people
from campaign_app.accounts.passwords import hashed
from campaign_app.core import clock, db, keyfile
from campaign_app.core.db import Base, session
from campaign_app.core.keyring import Keyring
from campaign_app.events.models import Event
from campaign_app.kiosk import enrolling, keys
from campaign_app.kiosk.models import Tablet
from campaign_app.petitions import queries, recount, states
from campaign_app.petitions.models import MailboxRule, OrganiserKey, Petition
from campaign_app.petitions.shipped_rules import ensure_rules
from campaign_app.petitions.signing_models import Signature
from config import Config
from tests.demo.conftest import Demo
from tests.kiosk import devices

SHAPE: Final = ["base_url", "qr", "petitions", "organiser", "people", "keys", "mail_dir"]
ROOT: Final = Path(__file__).resolve().parents[2]
LOADER: Final = """
import sys
from pathlib import Path
from campaign_app import create_app, demo
from config import Config
folder = Path(sys.argv[2])
demo.load(create_app(Config.for_tests(database_url=sys.argv[1], instance_dir=folder)), folder)
"""


def everything() -> dict[str, list[str]]:
    """Read every row of every table."""
    return {
        table.name: sorted(str(row) for row in session.execute(select(table)))
        for table in Base.metadata.sorted_tables
    }


def test_demo_json_says_exactly_what_was_agreed(running: Demo) -> None:
    facts = running.facts

    assert list(facts) == SHAPE
    assert [person["role"] for person in facts["people"]] == [
        "administrator",
        "organiser",
        "organiser",
        "viewer",
        "finance",
        "finance",
    ]
    assert all(set(person) == {"role", "email", "password"} for person in facts["people"])
    assert facts["organiser"] == {name: facts["people"][1][name] for name in ("email", "password")}
    assert facts["petitions"] == ["close-the-camps", "no-forced-repatriation"]
    assert facts["base_url"] == "http://localhost"
    assert facts["mail_dir"] == str(running.folder / "mail")
    assert json.loads(json.dumps(facts)) == facts


def test_everybody_signs_in_with_the_password_that_demo_json_names(running: Demo) -> None:
    with running.app.app_context():
        for person in running.facts["people"]:
            found = accounts.person_of(person["email"])
            assert found is not None
            assert verify_password(person["password"], found.password)
            assert found.holds(person["role"])
            assert len(person["password"]) >= 20


def test_three_codes_stand_now_at_three_places_and_open_a_petition(running: Demo) -> None:
    client = running.app.test_client()

    pages = [client.get(path, headers={"Accept-Language": "sw"}) for path in running.facts["qr"]]

    assert len(set(running.facts["qr"])) == 3
    assert [page.status_code for page in pages] == [200, 200, 200]
    for page, words in zip(pages, ("연세대학교", "Itaewon", "Place des Nations"), strict=True):
        assert words in page.text
        assert 'name="email"' in page.text


def test_both_key_files_open_and_only_their_owner_reads_them(running: Demo) -> None:
    with running.app.app_context():
        known = set(session.scalars(select(OrganiserKey.key_id)))

    opened = {
        keyfile.load(Path(key["file"]).read_text("utf-8"), key["passphrase"]).public.key_id
        for key in running.facts["keys"]
    }

    assert len(opened) == 2
    assert opened == known
    for path in (
        *(running.folder / "organiser-keys").iterdir(),
        running.folder / "demo-secrets.json",
    ):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert "flask keys new" in (running.folder / "organiser-keys" / "README.txt").read_text("utf-8")


def test_every_row_of_every_table_is_marked(running: Demo) -> None:
    with running.app.app_context():
        for table in Base.metadata.sorted_tables:
            unmarked = select(func.count()).select_from(table).where(table.c.demo.is_(False))
            assert session.scalar(unmarked) == 0, table.name


def test_the_tally_agrees_with_a_recount(running: Demo) -> None:
    with running.app.app_context():
        assert recount.check() == []


def test_what_is_over_is_done_what_comes_is_announced_and_what_is_far_is_a_draft(
    running: Demo,
) -> None:
    with running.app.app_context():
        events = session.scalars(select(Event)).unique().all()
        now = clock.now()
        over = {event.state for event in events if event.ends_at < now}
        far = {event.state for event in events if event.starts_at > now + timedelta(days=75)}
        announced = [event for event in events if event.state == "confirmed"]

        assert over == {"done"}
        assert "draft" in far
        assert announced
        assert all(event.permit_gate != "waiting" for event in announced)
        series = {event.series_id for event in events if event.series_id}
        assert len(series) == 4
        cities = {event.location.cities["en"] for event in announced} | {
            event.location.cities["en"] for event in events if event.state == "done"
        }
        assert cities == {"Seoul", "Geneva", "New York"}


def test_a_second_load_changes_nothing(running: Demo) -> None:
    with running.app.app_context():
        before = everything()
    kept = (running.folder / "demo-secrets.json").read_text("utf-8")

    again = demo.load(running.app, running.folder)

    assert again == running.facts
    assert (running.folder / "demo-secrets.json").read_text("utf-8") == kept
    with running.app.app_context():
        assert everything() == before


def test_a_load_that_is_killed_starts_over(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    loader = subprocess.Popen(
        [sys.executable, "-c", LOADER, database_url, str(folder)], cwd=ROOT, env=os.environ
    )
    # A petition's index key appears while the transaction runs: rows are written, none committed.
    wait_until(lambda: any((folder / "keys").rglob("*.key")))
    loader.send_signal(signal.SIGKILL)
    assert loader.wait() == -signal.SIGKILL
    passwords = (folder / "demo-secrets.json").read_text("utf-8")

    app = create_app(Config.for_tests(database_url=database_url, instance_dir=folder))
    with app.app_context():
        filled = {table for table, rows in everything().items() if rows}
        assert filled <= {"mailbox_rule"}  # every database begins with these
    facts = demo.load(app, folder)

    assert len(facts["qr"]) == 3
    assert (folder / "demo-secrets.json").read_text("utf-8") == passwords
    with app.app_context():
        assert recount.check() == []
        assert (session.scalar(select(func.count()).select_from(Signature)) or 0) > 2000
        db.db.engine.dispose()


def wait_until(true: Any) -> None:
    """Wait until something is so."""
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


def give_password(running: Demo, email: str, password: str) -> str:
    """Let somebody change a password in the console; give its hash."""
    with running.app.app_context():
        secret = hashed(password)

        def change() -> None:
            found = accounts.person_of(email)
            assert found is not None
            people.set_password(found, secret)

        db.transact(change)
        return secret


def test_a_password_that_was_changed_is_set_back(running: Demo) -> None:
    email = running.facts["organiser"]["email"]
    give_password(running, email, "quite another password")

    demo.load(running.app, running.folder)

    with running.app.app_context():
        found = accounts.person_of(email)
        assert found is not None
        assert verify_password(running.facts["organiser"]["password"], found.password)


def test_a_password_hashed_anew_is_left_as_it_is(running: Demo) -> None:
    email = running.facts["organiser"]["email"]
    anew = give_password(running, email, running.facts["organiser"]["password"])

    demo.load(running.app, running.folder)

    with running.app.app_context():
        found = accounts.person_of(email)
        assert found is not None
        assert found.password == anew


def test_a_fresh_clone_enters_a_database_that_another_one_filled(
    demo_url: str, tmp_path: Path
) -> None:
    fresh = tmp_path / "fresh"
    app = create_app(Config.for_tests(database_url=demo_url, instance_dir=fresh))

    facts = demo.load(app, fresh)

    with app.app_context():
        for person in facts["people"]:
            found = accounts.person_of(person["email"])
            assert found is not None
            assert verify_password(person["password"], found.password)
        opened = session.scalars(select(Petition.uid).where(Petition.state == states.OPEN)).all()
        assert all(Keyring(fresh / "keys").index_key(uid) for uid in opened)
        assert queries.keys_in_use() == 2
        db.db.engine.dispose()
    assert len(facts["people"]) == 6
    assert len(facts["qr"]) == 3
    assert facts["keys"] == []  # their private halves are where the other clone is


def test_somebody_elses_database_is_left_alone(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        secret = hashed("a lantern in every window")
        mine = ("Organiser", "organiser@example.org", secret, ["organiser"])
        db.transact(lambda: people.create_person(*mine))
        before = everything()

    facts = demo.load(app, tmp_path)

    assert facts["people"] == []
    assert facts["organiser"] == {"email": "", "password": ""}
    assert (facts["qr"], facts["petitions"], facts["keys"]) == ([], [], [])
    with app.app_context():
        assert everything() == before


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_demo_is_never_loaded_in_production(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    production = Config.for_tests(
        database_url=config.database_url, instance_dir=folder, environment="production"
    )

    with pytest.raises(SystemExit, match="never loaded in production"):
        demo.load(create_app(production), folder)

    assert not folder.exists()


def test_the_shipped_mailbox_rules_come_once(app: Flask) -> None:
    with app.app_context():
        db.transact(ensure_rules)
        shipped = len(queries.rules())
        db.transact(lambda: session.delete(queries.rules()[0]))
        db.transact(ensure_rules)

        assert shipped > 20
        assert len(queries.rules()) == shipped - 1
        rule = session.scalar(select(MailboxRule).where(MailboxRule.domain == "googlemail.com"))
        assert rule is not None
        assert (rule.same_as, rule.strip_dots, rule.cut_at) == ("gmail.com", True, "+")


def test_a_tablet_waits_at_the_next_stall_for_its_code(running: Demo) -> None:
    with running.app.app_context():
        tablet = session.scalars(select(Tablet)).one()
        assert tablet.event is not None
        assert tablet.event.starts_at > clock.now() - timedelta(days=1)
        assert tablet.event.state == "confirmed"
        assert keys.current(tablet.event.id) is not None
        code = db.transact(lambda: enrolling.make_code(tablet.id)).letters
    client = running.app.test_client()
    token = devices.enrol(client, code).get_json()["token"]
    pack = devices.pack(client, token).get_json()
    asked = [one["slug"] for one in pack["event"]["petitions"]]
    assert set(asked) <= set(running.facts["petitions"])
    assert asked
