"""Marked names and mailboxes go through every flow; then they are found nowhere.

All places are searched as bytes: database files and logs (PostgreSQL's too), the server's output,
keys, exports, the console's pages, other people's mail. Only mail to oneself may name one.
"""

import base64
import json
import logging
import quopri
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core import clock, db
from campaign_app.core.access import Audience, audience_of
from campaign_app.core.db import session
from campaign_app.core.keyring import Keyring
from campaign_app.outbox import letters, worker
from campaign_app.outbox.models import OutboxRow
from campaign_app.petitions import recount
from campaign_app.petitions.models import Block, Petition
from campaign_app.petitions.shipped_rules import ensure_rules
from campaign_app.petitions.tally_sheet import CUTS
from config import Config
from tests import given, postgres, urls
from tests.accounts import people
from tests.faults import markers
from tests.faults.markers import Marked
from tests.faults.street import Console, Street
from tests.given import World
from tests.outbox.mail_server import Mails, free_port
from tests.serving import Serving, serving, until


@dataclass
class House:
    """Every place where something could be left behind."""

    folder: Path
    postgres: Callable[[], postgres.Server] | None
    began: float

    def traces(self) -> dict[str, list[bytes]]:
        """Search them all."""
        files = markers.files_below(self.folder)
        if self.postgres is not None:
            files += markers.files_of(self.postgres(), self.began)
        return markers.found_in(files)


@pytest.fixture
def mails() -> Mails:
    """What arrived."""
    return Mails()


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings with a mail server of this test."""
    return Config.for_tests(
        database_url=database_url,
        instance_dir=tmp_path,
        mail_url=f"smtp://127.0.0.1:{free_port()}",
    )


@pytest.fixture
def house(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> House:
    """Every place of one engine."""
    server = None if engine_name == "sqlite" else request.getfixturevalue("postgres_server")
    return House(tmp_path, server and (lambda: server), time.time())  # noqa: TID251 -- as files have it


@pytest.fixture
def world(app: Flask) -> World:
    """The usual world, with the shipped mailbox rules."""
    world = given.world(app)
    with app.app_context():
        db.transact(ensure_rules)
    return world


@pytest.fixture
def street(config: Config, world: World, mails: Mails, tmp_path: Path) -> Iterator[Street]:
    """A street whose server writes all it says into a file."""
    server = Serving(config, tmp_path / "server.log", processes=1 if config.is_sqlite else 2)
    street = Street(server, world, mails, int(config.mail_url.rpartition(":")[2]))
    with street.open_mail:
        street.mail_goes()
        yield street


@pytest.fixture
def log(tmp_path: Path) -> Iterator[None]:
    """Write down what is logged in this process, too."""
    root, handler = logging.getLogger(), logging.FileHandler(tmp_path / "inside.log")
    # The mail server of this test speaks of its mail; it belongs to nobody's house.
    handler.addFilter(lambda record: not record.name.startswith("mail."))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield
    root.setLevel(before)
    root.removeHandler(handler)
    handler.close()


@contextmanager
def broken(app: Flask, table: str, condition: str) -> Iterator[None]:
    """Break a constraint of the database, so that rows of a kind are refused."""
    if app.config["LANTERN"].is_sqlite:
        do = (
            f"CREATE TRIGGER broken BEFORE INSERT ON {table} WHEN NEW.{condition} "
            "BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
        undo = "DROP TRIGGER broken"
    else:
        do = f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (NOT {condition}) NOT VALID"
        undo = f"ALTER TABLE {table} DROP CONSTRAINT broken"
    _tell(app, do)
    yield
    _tell(app, undo)


def _tell(app: Flask, statement: str) -> None:
    with app.app_context(), db.db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def waiting(app: Flask) -> list[OutboxRow]:
    """List the mails that wait."""
    with app.app_context():
        session.rollback()
        return list(session.scalars(select(OutboxRow).where(OutboxRow.is_mail)))


def in_the_folder(app: Flask, row: OutboxRow) -> letters.Opened:
    """Open a letter with the key of its hour."""
    keyring = Keyring(app.config["LANTERN"].key_dir)
    return letters.open_letter(
        keyring, row=row.id, key_hour=row.key_hour or "", payload=row.payload
    )


def whole(mail: EmailMessage) -> str:
    """Read everything in a mail, headers too."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, mail.values()), *parts])


def mail_names_its_reader_only(mails: Mails) -> None:
    """See that nobody's mail speaks of somebody else."""
    assert len(mails.came) > 10
    for to, mail in mails.came:
        assert markers.whose(whole(mail)) == markers.whose(to)


def keep_pages(app: Flask, street: Street, console: Console, folder: Path) -> None:
    """Keep every page of the console, every export, and the public pages, to be searched."""
    folder.mkdir()
    paths = [path for rule in app.url_map.iter_rules() for path in _pages(app, rule, street.world)]
    kept = [console.open(path) for path in paths]
    exports = f"/console/petitions/{street.world.petition_id}"
    kept.append(console.open(f"{exports}/export", {"reason": "to hand over"}))
    kept += [console.open(f"{exports}/tallies.csv", {"by": by}) for by in CUTS]
    for number, answer in enumerate(kept):
        assert answer.status in (200, 404), paths[number]
        (folder / str(number)).write_bytes(answer.body)
    assert sum(answer.status == 200 for answer in kept) > 30


def _pages(app: Flask, rule: Any, world: World) -> Iterator[str]:
    audience = audience_of(app.view_functions[rule.endpoint])
    if "GET" in rule.methods and audience in (Audience.PERSON, Audience.PUBLIC):
        yield from urls.of(app, rule, world)


def while_no_mail_goes(street: Street, app: Flask, house: House) -> None:
    """Sign while the mail server is down: the address waits, and nobody can read it."""
    street.mail_stops()
    who = street.somebody()
    street.sign(who)
    until(lambda: any(row.tries for row in waiting(app)), "no mail was tried")
    # It can be found: the key of the hour opens the row, and the search would see it.
    opened = [in_the_folder(app, row) for row in waiting(app)]
    assert who.email in [letter.to for letter in opened]
    assert house.traces() == {}
    street.mail_goes()
    street.confirmed(who)


def months_later(street: Street, app: Flask, petition_id: int) -> None:
    """Remind one, forget another, and destroy the keys when the petition has ended."""
    reminded = len(street.mails.came)
    for later in (timedelta(hours=49), timedelta(days=22), timedelta(days=31)):
        with app.app_context(), clock.frozen(clock.now() + later):
            worker.drain()
    assert any("Two days ago" in given.text_of(mail) for _to, mail in street.mails.came[reminded:])
    with app.app_context():
        petition = session.get(Petition, petition_id)
        assert petition is not None
        assert petition.index_key_destroyed_at is not None
        assert recount.check() == []


def test_after_every_flow_no_name_and_no_mailbox_is_found_anywhere(
    app: Flask, street: Street, house: House, tmp_path: Path, log: None
) -> None:
    organiser = people.let_in(app, "administrator", "organiser")
    console = Console(street.server, organiser.email, people.PASSWORD)
    with serving(street.server):
        assert console.sign_in().status == 200
        street.sees_ends_and_withdraws()
        street.signs_twice()
        street.mistypes()
        street.is_refused()
        blocked = street.is_blocked(console)
        with broken(app, "signature", "country = 'NU'"):
            street.meets_a_bug("signature", country="NU")
        with broken(app, "outbox", "template = 'petitions/confirm'"):
            street.meets_a_bug("outbox")
        street.meets_a_rude_mail_server()
        street.asks_the_console(console)
        while_no_mail_goes(street, app, house)
        late, never = street.somebody(), street.somebody()
        for who in (late, never):
            street.sign(who)
            street.mail_to(who)
        too_late = street.form(street.somebody())
        keep_pages(app, street, console, tmp_path / "pages")
        close = f"/console/petitions/{street.world.petition_id}/close"
        assert console.open(close, {"name": street.world.slug}).status == 200
        time.sleep(2)
        assert street.server.ask(street.board, too_late).status == 409
        street.confirmed(late)
        assert [street.mails_to(who) for who in blocked] == [[], []]
        assert house.traces() == {}
    assert house.traces() == {}
    months_later(street, app, street.world.petition_id)
    assert house.traces() == {}
    mail_names_its_reader_only(street.mails)


def hidden(who: Marked) -> Iterator[bytes]:
    """Write somebody's name and mailbox in ways in which programs write such things."""
    for text in (who.name, *who.spellings):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode().hex().encode()
        yield from (base64.b64encode(b" " * lead + text.encode()) for lead in range(3))
        yield base64.urlsafe_b64encode(text.encode())
    yield json.dumps({"name": markers.HANGUL}).encode()
    yield repr(markers.HANGUL.encode()).encode()
    yield quote(markers.HANGUL).encode()
    yield quopri.encodestring(markers.HANGUL.encode())


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_search_finds_what_is_left_in_any_file(house: House, tmp_path: Path) -> None:
    for number, planted in enumerate(hidden(Marked("ba"))):
        assert house.traces() == {}
        left = tmp_path / f"left-{number}"
        left.write_bytes(b"\0\1" + planted + b"\2")
        assert str(left) in house.traces(), planted
        left.unlink()


def test_the_search_finds_what_is_left_in_the_database(app: Flask, house: House) -> None:
    assert house.traces() == {}
    left = Block(domain=Marked("ba").normalised, reason="", created_at=clock.now())
    with app.app_context():
        db.transact(lambda: session.add(left))
    assert house.traces() != {}


def test_the_search_finds_what_stands_in_the_mail_of_others() -> None:
    mail = EmailMessage()
    mail.set_content(Marked("be").name)
    with pytest.raises(AssertionError):
        mail_names_its_reader_only(Mails([(Marked("ba").email, mail)] * 11))
