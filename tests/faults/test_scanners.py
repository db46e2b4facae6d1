"""GET and HEAD change nothing: link scanners open every link of every mail, and nobody has signed.

What may change, as DESIGN says: counted visits, and when a signed-in person's session ends.
"""

import hashlib
import html
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import Base, session
from campaign_app.petitions.pages import Pages
from campaign_app.qr import visits
from tests import given, urls
from tests.accounts.people import signed_in
from tests.given import World
from tests.petitions.witnessed import give

State = Mapping[str, Any]

LINK: Final = re.compile(r"https?://[^\s\"'<>]+")
AHEAD: Final = (
    {"Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"X-Moz": "prefetch"},
)
TEMPLATES: Final = {
    "confirm": "One step is left",
    "reminder": "Two days ago",
    "already": "signed and confirmed before",
    "receipt": "new receipt code",
    "witnessed": "at one of our stalls",
}


@pytest.fixture
def world(app: Flask, client: FlaskClient) -> World:
    """A petition whose signers have had every kind of mail."""
    world = given.world(app)
    board = f"/q/{world.code}?lang=en"
    for email in ("waits@example.org", "signed@example.org"):
        given.sign(client, board, email=email)
    given.send_mail(app)
    links = {str(mail["To"]): given.link_of(mail) for mail in given.mails(app)}
    assert client.post(links["signed@example.org"]).status_code == 200
    given.sign(client, board, email="signed@example.org")
    client.post("/en/receipt/again", data={"email": "signed@example.org"})
    give(app, world, "seen@example.org")
    given.send_mail(app)
    with clock.frozen(clock.now() + timedelta(hours=49)):
        given.send_mail(app)
    return world


def links_of(mail: EmailMessage) -> Iterator[str]:
    """Find every link of a mail, in its plain and in its HTML part."""
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            for link in LINK.findall(html.unescape(part.get_content())):
                found = urlsplit(link)
                yield f"{found.path}?{found.query}".rstrip("?")


def addresses(app: Flask, world: World) -> list[str]:
    """List every address of the map, and every link of every mail."""
    of_the_map = [path for rule in app.url_map.iter_rules() for path in urls.of(app, rule, world)]
    of_mails = [link for mail in given.mails(app) for link in links_of(mail)]
    assert sum("/confirm/" in link for link in of_mails) >= 4
    assert any("/not-me/" in link for link in of_mails)
    return list(dict.fromkeys(of_the_map + of_mails))


def state(app: Flask) -> State:
    """Write down all there is: every row of every table, every key, every mail."""
    with app.app_context():
        visits.counter.flush()
        Pages.pace.flush()
        session.rollback()
        tables = {table.name: sorted(map(repr, _rows(table))) for table in _tables()}
        session.rollback()
    folder: Path = app.config["LANTERN"].instance_dir
    return tables | {"files": list(_files([folder / "keys", folder / "mail"]))}


def _tables() -> Iterable[Any]:
    return Base.metadata.sorted_tables


def _rows(table: Any) -> list[Any]:
    return list(session.execute(select(table)))


def _files(folders: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        yield str(path), hashlib.sha256(path.read_bytes()).hexdigest()


def changed(before: State, after: State) -> set[str]:
    """Name what is no longer as it was."""
    return {name for name in before if before[name] != after[name]}


def test_the_mails_that_are_scanned_are_of_every_kind(app: Flask, world: World) -> None:
    texts = [given.text_of(mail).replace("one step", "One step") for mail in given.mails(app)]
    for name, words in TEMPLATES.items():
        assert any(words in text for text in texts), name


@pytest.mark.parametrize("roles", [(), ("administrator", "organiser")], ids=["out", "in"])
def test_neither_head_nor_a_prefetch_changes_anything(
    app: Flask, world: World, roles: tuple[str, ...]
) -> None:
    client = signed_in(app, *roles) if roles else app.test_client()
    before, paths = state(app), addresses(app, world)
    for path, headers in zip(paths, itertools.cycle(AHEAD), strict=False):
        assert client.head(path).status_code < 500, path
        assert client.get(path, headers=headers).status_code < 500, path
    assert changed(before, state(app)) == set()


@pytest.mark.parametrize("roles", [(), ("administrator", "organiser")], ids=["out", "in"])
def test_get_changes_nothing_but_counted_visits(
    app: Flask, world: World, roles: tuple[str, ...]
) -> None:
    client = signed_in(app, *roles) if roles else app.test_client()
    before, paths = state(app), addresses(app, world)
    for path in paths:
        assert client.get(path).status_code < 500, path
    assert changed(before, state(app)) == {"visit_count"}


def test_a_page_opened_later_lets_a_session_last_longer_and_no_more(
    app: Flask, world: World
) -> None:
    client = signed_in(app, "administrator", "organiser")
    before, paths = state(app), addresses(app, world)
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        for path in paths:
            client.head(path)
    assert changed(before, state(app)) == {"web_session"}


def test_the_comparison_sees_a_confirmation(app: Flask, client: FlaskClient, world: World) -> None:
    before = state(app)
    [reminder] = [mail for mail in given.mails(app) if "Two days ago" in given.text_of(mail)]
    assert client.post(given.link_of(reminder)).status_code == 200
    assert changed(before, state(app)) == {"signature", "tally_delta", "mailbox", "receipt"}
