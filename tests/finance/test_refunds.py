"""Refunds and disputes on the pages of the finance role, and on the page of somebody from outside."""

import csv
import re
import threading
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.errors import DomainError
from campaign_app.core.money import Money
from campaign_app.donations import services as donations
from campaign_app.finance import returning
from campaign_app.payments import ledger, states
from campaign_app.payments.accounts import BANK, TEST
from campaign_app.payments.ledger import Account, Where
from campaign_app.payments.refunding import Wish
from campaign_app.payments.taking_models import Refund
from tests import given
from tests.accounts.people import send, signed_in
from tests.payments.giving import Giving
from tests.payments.returning import paid

HOME = "/console/money/refunds"


@pytest.fixture
def mina(app: Flask) -> FlaskClient:
    return signed_in(app, "finance", name="Mina")


@pytest.fixture
def jun(app: Flask) -> FlaskClient:
    return signed_in(app, "finance", name="Jun")


def asked(client: FlaskClient, gift: UUID, amount: str, reason: str = "Given twice") -> str:
    """Ask on the page, and give the address of the refund."""
    answer = send(client, f"{HOME}/new/{gift.hex}", amount=amount, reason=reason)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def row(app: Flask) -> Refund:
    with app.app_context():
        session.rollback()
        return session.scalars(select(Refund)).one()


def test_one_asks_another_allows_and_the_receipt_says_what_stayed(
    app: Flask, giving: Giving, mina: FlaskClient, jun: FlaskClient
) -> None:
    gift = paid(giving)
    assert "200,000" in mina.get(f"{HOME}/new/{gift.hex}").text
    page = asked(mina, gift, "150,000")
    mine, theirs = mina.get(page).text, jun.get(page).text
    assert "/allow" not in mine
    assert "/allow" in theirs
    assert "Given twice" in theirs
    assert "Mina" in jun.get(f"{HOME}/").text
    send(mina, f"{page}/allow")
    assert row(app).state == states.ASKED, "the button is not the only guard"
    send(jun, f"{page}/allow")
    giving.work()
    assert giving.said(gift).receipts == [50_000]
    assert row(app).state == states.SENT
    assert "re_" not in mina.get(page).text
    again = send(jun, f"{page}/refuse")
    assert again.status_code == 303
    assert row(app).state == states.SENT


def test_a_small_one_leaves_at_once(app: Flask, giving: Giving, mina: FlaskClient) -> None:
    gift = paid(giving, 2050, "CHF")
    asked(mina, gift, "20.50")
    giving.work()
    assert giving.said(gift).returned == 2050


@pytest.mark.parametrize(
    ("amount", "reason", "status"),
    [("0", "x", 409), ("200001", "x", 409), ("12.50", "x", 400), ("abc", "x", 400), ("", "x", 400),
     ("100", "", 400), ("100", "x" * 301, 400), ("100", "card 4242 4242 4242 4242", 400)],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    app: Flask, giving: Giving, mina: FlaskClient, amount: str, reason: str, status: int
) -> None:
    gift = paid(giving)
    answer = send(mina, f"{HOME}/new/{gift.hex}", amount=amount, reason=reason)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert f'value="{amount}"' in answer.text
    with app.app_context():
        assert session.scalars(select(Refund)).all() == []


def test_alone_one_gives_a_reason_and_every_page_says_one_person(
    app: Flask, giving: Giving, mina: FlaskClient
) -> None:
    page = asked(mina, paid(giving), "150000")
    assert send(mina, f"{page}/alone", reason="").status_code == 400
    send(mina, f"{page}/alone", reason="The board is abroad")
    assert "The board is abroad" in mina.get(page).text
    assert "one person" in mina.get(f"{HOME}/").text
    assert "look-again" not in mina.get(page).text
    jun = signed_in(app, "finance", name="Jun")
    send(jun, f"{page}/look-again")
    assert "one person" not in jun.get(f"{HOME}/").text


def test_while_somebody_else_could_look_nobody_acts_alone(
    app: Flask, giving: Giving, mina: FlaskClient, jun: FlaskClient
) -> None:
    page = asked(mina, paid(giving), "150000")
    assert f"{page}/alone" not in mina.get(page).text
    send(mina, f"{page}/alone", reason="In a hurry")
    assert row(app).state == states.ASKED


@pytest.mark.parametrize("decision", ["allow", "refuse"])
def test_somebody_outside_decides_by_a_link_without_an_account(
    app: Flask, giving: Giving, mina: FlaskClient, decision: str
) -> None:
    gift = paid(giving, name="Kim Jiwoo", mail="jiwoo@example.org")
    page = asked(mina, gift, "150000", "Paid twice on 3 November")
    send(mina, f"{page}/outside", who="0")
    given.send_mail(app)
    mail = next(one for one in given.mails(app) if "treasurer@" in str(one["To"]))
    link, stranger = given.link_of(mail), app.test_client()
    seen = stranger.get(link)
    assert "150,000" in seen.text
    assert "Paid twice on 3 November" in seen.text
    assert not re.search("Jiwoo|jiwoo|Mina", seen.text + given.text_of(mail))
    assert link.split("?")[0].encode() not in mina.get(page).data, "who asks never sees it"
    path = link.split("?")[0]
    assert stranger.post(path, data={}).status_code == 400
    assert stranger.post(path, data={"decision": decision}).status_code == 200
    allowed = decision == "allow"
    giving.work()
    assert row(app).state == (states.SENT if allowed else states.DROPPED)
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data={"decision": "allow"}).status_code == 404
    with app.app_context():
        deed = select(AuditEntry).where(AuditEntry.actor == "outside")
        assert session.scalars(deed).one().action == f"refund.{'allowed' if allowed else 'refused'}"


def test_a_forged_post_from_another_site_decides_nothing(
    app: Flask, giving: Giving, mina: FlaskClient
) -> None:
    page = asked(mina, paid(giving), "150000")
    send(mina, f"{page}/outside", who="0")
    given.send_mail(app)
    mail = next(one for one in given.mails(app) if "treasurer@" in str(one["To"]))
    answer = app.test_client().post(
        given.link_of(mail),
        data={"decision": "allow"},
        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert mina.post(f"{page}/refuse").status_code == 400, "without its token"
    assert row(app).state == states.ASKED


def test_a_transfer_goes_back_by_bank_and_may_come_back(
    app: Flask, giving: Giving, mina: FlaskClient
) -> None:
    gift = giving.gift(50_000, way="transfer")
    with app.app_context():
        transact(partial(donations.settle, gift, on=clock.today()))
    page = asked(mina, gift, "30000")
    assert "seoul" in mina.get(page).text
    day = clock.today().isoformat()
    assert send(mina, f"{page}/slip", bank="seoul", number="", on=day).status_code == 400
    assert send(mina, f"{page}/slip", bank="seoul", number="7", on="2099-01-01").status_code == 400
    send(mina, f"{page}/slip", bank="seoul", number="0412-77", on=day)
    assert giving.said(gift).receipts == [20_000]
    assert "0412-77" in mina.get(page).text
    send(mina, f"{page}/came-back")
    assert giving.said(gift).receipts == [50_000]
    with app.app_context():
        there = Where("pscore-kr", "KRW", Account(BANK, "seoul"))
        assert ledger.balance(TEST, there) == Money(0, "KRW")


def test_a_transfer_that_was_this_gifts_by_mistake_sends_nothing_back(
    app: Flask, giving: Giving, mina: FlaskClient
) -> None:
    gift = giving.gift(50_000, way="transfer")
    with app.app_context():
        transact(partial(donations.settle, gift, on=clock.today()))
        # As the page of transfers does when somebody takes an assignment back.
        transact(partial(donations.give_back, gift, 50_000))
    page = f"{HOME}/new/{gift.hex}"
    for amount in ("50000", "1"):
        assert send(mina, page, amount=amount, reason="x").status_code == 409
    with app.app_context():
        assert session.scalars(select(Refund)).all() == []
        transact(partial(donations.give_back, gift, 0))  # it was the right one after all
    assert send(mina, page, amount="50000", reason="Given twice").status_code == 303


def test_of_four_who_ask_at_once_for_a_transfer_one_may(app: Flask, giving: Giving) -> None:
    gift, told = giving.gift(50_000, way="transfer"), []
    with app.app_context():
        transact(partial(donations.settle, gift, on=clock.today()))
        person = transact(partial(given.person, "Sora", "finance")).id
    gate = threading.Barrier(4)

    def run() -> None:
        wish = Wish(amount=Money(40_000, "KRW"), reason="x", person_id=person)
        with app.app_context():
            gate.wait()
            try:
                transact(partial(returning.ask, gift, wish))
                told.append("done")
            except DomainError as no:
                told.append(type(no).__name__)

    threads = [threading.Thread(target=run) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["TooMuch", "TooMuch", "TooMuch", "done"]


def test_a_dispute_is_listed_with_what_it_holds_and_by_when_to_answer(
    app: Flask, giving: Giving, mina: FlaskClient
) -> None:
    gift = paid(giving, 50_000)
    made = giving.dispute(gift)
    giving.deliver()
    giving.poll()
    listed = mina.get(f"{HOME}/disputes/").text
    page = f"{HOME}/disputes/paris/{made['id']}"
    assert page in listed
    assert "50,000" in listed
    assert "The donor does not recognise it" in listed
    one = mina.get(page).text
    assert made["id"] in one
    assert made["charge"] not in one
    refused = send(mina, f"{HOME}/new/{gift.hex}", amount="100", reason="x")
    assert refused.status_code == 409
    giving.bank(lambda at: at.end_dispute(made["id"], won=False))
    giving.deliver()
    giving.poll()
    assert "Lost" in mina.get(page).text
    assert giving.said(gift).receipts == []


def test_the_accountants_list_says_who_did_it_and_where_one_person_did(
    app: Flask, giving: Giving, mina: FlaskClient
) -> None:
    gift = paid(giving, name="Kim Jiwoo")
    page = asked(mina, gift, "150000", "=1+1")
    send(mina, f"{page}/alone", reason="The board is abroad")
    answer = send(mina, f"{HOME}/list.csv")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="TEST_refunds_')
    [head, line] = list(csv.reader(answer.text.removeprefix("\ufeff").splitlines()))
    said = dict(zip(head, line, strict=True))
    assert (said["Amount"], said["Currency"], said["Asked by"]) == ("150000", "KRW", "Mina")
    assert said["One person alone, because"] == "The board is abroad"
    assert not said["Why"].startswith("=")
    assert re.fullmatch(r"TEST-FRIENDS-FR-\d{4}-\d{6}", said["Receipt"])
    assert gift.hex not in answer.text, "the gift's number opens its donor's page"
    assert "Jiwoo" not in answer.text
    assert mina.post(f"{HOME}/list.csv").status_code == 400
    with app.app_context():
        exported = select(AuditEntry).where(AuditEntry.action == "refund.exported")
        assert session.scalars(exported).one().actor == "Mina"


@pytest.mark.parametrize("role", ["administrator", "organiser", "viewer"])
def test_nobody_but_finance_finds_any_of_it(
    app: Flask, giving: Giving, mina: FlaskClient, role: str
) -> None:
    gift = paid(giving)
    page = asked(mina, gift, "150000")
    other = signed_in(app, role, name="Other")
    for path in (f"{HOME}/", f"{HOME}/new/{gift.hex}", page, f"{HOME}/disputes/"):
        assert other.get(path).status_code == 404
    for deed in ("allow", "alone", "refuse", "outside", "slip"):
        assert send(other, f"{page}/{deed}", reason="x").status_code == 404
    assert row(app).state == states.ASKED


@pytest.mark.parametrize(
    "path", ["/x", "/new/x", "/" + "0" * 32, "/new/" + "0" * 32, "/disputes/paris/dp_x", "/new/%00"]
)
def test_what_is_not_there_is_not_found(mina: FlaskClient, path: str) -> None:
    assert mina.get(HOME + path).status_code == 404


def test_the_list_is_cut_by_state_and_by_page(
    app: Flask, giving: Giving, mina: FlaskClient
) -> None:
    gift = paid(giving, 90_000)
    for _one in range(52):
        asked(mina, gift, "100")
    first = mina.get(f"{HOME}/").text
    assert 'rel="next"' in first
    assert 'rel="prev"' in mina.get(f"{HOME}/?page=2").text
    assert mina.get(f"{HOME}/?state=came_back&page=9").status_code == 200
    for odd in ("page=0", "page=-1", "page=x", "page=99999999999", "state=%00", "state=nowhere"):
        assert mina.get(f"{HOME}/?{odd}").status_code == 200
