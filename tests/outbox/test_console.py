"""The organisers' page about mail, and the commands."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock, db
from campaign_app.core.access import GATE, Permission, audience_of
from campaign_app.core.db import session
from campaign_app.outbox import worker
from campaign_app.outbox.services import enqueue_job, on
from config import Config
from tests.outbox.mail_server import OK, Mails, free_port
from tests.outbox.posting import REMINDER, send, waiting


class Administrator:
    """Stands for who is signed in."""

    name = "Mina"

    def may(self, _permission: str) -> bool:
        """Do anything."""
        return True


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A signed-in administrator's browser."""
    app.extensions[GATE] = lambda _permission: None
    app.config["WTF_CSRF_ENABLED"] = False
    app.context_processor(lambda: {"person": Administrator()})
    app.jinja_env.globals["navigation"] = list
    return app.test_client()


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_page_says_whom_it_is_for(app: Flask) -> None:
    asked = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "permission", None)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("outbox_console.")
        and audience_of(app.view_functions[rule.endpoint])
    }
    assert asked == {
        "outbox_console.mail": Permission.READ,
        "outbox_console.test": Permission.ADMINISTER,
        "outbox_console.retry_job": Permission.ADMINISTER,
        "outbox_console.remove_job": Permission.ADMINISTER,
    }


def test_the_page_shows_numbers_and_problems_but_no_address(
    client: FlaskClient, mails: Mails
) -> None:
    mails.rcpt = lambda address: "550 no such user" if "typo" in address else OK
    send("typo@example.org")
    send("mina@example.org", repeat=REMINDER)
    worker.drain()
    answer = client.get("/console/mail/")
    text = _text(answer.text)
    assert answer.status_code == 200
    assert "Reminders planned 1" in text
    assert "The mail server refuses the address of the recipient. (550) trial/hello" in text
    assert "example.org" not in text.replace("Example: mina@example.org", "")


def test_an_empty_outbox_says_so(client: FlaskClient) -> None:
    text = _text(client.get("/console/mail/").text)
    assert "Waiting to be sent 0 Oldest none" in text
    assert "Problems of the last 7 days None." in text


def test_a_test_mail_goes_straight_to_the_server(client: FlaskClient, mails: Mails) -> None:
    answer = client.post(
        "/console/mail/test", data={"address": " boss@example.org "}, follow_redirects=True
    )
    assert "The mail server took the test mail." in _text(answer.text)
    assert mails.to == ["boss@example.org"]
    assert mails.messages[0]["Subject"] == "PSCORE: a test mail from Lantern"
    assert list(waiting()) == []


@pytest.mark.parametrize("address", ["", "boss", "boss@", "a\x00b@example.org", "x" * 300])
def test_a_test_mail_needs_an_address(client: FlaskClient, mails: Mails, address: str) -> None:
    answer = client.post("/console/mail/test", data={"address": address})
    assert answer.status_code == 400
    assert mails.came == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "Nothing answers at the mail server's address."),
        ("?starttls=required", "Nothing answers at the mail server's address."),
    ],
)
def test_a_test_mail_says_in_plain_words_what_is_wrong(
    app: Flask, client: FlaskClient, config: Config, options: str, words: str
) -> None:
    app.config["LANTERN"] = Config.for_tests(
        database_url=config.database_url,
        instance_dir=config.instance_dir,
        mail_url=f"smtp://127.0.0.1:{free_port()}{options}",
    )
    answer = client.post(
        "/console/mail/test", data={"address": "boss@example.org"}, follow_redirects=True
    )
    assert words in _text(answer.text).replace("&#39;", "'")


def _fail(_payload: dict[str, Any]) -> None:
    raise ZeroDivisionError


def test_a_failed_job_can_be_tried_again_from_the_page(client: FlaskClient) -> None:
    on("poison", _fail)
    db.transact(partial(enqueue_job, "poison", {}))
    [row] = waiting()
    row.tries = 11
    session.commit()
    worker.drain()
    page = client.get("/console/mail/")
    assert "poison" in page.text
    assert "ZeroDivisionError" in page.text
    client.post(f"/console/mail/jobs/{row.id}/retry")
    assert [(row.failed, row.tries) for row in waiting()] == [(False, 0)]


def test_a_failed_job_can_be_removed_from_the_page(client: FlaskClient) -> None:
    db.transact(partial(enqueue_job, "poison", {}))
    [row] = waiting()
    row.failed = True
    session.commit()
    client.post(f"/console/mail/jobs/{row.id}/remove")
    assert list(waiting()) == []


def test_looking_at_the_page_changes_nothing(client: FlaskClient) -> None:
    with clock.frozen(clock.now() - timedelta(hours=1)):
        send()
    before = [(row.id, row.run_at, row.tries) for row in waiting()]
    client.get("/console/mail/")
    client.head("/console/mail/")
    assert client.get("/console/mail/test").status_code == 405
    assert [(row.id, row.run_at, row.tries) for row in waiting()] == before


def test_the_command_sends_a_test_mail_or_says_what_is_wrong(app: Flask, mails: Mails) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(args=["mail", "test", "boss@example.org"])
    assert (said.exit_code, mails.to) == (0, ["boss@example.org"])
    mails.rcpt = lambda _address: "550 no"
    said = runner.invoke(args=["mail", "test", "boss@example.org"])
    assert said.exit_code == 1
    assert "refuses the address" in said.output
    assert "SMTPRecipientsRefused 550" in said.output
