"""A name that was signed on a tablet is found nowhere on the server; a dead disk loses none."""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.envelope import Bound, key_from_seed, open_envelope
from campaign_app.core.seal import CannotOpen
from campaign_app.events.models import Event
from campaign_app.kiosk import closing, opening
from campaign_app.kiosk.models import Intake
from config import Config
from tests import given, postgres
from tests.accounts.people import signed_in
from tests.faults import markers
from tests.faults.markers import Marked
from tests.keeping.restoring import (
    KEY,
    NewDatabase,
    agreed,
    backed_up,
    machine,
    new_database,
    run,
    secrets_of,
)
from tests.kiosk import intake
from tests.kiosk.stations import Station
from tests.kiosk.tablet import Item
from tests.outbox.mail_server import free_port


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings with a key for backups, and a mail server that does not answer."""
    return Config.for_tests(
        database_url=database_url,
        instance_dir=tmp_path,
        backup_key=KEY,
        mail_url=f"smtp://127.0.0.1:{free_port()}",
    )


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Make databases without a table; PostgreSQL's are dropped afterwards."""
    make, made = new_database(request, tmp_path)
    yield make
    for name in made:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        server.drop(name)


def sign(station: Station, letters: str, **changes: object) -> Item:
    """Let a marked person sign."""
    who = Marked(letters)
    return station.tablet.sign(**{"name": who.name, "email": who.email} | changes)


def test_whatever_became_of_a_signature_no_name_is_left_anywhere(
    app: Flask,
    client: FlaskClient,
    station: Station,
    request: pytest.FixtureRequest,
    engine_name: str,
    tmp_path: Path,
) -> None:
    began = time.time()  # noqa: TID251 -- as files have it
    sign(station, "ba")
    sign(station, "ba", email=Marked("ba").other_spelling)  # twice
    sign(station, "be", email="")
    voided = sign(station, "bi")
    sign(station, "bo", country="XX")  # waits
    station.tablet.put({"v": 1, "kind": "sign", "name": Marked("bu").name})  # waits
    station.tablet.void(voided)
    station.tablet.deliver(client)
    intake.opened(app, station)
    given.send_mail(app)  # nobody answers: the mails wait
    organiser = signed_in(app, "organiser")
    pages = tmp_path / "pages"
    pages.mkdir()
    found = [f"events/{station.event_id}/report", "reports/", "upload"]
    found += [f"events/{station.event_id}/waiting/1/unreadable"]
    for number, path in enumerate(found):
        answer = organiser.get(f"/console/kiosk/{path}")
        assert answer.status_code == 200
        (pages / str(number)).write_bytes(answer.data)
    backed_up(app, tmp_path / "x.backup")
    assert intake.counted(app, station) == {"witnessed": 1, "no_mailbox": 1}
    files = markers.files_below(tmp_path)
    if engine_name == "postgresql":
        files += markers.files_of(request.getfixturevalue("postgres_server"), began)
    assert markers.found_in(files) == {}


def test_once_the_key_is_destroyed_a_thief_of_everything_opens_no_envelope(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    item = sign(station, "ba")
    station.tablet.deliver(client)
    key_dir = app.config["LANTERN"].key_dir
    assert opened_by_a_thief(station, item, key_dir)  # while it runs, whoever has all has that
    intake.opened(app, station)
    with app.app_context():
        ends_at = session.get_one(Event, station.event_id).ends_at
        install = session.scalars(select(Intake.install_id)).one()
        session.rollback()
        with clock.frozen(ends_at + timedelta(hours=13)):
            transact(partial(closing.close, install, station.event_id))
            assert transact(partial(closing.destroy_if_done, station.event_id))
        assert session.scalars(select(Intake.sealed)).all() == []
    assert not opened_by_a_thief(station, item, key_dir)


def opened_by_a_thief(station: Station, item: Item, key_dir: Path) -> bool:
    """Try every file of KEY_DIR on an envelope that was read along on its way."""
    for path in markers.files_below(key_dir):
        content = path.read_bytes()
        bound = Bound(station.event, item.kid, station.tablet.install, item.id)
        try:
            open_envelope(item.sealed, key_from_seed(content), bound)
        except CannotOpen:
            continue
        return True
    return False


def test_after_a_dead_disk_what_waited_is_opened_and_what_is_gone_is_missing(
    app: Flask,
    client: FlaskClient,
    station: Station,
    config: Config,
    empty: NewDatabase,
    tmp_path: Path,
) -> None:
    before = station.tablet.sign()
    station.tablet.deliver(client)
    file = backed_up(app, tmp_path / "monday.backup")
    station.tablet.sign()
    station.tablet.deliver(client)  # on the disk that dies
    engine = "sqlite" if config.is_sqlite else "postgresql"
    fresh = {"database_url": empty(engine), "key_dir": secrets_of(app, tmp_path)}
    with machine(config, **fresh) as other:
        done = run(other, "restore", file)
        assert done.exit_code == 0, done.output
        station.tablet.send(other.test_client())
        intake.opened(other, station)
        assert intake.state(other, before) == "counted"
        assert agreed(other)
        page = signed_in(other, "organiser").get(f"/console/kiosk/events/{station.event_id}/report")
        assert "no. 2" in page.text
    without = {"database_url": empty(engine), "key_dir": tmp_path / "no-keys"}
    with machine(config, **without) as other:
        assert run(other, "restore", file).exit_code == 0
        intake.opened(other, station)
        assert intake.state(other, before) == "quarantined: no_key"
        page = signed_in(other, "organiser").get(f"/console/kiosk/events/{station.event_id}/report")
        assert "its private half is not on this server" in page.text
        with other.app_context():
            opening.open_again([before.id])
        assert intake.state(other, before) == "quarantined: no_key"
