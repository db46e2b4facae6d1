"""With the receipt a signer sees, ends the news, withdraws."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.audit.services import COMMAND, acting
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.petitions import recount
from campaign_app.petitions.signing_models import Mailbox, Receipt, SealedCopy, Signature
from tests import given
from tests.given import World


def confirmed(
    app: Flask, client: FlaskClient, world: World, email: str = "mina@example.org"
) -> str:
    """Sign, confirm, and give the receipt."""
    given.sign(client, f"/q/{world.code}?lang=en", email=email)
    given.send_mail(app)
    mail = given.mails(app)[-1]
    page = client.post(given.link_of(mail))
    found = re.search(r'class="receipt"[^>]*>([^<]+)<', page.text)
    assert found, page.text
    return found[1].strip()


def test_a_receipt_shows_exactly_what_was_signed(
    app: Flask, client: FlaskClient, world: World
) -> None:
    receipt = confirmed(app, client, world)
    page = client.post("/en/receipt", data={"code": receipt.upper().replace("-", " ")})
    assert page.status_code == 200
    for said in ("Close the camps", "English", "UN Human Rights Council", "Counted"):
        assert said in page.text


def test_both_proofs_of_one_attempt_give_working_receipts(
    app: Flask, client: FlaskClient, world: World
) -> None:
    receipt = confirmed(app, client, world)
    link = given.link_of(given.mails(app)[0])
    assert receipt in client.post(link).text
    with app.app_context():
        assert session.query(Receipt).count() == 1


def test_withdrawing_lowers_the_tally_and_leaves_nothing_to_open(
    app: Flask, client: FlaskClient, world: World
) -> None:
    receipt = confirmed(app, client, world)
    asked = client.post("/en/receipt/withdraw", data={"code": receipt})
    assert given.counted(app, world.petition_id) == (1, 0)
    sure = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    assert client.post("/en/receipt/withdraw", data=sure).status_code == 200
    assert given.counted(app, world.petition_id) == (0, 0)
    client.post("/en/receipt/withdraw", data=sure)
    assert given.counted(app, world.petition_id) == (0, 0)
    # The thread answers somebody else next: what they do must not stand under a signer's name.
    assert acting.get() == COMMAND
    with app.app_context():
        row = session.query(Signature).one()
        assert row.sealed is None
        assert row.blind_index is None
        assert session.query(SealedCopy).count() == 0
        assert session.query(Mailbox).count() == 0
        assert recount.check() == []


def test_who_withdrew_may_sign_again(app: Flask, client: FlaskClient, world: World) -> None:
    receipt = confirmed(app, client, world)
    client.post("/en/receipt/withdraw", data={"code": receipt, "sure": "yes"})
    confirmed(app, client, world)
    assert given.counted(app, world.petition_id) == (1, 0)


def test_news_can_be_ended_and_the_signature_stays(
    app: Flask, client: FlaskClient, world: World
) -> None:
    receipt = confirmed(app, client, world)
    page = client.post("/en/receipt/news", data={"code": receipt})
    assert "You will get no more news" in page.text
    assert "Ended on" in page.text
    assert given.counted(app, world.petition_id) == (1, 0)


def test_a_receipt_is_sent_again_only_to_a_mailbox_that_signed(
    app: Flask, client: FlaskClient, world: World
) -> None:
    confirmed(app, client, world)
    known = client.post("/en/receipt/again", data={"email": "Mina@Example.org"})
    unknown = client.post("/en/receipt/again", data={"email": "nobody@example.org"})
    assert known.text == unknown.text
    given.send_mail(app)
    assert len(given.mails(app)) == 2
    again = given.mails(app)[-1]
    code = re.search(r"^([0-9a-z]{4}(?:-[0-9a-z]{4}){5})\s*$", given.text_of(again), re.M)
    assert code
    assert client.post("/en/receipt", data={"code": code[1]}).status_code == 200


def test_three_receipts_a_day_are_enough(app: Flask, client: FlaskClient, world: World) -> None:
    confirmed(app, client, world)
    for _ in range(5):
        client.post("/en/receipt/again", data={"email": "mina@example.org"})
    given.send_mail(app)
    assert len(given.mails(app)) == 1 + 3
    with clock.frozen(clock.now() + timedelta(days=1)):
        client.post("/en/receipt/again", data={"email": "mina@example.org"})
        given.send_mail(app)
    assert len(given.mails(app)) == 1 + 4


def test_a_wrong_receipt_is_kept_in_the_field(client: FlaskClient, world: World) -> None:
    page = client.post("/fr/receipt", data={"code": "abcd-efgh"})
    assert page.status_code == 400
    assert 'value="abcd-efgh"' in page.text
