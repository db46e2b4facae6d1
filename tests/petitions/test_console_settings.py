"""Settings: how mailboxes are read, what is refused."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.petitions import queries
from campaign_app.petitions.models import MailboxRule
from tests import given
from tests.accounts.people import send, signed_in
from tests.petitions.consoling import audited, begun, flashed

HOME = "/console/settings/"
CANARY = "canary.mailbox.7f3a@gmail.com"


@pytest.fixture
def ada(app: Flask) -> FlaskClient:
    """Sign an administrator in."""
    return signed_in(app, "administrator", name="Ada")


def rule_for(app: Flask, domain: str) -> MailboxRule | None:
    """Read the rule of a domain as it is now."""
    with app.app_context():
        session.rollback()
        return next((rule for rule in queries.rules() if rule.domain == domain), None)


def test_a_mailbox_rule_is_added_changed_and_removed(app: Flask, ada: FlaskClient) -> None:
    fields = {"domain": "Example.ORG", "strip_dots": "y", "cut_at": "+", "same_as": "example.com"}
    assert "Saved" in flashed(ada, send(ada, f"{HOME}mailboxes/new", **fields))
    rule = rule_for(app, "example.org")
    assert rule
    assert (rule.strip_dots, rule.cut_at, rule.same_as) == (True, "+", "example.com")
    address = f"{HOME}mailboxes/{rule.id}"
    assert 'value="example.org"' in ada.get(address).text
    send(ada, address, domain=".example.org", cut_at="-", same_as="")
    rule = rule_for(app, ".example.org")
    assert rule
    assert (rule.strip_dots, rule.cut_at, rule.same_as) == (False, "-", None)
    assert "Removed" in flashed(ada, send(ada, f"{address}/remove"))
    assert rule_for(app, ".example.org") is None
    assert len(audited(app, "mailbox_rule.set")) == 2
    assert len(audited(app, "mailbox_rule.dropped")) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"domain": "gmail.com"}, "rule for this domain already"),
        ({"domain": "no domain"}, "not a domain"),
        ({"domain": "a\0b.org"}, "cannot be shown"),
        ({"domain": "x" * 300}, "255 letters at most"),
        ({"cut_at": "ab"}, "Not a valid choice"),
        ({"same_as": "example.org"}, "cannot be another name of itself"),
        ({"same_as": "?"}, "not a domain"),
    ],
)
def test_a_rule_that_makes_no_sense_comes_back(
    ada: FlaskClient, changes: dict[str, str], words: str
) -> None:
    fields = {"domain": "example.org", "cut_at": "", "same_as": ""} | changes
    answer = send(ada, f"{HOME}mailboxes/new", **fields)
    assert answer.status_code == 400
    assert words in answer.text


def test_a_rule_holds_for_the_next_signature(app: Flask, ada: FlaskClient) -> None:
    world = given.world(app)
    send(ada, f"{HOME}mailboxes/new", domain="example.org", cut_at="+")
    for letters in ("mina+a", "mina+b"):
        path = f"/en/petitions/{world.slug}"
        given.sign(app.test_client(), path, email=f"{letters}@example.org")
    given.send_mail(app)
    for mail in given.mails(app):
        app.test_client().post(given.link_of(mail))
    assert given.counted(app, world.petition_id) == (1, 0)


def test_a_blocked_domain_gets_no_mail_and_sees_no_difference(app: Flask, ada: FlaskClient) -> None:
    world = given.world(app)
    answer = send(ada, f"{HOME}blocked/domain", domain="@Bücher.example", reason="throw-away")
    assert "xn--bcher-kva.example is blocked" in flashed(ada, answer)
    path = f"/en/petitions/{world.slug}"
    seen = given.sign(app.test_client(), path, email="mina@mail.bücher.example")
    assert seen.status_code == 200
    given.send_mail(app)
    assert given.mails(app) == []
    again = send(ada, f"{HOME}blocked/domain", domain="bücher.example", reason="again")
    assert again.status_code == 409
    assert "blocked already" in again.text


def test_a_lifted_domain_may_sign_again(app: Flask, ada: FlaskClient) -> None:
    world = given.world(app)
    send(ada, f"{HOME}blocked/domain", domain="example.org", reason="a mistake")
    with app.app_context():
        row = queries.blocks()[0].id
    assert "Lifted" in flashed(ada, send(ada, f"{HOME}blocked/{row}/lift"))
    given.sign(app.test_client(), f"/en/petitions/{world.slug}")
    given.send_mail(app)
    assert len(given.mails(app)) == 1
    assert audited(app, "block.lifted")[0].detail["domain"] == "example.org"
    assert send(ada, f"{HOME}blocked/{row}/lift").status_code == 404


def test_a_blocked_mailbox_is_refused_in_every_spelling(app: Flask, ada: FlaskClient) -> None:
    world = given.world(app)
    fields = {"petition_id": str(world.petition_id), "email": CANARY, "reason": "asked us to"}
    assert "was not kept" in flashed(ada, send(ada, f"{HOME}blocked/mailbox", **fields))
    path = f"/en/petitions/{world.slug}"
    spelt = "Canary.Mailbox.7f3a+new@GMAIL.com"
    assert given.sign(app.test_client(), path, email=spelt).status_code == 200
    given.send_mail(app)
    assert given.mails(app) == []
    again = send(ada, f"{HOME}blocked/mailbox", **fields)
    assert again.status_code == 409
    assert CANARY in again.text  # what was typed is still in its field


def test_a_blocked_mailbox_leaves_no_address_anywhere(
    app: Flask, ada: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = given.world(app)
    fields = {"petition_id": str(world.petition_id), "email": CANARY, "reason": "asked us to"}
    send(ada, f"{HOME}blocked/mailbox", **fields)
    send(ada, f"{HOME}blocked/mailbox", **fields)  # refused: blocked already
    with app.app_context():
        for table in db.Base.metadata.sorted_tables:
            rows = str(session.execute(table.select()).all())
            assert "canary" not in rows.lower(), table.name
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"canary" not in file.read_bytes().lower(), file.name
    assert "canary" not in caplog.text.lower()


def test_a_reason_holds_no_address(app: Flask, ada: FlaskClient) -> None:
    world = given.world(app)
    fields = {"petition_id": str(world.petition_id), "email": CANARY, "reason": f"spam by {CANARY}"}
    answer = send(ada, f"{HOME}blocked/mailbox", **fields)
    assert answer.status_code == 400
    assert "Leave the address out" in answer.text


@pytest.mark.parametrize(
    "changes",
    [{"email": "nobody"}, {"email": "a\0@b.org"}, {"petition_id": "9" * 30}, {"email": ""}],
)
def test_a_mailbox_that_is_none_comes_back(
    app: Flask, ada: FlaskClient, changes: dict[str, str]
) -> None:
    world = given.world(app)
    fields = {"petition_id": str(world.petition_id), "email": CANARY, "reason": "x"} | changes
    assert send(ada, f"{HOME}blocked/mailbox", **fields).status_code == 400


def test_a_petition_that_never_opened_has_no_mailboxes_to_block(
    app: Flask, ada: FlaskClient
) -> None:
    fields = {"petition_id": str(begun(app)), "email": CANARY, "reason": "x"}
    answer = send(ada, f"{HOME}blocked/mailbox", **fields)
    assert answer.status_code == 409
    assert "never opened" in answer.text


@pytest.mark.parametrize("role", ["organiser", "viewer"])
def test_settings_are_for_administrators(app: Flask, role: str) -> None:
    mina = signed_in(app, role)
    for page in ("", "mailboxes", "mailboxes/new", "blocked"):
        assert mina.get(HOME + page).status_code == 404
    for deed in ("keys/new", "keys/1/retire", "mailboxes/new", "blocked/domain", "blocked/mailbox"):
        assert send(mina, HOME + deed).status_code == 404


@pytest.mark.parametrize(
    "deed",
    ["keys/99/retire", "mailboxes/99/remove", "blocked/99/lift", "keys/" + "9" * 30 + "/retire"],
)
def test_a_deed_on_nothing_is_a_404(ada: FlaskClient, deed: str) -> None:
    assert send(ada, HOME + deed).status_code == 404
