"""What a donor is told: what our books say, whoever redirected there and whatever they claim."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import jobs, queries, services
from campaign_app.donations.models import Donation
from campaign_app.qr import services as qr
from tests import given
from tests.donations import page
from tests.donations.conftest import Stall
from tests.payments.giving import Giving

LANGUAGES = ("ko", "en", "fr")
PHASE = re.compile(r'data-gift="(\w+)"')


def phase(client: FlaskClient, gift: UUID, language: str = "ko") -> str:
    answer = client.get(f"/{language}/give/thanks/{gift.hex}")
    assert answer.status_code == 200
    found = PHASE.search(answer.text)
    assert found is not None
    return found[1]


def test_the_redirect_alone_proves_nothing(client: FlaskClient, giving: Giving) -> None:
    gift = giving.gift()
    claimed = client.get(f"/ko/give/thanks/{gift.hex}?redirect_status=succeeded&paid=1")
    assert 'data-gift="begun"' in claimed.text
    giving.pay(gift)  # the bank knows, and we do not yet
    assert phase(client, gift) == "begun"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_settled_shows_the_number_of_its_receipt(
    app: Flask, client: FlaskClient, giving: Giving, language: str
) -> None:
    gift = giving.gift(20000, name="Kim Mina", mail="mina@example.org", language=language)
    giving.pay(gift)
    giving.deliver()
    giving.work()
    shown = client.get(f"/{language}/give/thanks/{gift.hex}")
    assert phase(client, gift, language) == "settled"
    assert re.search(r"TEST-FRIENDS-FR-\d{4}-000001", shown.text)
    assert Money(20000, "KRW").written(language) in shown.text
    for personal in ("Mina", "mina@"):
        assert personal not in shown.text
    assert '<meta name="robots" content="noindex">' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"


def test_looking_changes_nothing_and_asking_again_does(client: FlaskClient, giving: Giving) -> None:
    gift = giving.gift()
    giving.pay(gift)  # and the webhook is lost
    before = giving.said(gift)
    assert phase(client, gift) == "begun"
    assert giving.said(gift) == before
    answer = client.post(f"/ko/give/thanks/{gift.hex}/look")
    assert answer.status_code == 303
    assert phase(client, gift) == "arrived"
    giving.work()
    assert phase(client, gift) == "settled"
    assert giving.wrong() == []


def test_money_that_takes_days_is_on_its_way(client: FlaskClient, giving: Giving) -> None:
    gift = giving.gift(2000, "EUR")
    giving.promise(gift)
    giving.deliver()
    giving.work()
    assert phase(client, gift) == "pending"


def test_what_was_broken_off_can_begin_again_with_its_amount(
    client: FlaskClient, giving: Giving
) -> None:
    gift = giving.gift(3500, "CHF")
    giving.ending(gift, lambda at, name: at.expire(name))
    giving.deliver()
    giving.work()
    shown = client.get(f"/fr/give/thanks/{gift.hex}").text
    assert 'data-gift="ended"' in shown
    again = re.search(r'href="(/fr/give/\?[^"]+)"', shown)
    assert again is not None
    form = page.form(client.get(again[1].replace("&amp;", "&")).text)
    assert (form["currency"], form["amount"], form["own"]) == ("CHF", "own", "35.00")


def test_begin_again_leads_to_the_tent_while_that_stands(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    answer = page.give(client, stall.tent, amount="10000", way="card")
    shown = client.get(f"/ko/give/thanks/{_only(app).id.hex}").text
    assert f"/q/{stall.letters}?lang=ko" in shown
    assert answer.status_code == 303
    with app.app_context():
        transact(lambda: qr.revoke(stall.code_id, "lost"))
    shown = client.get(f"/ko/give/thanks/{_only(app).id.hex}").text
    assert stall.letters not in shown
    assert "/ko/give/camps?" in shown


def _only(app: Flask) -> Donation:
    with app.app_context():
        session.rollback()
        return session.query(Donation).one()


def test_what_went_back_is_told(app: Flask, client: FlaskClient, giving: Giving) -> None:
    gift = giving.gift(20000)
    giving.pay(gift)
    giving.deliver()
    giving.work()
    with app.app_context():
        transact(lambda: services.give_back(gift, 5000))
    shown = client.get(f"/en/give/thanks/{gift.hex}").text
    assert 'data-gift="returned"' in shown
    assert "₩5,000" in shown
    assert "000003" in shown  # the first is cancelled by the second


@pytest.mark.parametrize(
    "name", ["9c330b334e954405a9a6f5997a91e594", "x" * 32, "0" * 31, "..", "%00", "1"]
)
def test_a_gift_that_is_nobodys_has_no_page(client: FlaskClient, name: str) -> None:
    assert client.get(f"/ko/give/thanks/{name}").status_code == 404
    assert client.post(f"/ko/give/thanks/{name}/look").status_code == 404


# Letters


@pytest.mark.parametrize("language", LANGUAGES)
def test_thanks_come_with_the_receipt_in_the_donors_language(
    app: Flask, client: FlaskClient, giving: Giving, language: str
) -> None:
    gift = giving.gift(2000, "EUR", name="Kim Mina", mail="mina@example.org", language=language)
    giving.pay(gift)
    giving.deliver()
    giving.everything()
    (mail,) = given.mails(app)
    text = given.text_of(mail)
    assert mail["To"] == "mina@example.org"
    assert Money(2000, "EUR").written(language) in str(mail["Subject"]) + text
    assert f"/{language}/give/thanks/{gift.hex}" in text
    assert re.search(rf"/{language}/receipts/[0-9a-f]{{32}}\.pdf", text)
    assert "Mina" in text
    html = mail.get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()


def test_what_goes_back_is_told_by_mail_once(app: Flask, giving: Giving) -> None:
    gift = giving.gift(20000, mail="mina@example.org", language="en")
    giving.pay(gift)
    giving.deliver()
    giving.everything()
    for _time in range(2):
        with app.app_context():
            transact(lambda: services.give_back(gift, 20000))
    giving.everything()
    _thanks, told = given.mails(app)
    text = given.text_of(told)
    assert text.count("₩20,000") == 2
    assert ".pdf" not in text


def test_who_gave_no_mailbox_gets_no_letter(app: Flask, giving: Giving) -> None:
    gift = giving.gift(20000, mail="")
    giving.pay(gift)
    giving.deliver()
    giving.everything()
    assert given.mails(app) == []
    assert giving.said(gift).receipts == [20000]


@pytest.mark.parametrize(
    ("mail", "way_back"),
    [
        (
            "mina@example.org",
            "Thanks and receipt also go to the mailbox you gave. If no letter comes, look among the "
            "unwanted mail, or come back to this page.",
        ),
        ("", "Keep the address of this page: with it you find the receipt here again."),
    ],
)
def test_a_donor_is_told_how_to_find_the_receipt_again(
    client: FlaskClient, giving: Giving, mail: str, way_back: str
) -> None:
    gift = giving.gift(20000, mail=mail, language="en")
    before = client.get(f"/en/give/thanks/{gift.hex}").text
    giving.pay(gift)
    giving.deliver()
    giving.work()
    after = client.get(f"/en/give/thanks/{gift.hex}").text
    assert way_back not in before
    assert way_back in after
    assert "mina@" not in after


# Numbers for the stall


def test_a_stall_reads_what_was_given_there(
    app: Flask, client: FlaskClient, stall: Stall, giving: Giving
) -> None:
    page.give(client, stall.tent, amount="20000", way="card")
    card = _only(app).id
    giving.pay(card)
    giving.deliver()
    giving.work()
    page.give(client, stall.tent, amount="50000", way="transfer")
    page.give(client, "/ko/give/", amount="5000", way="transfer")
    with app.app_context():
        assert queries.given_at(stall.event_id) == {"KRW": Money(20000, "KRW")}
        assert {
            (one.way, one.state, one.gifts, one.amount.minor)
            for one in queries.live_at(stall.event_id)
        } == {
            ("card", "settled", 1, 20000),
            ("transfer", "begun", 1, 50000),
        }
        transact(lambda: services.give_back(card, 500))
        assert queries.given_at(stall.event_id) == {"KRW": Money(19500, "KRW")}
        assert queries.given_at(999) == {}


# Transfers that nobody makes


def test_a_transfer_nobody_made_ends_and_settles_if_it_comes_all_the_same(
    app: Flask, giving: Giving
) -> None:
    kept, old = giving.gift(way="transfer"), giving.gift(way="transfer")
    with app.app_context():
        transact(lambda: _begun_before(old, timedelta(days=61)))
        transact(lambda: _begun_before(kept, timedelta(days=59)))
        jobs.let_go()
        jobs.let_go()
        session.rollback()
        ended, waits = session.get_one(Donation, old), session.get_one(Donation, kept)
        assert ended.state == "ended"
        assert ended.reference is not None
        assert waits.state == "begun"
        assert waits.reference is not None
        transact(lambda: services.settle(old, on=date(2026, 11, 1)))  # it came all the same
        session.rollback()
        assert session.get_one(Donation, old).state == "settled"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_who_never_gave_is_forgotten_half_a_year_later_and_who_gave_is_not(
    app: Flask, giving: Giving
) -> None:
    never, late, gave = (
        giving.gift(way="transfer", name="Yun Dongju", mail="dongju@example.org")
        for _turn in range(3)
    )
    with app.app_context():
        transact(lambda: services.settle(gave, on=date(2026, 11, 1)))
        transact(lambda: _begun_before(never, timedelta(days=181)))
        transact(lambda: _begun_before(gave, timedelta(days=181)))
        transact(lambda: _begun_before(late, timedelta(days=179)))
        jobs.let_go()
        session.rollback()
        rows = [session.get_one(Donation, one) for one in (never, late, gave)]
        assert [one.contact is not None for one in rows] == [False, True, True]
        assert [one.reference is not None for one in rows] == [False, True, True]


def _begun_before(gift: UUID, ago: timedelta) -> None:
    session.get_one(Donation, gift).created_at = clock.now() - ago
