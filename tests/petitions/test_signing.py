"""A passer-by signs, proves the mailbox, and is counted once."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.seal import SealedRecord
from campaign_app.core.sealed_record import Signer
from campaign_app.petitions.models import PetitionText
from campaign_app.petitions.signing_models import GivenConsent, Mailbox, SealedCopy, Signature
from tests import given
from tests.given import World


def test_a_scan_opens_the_signing_page_itself(client: FlaskClient, world: World) -> None:
    page = client.get(f"/q/{world.code}", headers={"Accept-Language": "fr-CH, en;q=0.5"})
    assert page.status_code == 200
    assert "Fermez les camps" in page.text
    assert page.headers["Content-Language"] == "fr"
    assert "Set-Cookie" not in page.headers


def test_signing_counts_only_after_the_mailbox_is_proved(
    app: Flask, client: FlaskClient, world: World
) -> None:
    answer = given.sign(client, f"/q/{world.code}")
    assert answer.status_code == 200
    assert "mina@example.org" in answer.text
    assert given.counted(app, world.petition_id) == (0, 1)
    given.send_mail(app)
    [mail] = given.mails(app)
    link = given.link_of(mail)
    asked = client.get(link)
    assert asked.status_code == 200
    assert asked.text.count('method="post"') == 1
    assert given.counted(app, world.petition_id) == (0, 1)
    assert client.post(link).status_code == 200
    assert given.counted(app, world.petition_id) == (1, 0)
    assert client.post(link).status_code == 200
    assert given.counted(app, world.petition_id) == (1, 0)


def test_the_six_digits_of_the_mail_prove_it_too(
    app: Flask, client: FlaskClient, world: World
) -> None:
    answer = given.sign(client, f"/q/{world.code}")
    given.send_mail(app)
    [mail] = given.mails(app)
    path = f"/en/petitions/{world.slug}/code"
    done = client.post(path, data={"handle": given.handle_of(answer), "code": given.code_of(mail)})
    assert done.status_code == 200
    assert given.counted(app, world.petition_id) == (1, 0)


def test_five_wrong_codes_close_that_way_but_not_the_link(
    app: Flask, client: FlaskClient, world: World
) -> None:
    answer = given.sign(client, f"/q/{world.code}")
    given.send_mail(app)
    [mail] = given.mails(app)
    path, handle = f"/en/petitions/{world.slug}/code", given.handle_of(answer)
    right = given.code_of(mail).replace(" ", "")
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert client.post(path, data={"handle": handle, "code": wrong}).status_code == 400
    assert client.post(path, data={"handle": handle, "code": right}).status_code == 400
    assert given.counted(app, world.petition_id) == (0, 1)
    assert client.post(given.link_of(mail)).status_code == 200
    assert given.counted(app, world.petition_id) == (1, 0)


def test_only_the_organisers_keys_open_what_was_sealed(
    app: Flask, client: FlaskClient, world: World
) -> None:
    given.sign(client, f"/q/{world.code}")
    with app.app_context():
        row = session.scalars(select(Signature)).one()
        copies = session.execute(select(SealedCopy.key_id, SealedCopy.wrapped)).all()
        assert row.sealed is not None
        record = SealedRecord(row.sealed, {copy.key_id: copy.wrapped for copy in copies})
        for key in world.keys:
            opened = Signer.unseal(record, key, petition=world.uid, row=row.id.hex)
            assert (opened.name, opened.email) == ("김미나", "mina@example.org")
        assert session.query(GivenConsent).count() == 3


def test_another_attempt_of_a_mailbox_goes_when_one_is_confirmed(
    app: Flask, client: FlaskClient, world: World
) -> None:
    given.sign(client, f"/q/{world.code}", name="Not Mina")
    given.sign(client, f"/q/{world.code}", email="MINA@example.org", name="Mina")
    assert given.counted(app, world.petition_id) == (0, 1)
    given.send_mail(app)
    first, second = sorted(given.mails(app), key=lambda mail: "Not Mina" not in given.text_of(mail))
    assert client.post(given.link_of(second)).status_code == 200
    assert given.counted(app, world.petition_id) == (1, 0)
    assert client.post(given.link_of(first)).status_code == 410
    assert given.counted(app, world.petition_id) == (1, 0)
    with app.app_context():
        assert session.query(Signature).count() == 1


def test_who_signed_already_sees_the_same_answer_and_gets_another_mail(
    app: Flask, client: FlaskClient, world: World
) -> None:
    first = given.sign(client, f"/q/{world.code}?lang=en")
    given.send_mail(app)
    client.post(given.link_of(given.mails(app)[0]))
    again = given.sign(client, f"/q/{world.code}?lang=en")
    alike = [page.text.replace(given.handle_of(page), "…") for page in (first, again)]
    assert alike[0] == alike[1]
    given.send_mail(app)
    assert len(given.mails(app)) == 2
    assert "signed and confirmed before" in given.text_of(given.mails(app)[1])
    assert given.counted(app, world.petition_id) == (1, 0)


def test_a_mailbox_gets_five_mails_at_most(app: Flask, client: FlaskClient, world: World) -> None:
    for _ in range(8):
        assert given.sign(client, f"/q/{world.code}").status_code == 200
    given.send_mail(app)
    assert len(given.mails(app)) == 5
    with app.app_context():
        assert session.scalars(select(Mailbox.mails)).one() == 5


def test_what_was_typed_is_kept_when_something_is_missing(
    client: FlaskClient, world: World
) -> None:
    page = client.get(f"/q/{world.code}?lang=en")
    form = given.boxes(page.text) | {"name": "=HYPERLINK", "email": "mina@", "country": "CH"}
    answer = client.post(f"/q/{world.code}?lang=en", data=form)
    assert answer.status_code == 400
    assert "<title>Error:" in answer.text
    assert 'value="mina@"' in answer.text
    assert "A name cannot begin with" in answer.text


def test_fifty_people_on_one_address_are_all_counted(
    app: Flask, client: FlaskClient, world: World
) -> None:
    for number in range(50):
        given.sign(client, f"/q/{world.code}", email=f"person{number}@example.org")
    given.send_mail(app)
    for mail in given.mails(app):
        client.post(given.link_of(mail))
    assert given.counted(app, world.petition_id) == (50, 0)


def test_a_text_that_one_person_approved_alone_says_so(
    app: Flask, client: FlaskClient, world: World
) -> None:
    path, said = f"/en/petitions/{world.slug}", "One person alone approved this text."
    assert said not in client.get(path).text

    def alone() -> None:
        text = session.scalars(select(PetitionText).where(PetitionText.language == "en")).one()
        text.alone_reason = "Nobody answered."

    with app.app_context():
        db.transact(alone)
    assert said in client.get(path).text
