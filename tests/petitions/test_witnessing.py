"""Whoever signs while somebody of ours stands by counts at once, once, and may take it back."""

import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import db, ids
from campaign_app.core.db import session
from campaign_app.core.withdrawn_log import Deed
from campaign_app.outbox.models import OutboxRow
from campaign_app.petitions import (
    mailbox_policy,
    queries,
    recount,
    signing,
    states,
    witnessing,
)
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    Receipt,
    SealedCopy,
    Signature,
)
from campaign_app.petitions.witnessing import Blocked, Fate
from tests import given
from tests.concurrency.test_races import all_at_once
from tests.given import World
from tests.petitions.witnessed import give, seen


@pytest.fixture(autouse=True)
def tally_agrees(app: Flask) -> Iterator[None]:
    """After every test the tally and an independent count of all rows say the same."""
    yield
    with app.app_context():
        session.rollback()
        assert recount.check() == []


def rows(app: Flask) -> list[tuple[str, str]]:
    """Read how signatures stand and are known."""
    with app.app_context():
        found = session.execute(select(Signature.state, Signature.evidence))
        return sorted((row.state, row.evidence) for row in found)


def waiting(app: Flask) -> list[str]:
    """Name the templates of mails that wait."""
    with app.app_context():
        found = session.scalars(select(OutboxRow.template).where(OutboxRow.is_mail))
        return sorted(str(one) for one in found)


def test_it_counts_at_once_and_can_be_opened_by_both_keys(app: Flask, world: World) -> None:
    row = uuid.uuid4()
    assert give(app, world, row=row) is Fate.COUNTED
    assert given.counted(app, world.petition_id) == (1, 0)
    assert rows(app) == [(states.CONFIRMED, states.WITNESSED)]
    with app.app_context():
        signature = session.query(Signature).one()
        copies = {copy.key_id: copy.wrapped for copy in session.query(SealedCopy)}
        assert set(copies) == {key.public.key_id for key in world.keys}
        assert signature.id == row
        assert "김미나".encode() not in (signature.sealed or b"")
        assert session.query(GivenConsent).count() >= 1


def test_a_mailbox_counts_once_whatever_came_first(app: Flask, world: World) -> None:
    assert give(app, world) is Fate.COUNTED
    assert give(app, world, "Mina@Example.org") is Fate.DUPLICATE_PERSON
    assert given.counted(app, world.petition_id) == (1, 0)
    assert waiting(app) == ["petitions/already", "petitions/witnessed"]


def test_however_often_a_tablet_repeats_it_a_mailbox_gets_five_mails_at_most(
    app: Flask, world: World
) -> None:
    for _time in range(8):
        give(app, world)
    assert waiting(app) == ["petitions/already"] * 5 + ["petitions/witnessed"]


def test_without_a_mailbox_everybody_counts_and_nobody_gets_mail(app: Flask, world: World) -> None:
    assert {give(app, world, "") for _person in range(3)} == {Fate.COUNTED}
    assert rows(app) == [(states.CONFIRMED, states.NO_MAILBOX)] * 3
    assert waiting(app) == []
    with app.app_context():
        assert session.query(Mailbox).count() == 0
        assert session.query(Receipt).count() == 3


def test_paper_is_paper_with_and_without_a_mailbox(app: Flask, world: World) -> None:
    give(app, world, evidence=states.ON_PAPER, receipt="")
    give(app, world, "", evidence=states.ON_PAPER, receipt="")
    assert rows(app) == [(states.CONFIRMED, states.ON_PAPER)] * 2
    with app.app_context():
        assert session.query(Receipt).count() == 0
    given.send_mail(app)
    [mail] = given.mails(app)
    assert "receipt code" not in given.text_of(mail)
    assert "/not-me/" in given.text_of(mail)


def test_the_same_row_twice_changes_nothing(app: Flask, world: World) -> None:
    row = uuid.uuid4()
    fates = [give(app, world, row=row), give(app, world, row=row), give(app, world, "", row=row)]
    assert fates == [Fate.COUNTED, Fate.REPLAYED, Fate.REPLAYED]
    assert given.counted(app, world.petition_id) == (1, 0)
    assert waiting(app) == ["petitions/witnessed"]


def test_the_stronger_evidence_takes_the_place_of_what_waited(
    app: Flask, client: FlaskClient, world: World
) -> None:
    for _attempt in range(2):
        given.sign(client, f"/q/{world.code}?lang=en")
    assert given.counted(app, world.petition_id) == (0, 1)
    assert give(app, world) is Fate.COUNTED
    assert given.counted(app, world.petition_id) == (1, 0)
    assert rows(app) == [(states.CONFIRMED, states.WITNESSED)]
    assert waiting(app) == ["petitions/witnessed"]


def test_after_a_confirmation_by_mail_it_is_the_same_person_twice(
    app: Flask, client: FlaskClient, world: World
) -> None:
    given.sign(client, f"/q/{world.code}?lang=en")
    given.send_mail(app)
    client.post(given.link_of(given.mails(app)[0]))
    assert give(app, world) is Fate.DUPLICATE_PERSON
    assert rows(app) == [(states.CONFIRMED, states.BY_MAIL)]


def test_who_signed_at_the_stall_signs_the_web_form_for_nothing(
    app: Flask, client: FlaskClient, world: World
) -> None:
    give(app, world)
    given.sign(client, f"/q/{world.code}?lang=en")
    assert given.counted(app, world.petition_id) == (1, 0)
    assert waiting(app) == ["petitions/already", "petitions/witnessed"]


def test_a_blocked_mailbox_and_a_blocked_domain_are_refused(app: Flask, world: World) -> None:
    with app.app_context():
        blind = signing.keyring().blind_index(world.uid, "spam@example.org")
        assert blind
        petition = queries.get(world.petition_id)
        db.transact(lambda: mailbox_policy.block_domain("evil.example", "spam"))
        db.transact(lambda: mailbox_policy.block_mailbox(petition, blind, "spam"))
        for address in ("a@evil.example", "b@deep.evil.example", "SPAM@example.org"):
            with pytest.raises(Blocked):
                seen(world, address)
    assert given.counted(app, world.petition_id) == (0, 0)


def test_without_the_index_key_nothing_is_taken_unprotected(app: Flask, world: World) -> None:
    with app.app_context():
        signing.keyring().destroy_index_key(world.uid)
        with pytest.raises(signing.SigningUnavailable):
            seen(world)
        assert seen(world, "").evidence == states.NO_MAILBOX


def test_voiding_takes_it_back_with_its_mail_and_lets_the_mailbox_sign_again(
    app: Flask, world: World
) -> None:
    row = uuid.uuid4()
    give(app, world, row=row)
    with app.app_context():
        assert db.transact(lambda: witnessing.void(world.petition_id, row))
        assert not db.transact(lambda: witnessing.void(world.petition_id, row))
        entry = session.query(AuditEntry).filter_by(action="signature.withdrawn").one()
        assert entry.detail == {"by": "the stall"}
        assert session.query(Signature).one().sealed is None
    assert waiting(app) == []
    assert given.counted(app, world.petition_id) == (0, 0)
    assert give(app, world) is Fate.COUNTED


def test_voiding_one_without_a_mailbox_touches_nobody_else(app: Flask, world: World) -> None:
    row = uuid.uuid4()
    give(app, world, "", row=row)
    give(app, world, "")
    give(app, world, "jun@example.org")
    with app.app_context():
        assert db.transact(lambda: witnessing.void(world.petition_id, row))
        assert session.query(Mailbox).count() == 1
    assert given.counted(app, world.petition_id) == (2, 0)


# Many at once


def test_one_mailbox_on_eight_tablets_at_once_counts_once(app: Flask, world: World) -> None:
    fates = all_at_once(lambda _tablet: give(app, world), 8)
    assert sorted(fates) == [Fate.COUNTED, *[Fate.DUPLICATE_PERSON] * 7]
    assert given.counted(app, world.petition_id) == (1, 0)


@pytest.mark.parametrize("address", ["", "mina@example.org"])
def test_one_row_delivered_eight_times_at_once_counts_once(
    app: Flask, world: World, address: str
) -> None:
    with app.app_context():
        prepared = seen(world, address)

    def store(_time: int) -> Fate:
        with app.app_context():
            return db.transact(lambda: witnessing.store(prepared))

    assert sorted(all_at_once(store, 8)) == [Fate.COUNTED, *[Fate.REPLAYED] * 7]
    assert given.counted(app, world.petition_id) == (1, 0)


def test_confirming_by_mail_while_the_tablet_delivers_counts_one_of_both(
    app: Flask, client: FlaskClient, world: World
) -> None:
    people = [f"p{number}@example.org" for number in range(4)]
    for address in people:
        given.sign(client, f"/q/{world.code}?lang=en", email=address)
    given.send_mail(app)
    links = {mail["To"]: given.link_of(mail) for mail in given.mails(app)}

    def arrive(number: int) -> object:
        address = people[number // 2]
        if number % 2:
            return app.test_client().post(links[address]).status_code
        return give(app, world, address)

    all_at_once(arrive, 8)
    assert given.counted(app, world.petition_id) == (4, 0)
    assert len(rows(app)) == 4


# The mail, and "this was not me"


def not_me_of(app: Flask) -> str:
    """Find the link "this was not me" in the newest mail."""
    given.send_mail(app)
    found = re.search(r"https?://[^/\s]+(/\w\w/not-me/\S+)", given.text_of(given.mails(app)[-1]))
    assert found
    return found[1]


def test_the_mail_says_what_was_signed_and_hands_over_the_receipt(
    app: Flask, client: FlaskClient, world: World
) -> None:
    receipt = ids.readable(ids.RECEIPT_LENGTH)
    give(app, world, receipt=receipt)
    given.send_mail(app)
    [mail] = given.mails(app)
    text = given.text_of(mail)
    for said in ("Thank you, 김미나.", "Close the camps", "UN Human Rights Council", "stalls"):
        assert said in text
    assert ids.in_groups(receipt) in text
    assert "Counted" in client.post("/en/receipt", data={"code": ids.in_groups(receipt)}).text
    html = mail.get_body(("html",))
    assert html
    assert "/not-me/" in html.get_content()


@pytest.mark.parametrize("language", ["ko", "fr"])
def test_the_mail_and_its_page_speak_the_signers_language(
    app: Flask, client: FlaskClient, world: World, language: str
) -> None:
    give(app, world, language=language)
    link = not_me_of(app)
    assert link.startswith(f"/{language}/not-me/")
    assert f'lang="{language}"' in client.get(link).text


def test_not_me_asks_first_and_takes_back_at_the_touch(
    app: Flask, client: FlaskClient, world: World
) -> None:
    give(app, world)
    link = not_me_of(app)
    asked = client.get(link)
    assert asked.status_code == 200
    assert "Close the camps" in asked.text
    assert given.counted(app, world.petition_id) == (1, 0)
    done = client.post(link)
    assert done.status_code == 200
    assert "taken back" in done.text
    assert given.counted(app, world.petition_id) == (0, 0)
    assert client.post(link).text == done.text
    with app.app_context():
        assert session.query(Signature).one().sealed is None
        entry = session.query(AuditEntry).filter_by(action="signature.withdrawn").one()
        assert (entry.actor, entry.detail) == ("signer", {"by": "the mailbox"})
        [noted] = signing.withdrawn_log().lines()
        assert noted
        assert noted.why is Deed.WITHDRAWN


def test_a_link_that_says_not_me_confirms_nothing_and_the_other_way_round(
    app: Flask, client: FlaskClient, world: World
) -> None:
    give(app, world)
    token = not_me_of(app).rpartition("/")[2]
    assert client.post(f"/en/confirm/{token}").status_code == 410
    given.sign(client, f"/q/{world.code}?lang=en", email="jun@example.org")
    given.send_mail(app)
    mail = next(mail for mail in given.mails(app) if mail["To"] == "jun@example.org")
    link = given.link_of(mail)
    client.post(link)
    assert client.post(f"/en/not-me/{link.rpartition('/')[2]}").status_code == 410
    assert given.counted(app, world.petition_id) == (2, 0)


@pytest.mark.parametrize("token", ["nonsense", "x" * 48, "A" * 48])
def test_a_link_that_is_none_says_so_and_asks_no_less_kindly(
    app: Flask, client: FlaskClient, world: World, token: str
) -> None:
    assert client.get(f"/en/not-me/{token}").status_code == 200
    answer = client.post(f"/en/not-me/{token}")
    assert answer.status_code == 410
    assert "does not work any more" in answer.text


def test_the_mail_of_somebody_else_takes_nothing_back(
    app: Flask, client: FlaskClient, world: World
) -> None:
    give(app, world)
    first = not_me_of(app)
    give(app, world, "jun@example.org")
    client.post(first)
    assert given.counted(app, world.petition_id) == (1, 0)
    with app.app_context():
        [left] = session.query(Signature).filter_by(state=states.CONFIRMED)
        copies = session.query(SealedCopy).all()
        assert {copy.signature_id for copy in copies} == {left.id}
