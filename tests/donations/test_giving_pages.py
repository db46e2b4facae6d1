"""The page to give on: what is offered, what is taken, and what a wrong input is told."""

import gzip
import re
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from sqlalchemy import select

from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import contacts
from campaign_app.donations.models import Donation
from campaign_app.payments.opening import TILL
from campaign_app.payments.taking_models import Payment
from campaign_app.payments.till import Back, Till
from campaign_app.payments.ways import Ways
from campaign_app.qr import services as qr
from tests.donations import page
from tests.donations.conftest import Stall
from tests.payments.giving import Giving

LANGUAGES = ("ko", "en", "fr")


def gifts(app: Flask) -> list[Donation]:
    with app.app_context():
        session.rollback()
        return list(session.scalars(select(Donation).order_by(Donation.created_at)))


def said_in(app: Flask, language: str, msgid: str) -> str:
    with app.app_context(), force_locale(language):
        return gettext(msgid)


@pytest.mark.parametrize(("language", "currency"), [("ko", "KRW"), ("en", "USD"), ("fr", "EUR")])
def test_a_page_begins_in_the_currency_of_its_readers(
    client: FlaskClient, language: str, currency: str
) -> None:
    answer = client.get(f"/{language}/give/")
    assert answer.status_code == 200
    assert page.form(answer.text)["currency"] == currency
    assert f'<html lang="{language}"' in answer.text


def test_a_stall_begins_in_the_currency_of_its_country(client: FlaskClient, stall: Stall) -> None:
    answer = client.get(stall.tent, headers={"Accept-Language": "fr"})
    assert page.form(answer.text)["currency"] == "KRW"
    assert '<html lang="fr"' in answer.text
    assert "Les camps" in answer.text


def test_the_currency_is_changed_by_a_link(client: FlaskClient, stall: Stall) -> None:
    for opened in ("/ko/give/", "/ko/give/camps", stall.tent):
        links = re.findall(r'href="([^"]+currency=CHF[^"]*)"', client.get(opened).text)
        assert len(links) == 1
        changed = client.get(links[0].replace("&amp;", "&"))
        assert page.form(changed.text)["currency"] == "CHF"
        assert page.form(changed.text)["amount"] == "20.00"


def test_a_code_is_answered_without_a_redirect_and_a_look_in_another_language_is_no_visit(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    answer = client.get(stall.tent)
    assert answer.status_code == 200
    assert f"/q/{stall.letters}?lang=ko" in page.action(answer.text)
    for link in re.findall(r'href="(/q/[^"]+)"', answer.text):
        assert "lang=" in link


def test_nothing_is_set_on_a_visitor(client: FlaskClient, stall: Stall) -> None:
    opened = client.get(stall.tent)
    sent = page.give(client, stall.tent)
    for answer in (opened, sent):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_gift_by_card_is_written_down_before_the_gateway_is_asked(
    app: Flask, client: FlaskClient, stall: Stall, giving: Giving
) -> None:
    answer = page.give(client, stall.tent, amount="20000", way="card", mail="mina@example.org")
    assert answer.status_code == 303
    (gift,) = gifts(app)
    assert (gift.minor, gift.currency, gift.way, gift.book) == (20000, "KRW", "card", "test")
    assert (gift.placement_id, gift.event_id) == (stall.placement_id, stall.event_id)
    assert (gift.location_id, gift.campaign_id) == (stall.world.location_id, stall.campaign_id)
    assert answer.headers["Location"].endswith(f"/checkout/{giving.page(gift.id)['id']}")
    assert giving.page(gift.id)["amount_total"] == 20000


def test_what_the_gateway_hears_names_no_cause_and_no_place(
    app: Flask, client: FlaskClient, stall: Stall, giving: Giving
) -> None:
    page.give(client, stall.tent, amount="20000", way="card", name="Kim Mina")
    (gift,) = gifts(app)
    told = str(giving.page(gift.id))
    for word in ("camps", "수용소", "Yonsei", "연세", stall.letters, "Mina", "Table tent"):
        assert word not in told
    assert f"/ko/give/thanks/{gift.id.hex}" in told


def test_a_gift_by_transfer_gets_four_letters_and_needs_no_mailbox(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    answer = page.give(client, stall.tent, amount="50000", way="transfer")
    (gift,) = gifts(app)
    assert page.told(answer) == gift.id.hex
    assert gift.contact is None
    shown = client.get(answer.headers["Location"]).text
    assert gift.reference is not None
    assert gift.reference.upper() in shown
    assert "000-000000-00-000" in shown
    assert "₩50,000" in shown


def test_the_same_form_twice_is_one_gift(app: Flask, client: FlaskClient, giving: Giving) -> None:
    html = client.get("/ko/give/").text
    data = page.form(html) | {"amount": "10000", "way": "card"}
    answers = [client.post(page.action(html), data=data) for _time in range(3)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    (gift,) = gifts(app)
    assert len(giving.pages(gift.id)) == 1


def test_a_form_that_was_paid_leads_to_its_thanks(
    app: Flask, client: FlaskClient, giving: Giving
) -> None:
    html = client.get("/ko/give/").text
    data = page.form(html) | {"amount": "10000", "way": "card"}
    client.post(page.action(html), data=data)
    (gift,) = gifts(app)
    giving.pay(gift.id)
    giving.deliver()
    giving.work()
    again = client.post(page.action(html), data=data)
    assert page.told(again) == gift.id.hex
    assert len(gifts(app)) == 1


def test_who_wants_no_name_anywhere_leaves_none(app: Flask, client: FlaskClient) -> None:
    page.give(
        client, "/ko/give/", way="transfer", no_name="y", name="Kim Mina", mail="mina@example.org"
    )
    (gift,) = gifts(app)
    assert gift.no_name
    assert gift.contact is None


def test_who_gives_a_mailbox_has_it_closed_at_rest(app: Flask, client: FlaskClient) -> None:
    page.give(client, "/ko/give/", way="transfer", name="Kim Mina", mail="mina@example.org")
    (gift,) = gifts(app)
    assert gift.contact is not None
    assert b"mina" not in gift.contact.lower()
    with app.app_context():
        assert contacts.open_(gift.id, gift.contact).mail == "mina@example.org"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("own", "currency", "why"),
    [
        ("", "KRW", "Enter the amount in digits, for example 20000."),
        ("viel", "EUR", "Enter the amount in digits, for example 20."),
        (
            "20000.50",
            "KRW",
            "This currency has no decimals. Enter a whole amount, for example 20000.",
        ),
        ("₩20,000", "USD", None),
        ("12.505", "CHF", None),
        ("500", "KRW", None),
        ("0", "USD", None),
        ("6000000", "KRW", None),
    ],
)
def test_an_amount_that_is_none_is_explained_and_nothing_typed_is_lost(
    app: Flask, client: FlaskClient, language: str, own: str, currency: str, why: str | None
) -> None:
    answer = page.give(
        client,
        f"/{language}/give/?currency={currency}",
        amount="own",
        own=own,
        way="card",
        name="Kim Mina",
        mail="mina@example.org",
    )
    assert answer.status_code == 400
    assert gifts(app) == []
    kept = page.form(answer.text)
    assert (kept["own"], kept["amount"], kept["currency"]) == (own, "own", currency)
    assert (kept["name"], kept["mail"]) == ("Kim Mina", "mina@example.org")
    assert 'id="own-error"' in answer.text
    if why:
        assert said_in(app, language, why) in answer.text


@pytest.mark.parametrize(("amount", "own"), [("own", "$25"), ("50000", "")])
def test_what_was_typed_goes_along_into_another_currency(
    app: Flask, client: FlaskClient, amount: str, own: str
) -> None:
    wrong = page.give(
        client,
        "/en/give/?currency=KRW",
        amount=amount,
        own=own,
        way="transfer",
        name="Kim",
        mail="mina@",
    )
    moved = re.search(r'formaction="([^"]+)" name="into" value="USD"', wrong.text)
    assert wrong.status_code == 400
    assert moved is not None
    answer = client.post(unescape(moved[1]), data=page.form(wrong.text) | {"into": "USD"})
    assert answer.status_code == 200
    assert 'role="alert"' not in answer.text
    kept = page.form(answer.text)
    assert (kept["name"], kept["mail"], kept["own"]) == ("Kim", "mina@", own)
    assert (kept["currency"], kept["amount"]) == ("USD", "own" if own else "20.00")
    assert gifts(app) == []
    there = client.post(page.action(answer.text), data=kept | {"mail": "mina@example.org"})
    assert there.status_code == 303
    (gift,) = gifts(app)
    assert (gift.money, gift.way) == (Money(2500 if own else 2000, "USD"), "card")


@pytest.mark.parametrize("wrong", ["mina", "mina@", "mina@@example.org", "4111 1111 1111 1111"])
def test_a_mailbox_that_is_none_is_asked_for_again(
    app: Flask, client: FlaskClient, wrong: str
) -> None:
    answer = page.give(client, "/en/give/", mail=wrong)
    assert answer.status_code == 400
    assert 'id="mail-error"' in answer.text
    assert gifts(app) == []


@pytest.mark.parametrize(
    "said", [{"way": "cash"}, {"way": "monthly"}, {"amount": "1"}, {"amount": ""}]
)
def test_what_the_form_does_not_offer_is_refused(
    app: Flask, client: FlaskClient, said: dict[str, str]
) -> None:
    assert page.give(client, "/ko/give/", **said).status_code == 400
    assert gifts(app) == []


def test_more_than_a_card_may_give_goes_by_transfer(app: Flask, client: FlaskClient) -> None:
    answer = page.give(client, "/ko/give/", amount="own", own="6000000", way="transfer")
    assert answer.status_code == 303
    assert gifts(app)[0].minor == 6_000_000


def test_a_currency_nobody_takes_becomes_one_that_is_taken(client: FlaskClient) -> None:
    for wished in ("XXX", "JPY", "krw", "<script>"):
        answer = client.get("/ko/give/", query_string={"currency": wished})
        assert page.form(answer.text)["currency"] == "KRW"


def test_an_unknown_campaign_has_no_page(client: FlaskClient, stall: Stall) -> None:
    assert client.get("/ko/give/camps").status_code == 200
    assert client.get("/ko/give/nowhere").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_weighs_less_than_thirty_kilobytes(
    client: FlaskClient, stall: Stall, language: str
) -> None:
    answer = client.get(f"{stall.tent}?lang={language}", headers={"Accept-Encoding": "gzip"})
    assert len(answer.data) < 15_000
    html = gzip.decompress(answer.data).decode()
    assert "<script" not in html
    assert '<link rel="stylesheet"' not in html
    assert "<img" not in html


def test_a_page_without_any_way_says_so(app: Flask, client: FlaskClient, stall: Stall) -> None:
    nobody = Ways(mode="off", entities={}, banks={}, accounts={})
    app.extensions[TILL] = Till(nobody, {}, lambda _payment: Back("", "", ""))
    for path in ("/ko/give/", stall.tent):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "<form" not in answer.text


def test_a_revoked_tent_leads_nowhere(app: Flask, client: FlaskClient, stall: Stall) -> None:
    html = client.get(stall.tent).text
    with app.app_context():
        transact(lambda: qr.revoke(stall.code_id, "lost"))
    assert client.get(stall.tent).status_code == 404
    assert client.post(page.action(html), data=page.form(html)).status_code == 404
    assert gifts(app) == []


def test_the_attempt_at_the_gateway_carries_the_gift_and_nothing_else(
    app: Flask, client: FlaskClient
) -> None:
    page.give(client, "/ko/give/", way="card")
    (gift,) = gifts(app)
    with app.app_context():
        payment = session.scalars(select(Payment)).one()
        assert payment.subject == f"donation:{gift.id.hex}"
        assert UUID(hex=payment.subject.partition(":")[2]) == gift.id
