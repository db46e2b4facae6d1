"""A third key on a phone: thousands of records re-sealed, over a closed page and a killed server."""

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from campaign_app.core import db, keyfile
from campaign_app.core.db import insert_many, session, table_of
from campaign_app.core.keyfile import KeyFile
from campaign_app.core.seal import PrivateKey, SealedRecord, open_record, seal_record
from campaign_app.petitions import jobs, organiser_keys, queries
from campaign_app.petitions.organiser_keys import NewKey
from campaign_app.petitions.signing_models import SealedCopy, Signature
from tests import given
from tests.accounts.people import let_in
from tests.journeys.axe import faults
from tests.journeys.conftest import OpenStreet
from tests.journeys.desk import Desk
from tests.journeys.street import Street, Visitor, overflow, sign_in, visitor
from tests.serving import until

KEYS: Final = "settings/keys/"
WORDS: Final = "noon camel seem loyal yield vivid"
#: Several times what goes to the browser at once; `make chaos` takes thousands.
MANY: Final = {"sqlite": 5000 if os.environ.get("LANTERN_CHAOS") else 1500, "postgresql": 1000}
PATIENCE: Final = 240_000
HOLDERS: Final = ("Mina", "Father Kim", "Nari")


@dataclass
class Rotation:
    """Three key files, a petition, and who opened what."""

    petition_id: int
    uid: str
    code: str
    files: list[KeyFile]

    @property
    def ids(self) -> list[str]:
        """Name the three keys."""
        return [made.public.key_id for made in self.files]

    def private(self, number: int) -> PrivateKey:
        """Open one of the files here."""
        return keyfile.load(self.files[number].text, WORDS)


def build(app: Flask, records: int) -> Rotation:
    """Open a petition sealed to two keys, with many records; a third key waits, proven."""
    let_in(app, "administrator", "organiser", name="Mina")
    files = [keyfile.new(holder, WORDS) for holder in HOLDERS]
    with app.app_context():
        return db.transact(partial(_build, files, records))


def _build(files: list[KeyFile], records: int) -> Rotation:
    for made, holder in zip(files, HOLDERS, strict=True):
        row = organiser_keys.add(NewKey(public=made.public, holder=holder))
        organiser_keys.take_proof(row)
    petition = given.petition()
    code, _placement = given.board(petition, given.location())
    _fill(petition.id, petition.uid, files[:2], records)
    return Rotation(petition.id, petition.uid, code.letters, files)


def _fill(petition_id: int, uid: str, files: list[KeyFile], records: int) -> None:
    text_id = queries.texts(petition_id)[0].id
    rows, copies = [], []
    for _ in range(records):
        number = uuid4()
        where = {"purpose": "signature", "petition": uid, "row": number.hex}
        record = seal_record({"name": "김미나"}, to=[made.public for made in files], **where)
        rows.append({
            "petition_id": petition_id,
            "id": number,
            "text_id": text_id,
            "state": "confirmed",
            "evidence": "confirmed",
            "language": "en",
            "country": "KR",
            "hour": 494000,
            "blind_index": number.bytes,
            "sealed": record.box,
            "link_hash": b"",
            "code_hash": b"",
        })
        copies += [
            {
                "petition_id": petition_id,
                "signature_id": number,
                "key_id": key_id,
                "wrapped": copy,
            }
            for key_id, copy in record.copies.items()
        ]
    insert_many(table_of(Signature), rows)
    insert_many(table_of(SealedCopy), copies)


@pytest.fixture
def rotation(open_street: OpenStreet, engine_name: str) -> tuple[Street, Rotation]:
    """Serve it."""
    return open_street(engine_name, lambda app: build(app, MANY[engine_name]))


def copies_of(street: Street, key_id: str) -> int:
    with street.app.app_context():
        session.rollback()
        query = select(func.count()).select_from(SealedCopy).where(SealedCopy.key_id == key_id)
        return session.scalar(query) or 0


def begin(page: Page, path: Path) -> None:
    """Open a key file on the page and let it run."""
    page.set_input_files("#key-file", path)
    page.fill("#passphrase", WORDS)
    page.click("[data-go]")


def records_opened(street: Street, private: PrivateKey, uid: str) -> int:
    """Open everything that holds a copy for a key."""
    with street.app.app_context():
        session.rollback()
        query = (
            select(Signature.id, Signature.sealed, SealedCopy.wrapped)
            .join(SealedCopy, SealedCopy.signature_id == Signature.id)
            .where(SealedCopy.key_id == private.public.key_id)
        )
        found = session.execute(query).all()
    for number, box, wrapped in found:
        record = SealedRecord(box or b"", {private.public.key_id: wrapped})
        where = {"purpose": "signature", "petition": uid, "row": number.hex}
        assert "name" in open_record(record, private, **where)
    return len(found)


def test_a_third_key_takes_over_from_the_first_through_crashes(
    rotation: tuple[Street, Rotation], browser: Browser, tmp_path: Path, engine_name: str
) -> None:
    street, made = rotation
    many, third = MANY[engine_name], made.ids[2]
    path = tmp_path / "mina.json"
    path.write_text(made.files[0].text, "utf-8")
    with visitor(browser, street, "en") as somebody:
        sign_in(somebody, "mina@example.org")
        desk = Desk(somebody)
        page = desk.go(KEYS)
        page.get_by_role("link", name="Seal them to this key").click()
        assert faults(page) == []
        assert overflow(page) == {}
        close_the_page_in_the_middle(street, page, path, third)
        part = copies_of(street, third)
        assert 0 < part < many
        desk.go(f"{KEYS}3/reseal")
        kill_the_server_in_the_middle(street, page, path, third)
        expect(page.locator("[data-says=all-done]")).to_be_visible(timeout=PATIENCE)
        somebody.watch.complaints.clear()  # of the server that was killed on purpose
        assert copies_of(street, third) == many
        assert page.input_value("#passphrase") == ""
        retire_the_first(somebody, desk)
    the_first_opens_nothing_new(street, made, many)


def close_the_page_in_the_middle(street: Street, page: Page, path: Path, third: str) -> None:
    begin(page, path)
    until(lambda: page.evaluate("1") and copies_of(street, third) > 0, "nothing is written", 120)
    page.goto("about:blank")


def kill_the_server_in_the_middle(street: Street, page: Page, path: Path, third: str) -> None:
    before = copies_of(street, third)
    begin(page, path)
    until(lambda: page.evaluate("1") and copies_of(street, third) > before, "it stands", 120)
    street.server.kill_group()
    street.server.start()


def retire_the_first(somebody: Visitor, desk: Desk) -> None:
    page = desk.go(f"{KEYS}1/retire")
    assert "one key only" not in page.locator("main").inner_text()
    somebody.press("main .danger")
    assert "Retired" in page.locator(".notice.good").inner_text()


def the_first_opens_nothing_new(street: Street, made: Rotation, many: int) -> None:
    with street.app.app_context():
        jobs.delete_copies()
    given.sign(street.app.test_client(), f"/q/{made.code}")
    assert records_opened(street, made.private(0), made.uid) == 0
    assert records_opened(street, made.private(1), made.uid) == many + 1
    assert records_opened(street, made.private(2), made.uid) == many + 1
