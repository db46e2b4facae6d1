"""The sealed export: asked for with a reason, opened elsewhere."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core.opened_export import Findings, open_lines
from campaign_app.core.sealed_record import read_header
from tests import given
from tests.accounts.people import send, signed_in
from tests.petitions.consoling import HOME, audited


@pytest.fixture
def mina(app: Flask) -> FlaskClient:
    """Sign an organiser in."""
    return signed_in(app, "organiser")


@pytest.fixture
def signed(app: Flask) -> given.World:
    """Open a petition that one person has signed and confirmed."""
    world = given.world(app)
    given.sign(app.test_client(), f"/en/petitions/{world.slug}")
    given.send_mail(app)
    app.test_client().post(given.link_of(given.mails(app)[-1]))
    return world


def test_the_file_holds_what_was_counted_and_no_name(
    app: Flask, mina: FlaskClient, signed: given.World
) -> None:
    address = f"{HOME}{signed.petition_id}/export"
    answer = send(mina, address, reason="Hand-over in Geneva")
    assert answer.mimetype == "application/x-ndjson"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    header, *lines = answer.text.splitlines()
    assert json.loads(header)["signatures"] == len(lines) == 1
    assert "김미나" not in answer.text
    assert "mina@example.org" not in answer.text
    findings = Findings()
    header_read = read_header(header)
    found = list(open_lines(lines, header_read, signed.keys[0], findings=findings))
    assert findings.all_is_well(header_read.signatures)
    assert [(one.name, one.mailbox) for one in found] == [("김미나", "mina@example.org")]


def test_the_trail_keeps_who_and_what_for(
    app: Flask, mina: FlaskClient, signed: given.World
) -> None:
    send(mina, f"{HOME}{signed.petition_id}/export", reason="Hand-over in Geneva")
    row = audited(app, "signatures.exported")[0]
    assert (row.actor, row.detail["reason"]) == ("Mina", "Hand-over in Geneva")


def test_without_a_reason_there_is_no_file(
    app: Flask, mina: FlaskClient, signed: given.World
) -> None:
    answer = send(mina, f"{HOME}{signed.petition_id}/export", reason=" ")
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
    assert not audited(app, "signatures.exported")


def test_looking_at_the_page_exports_nothing(
    app: Flask, mina: FlaskClient, signed: given.World
) -> None:
    page = mina.get(f"{HOME}{signed.petition_id}/export")
    assert "flask signatures open" in page.text
    assert not audited(app, "signatures.exported")
