"""Gifts in the console: found by any number, told from the beginning, and their donors looked at on record."""

from functools import partial
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session, transact
from campaign_app.donations import services
from campaign_app.donations.models import Donation
from campaign_app.outbox.models import OutboxRow
from campaign_app.payments.taking_models import Payment
from campaign_app.receipts import services as receipts
from campaign_app.receipts.models import GiftReceipt
from tests.accounts.people import send, signed_in
from tests.payments.giving import Giving

LIST = "/console/money/gifts/"
NAME, MAIL = "Yun Dongju", "dongju@example.org"


@pytest.fixture
def gift(giving: Giving) -> UUID:
    """Let somebody with a name give 20,000 won by card."""
    made = giving.gift(20000, name=NAME, mail=MAIL)
    giving.pay(made)
    giving.deliver()
    giving.work()
    return made


def deeds(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        session.rollback()
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(one.action, one.actor) for one in found if one.action.startswith("donation.")]


def test_the_list_shows_gifts_and_no_donor(treasurer: FlaskClient, gift: UUID) -> None:
    page = treasurer.get(LIST).text
    assert f"{LIST}{gift}" in page
    assert NAME not in page
    assert MAIL not in page


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("state=settled", True),
        ("state=begun", False),
        ("way=card&currency=KRW", True),
        ("way=transfer", False),
        ("currency=CHF", False),
        ("entity=friends-fr", True),
        ("entity=pscore-kr", False),
        ("event=1", False),
        ("from=2020-01-01&to=2020-02-01", False),
        ("state=nonsense&way=%00&event=x&page=-1", True),
    ],
)
def test_filters_narrow_the_list(
    treasurer: FlaskClient, gift: UUID, query: str, there: bool
) -> None:
    assert (str(gift) in treasurer.get(f"{LIST}?{query}").text) is there


def numbers_of(app: Flask, gift: UUID) -> dict[str, str]:
    """Read every number under which somebody may ask for a gift."""
    with app.app_context():
        mine = select(Payment).where(Payment.subject == f"donation:{gift.hex}")
        payment = session.scalars(mine).one()
        receipt = session.scalars(select(GiftReceipt)).one()
        return {
            "receipt": receipt.name,
            "receipt in small letters": receipt.name.lower(),
            "receipt without TEST": receipt.name.removeprefix("TEST-"),
            "year and number": f"{receipt.year}-{receipt.number}",
            "page": payment.session_id or "",
            "intent": payment.intent_id or "",
            "charge": payment.charge_id or "",
            "our own": payment.id.hex,
            "gift": str(gift),
        }


def test_a_gift_is_found_by_any_of_its_numbers(
    app: Flask, treasurer: FlaskClient, gift: UUID, giving: Giving
) -> None:
    other = giving.gift(30000)
    for what, number in numbers_of(app, gift).items():
        page = treasurer.get(LIST, query_string={"q": number}).text
        assert str(gift) in page, what
        assert str(other) not in page, what
    assert str(gift) not in treasurer.get(LIST, query_string={"q": "2026-999999999999"}).text


def test_a_transfer_is_found_by_its_reference(
    app: Flask, treasurer: FlaskClient, giving: Giving
) -> None:
    made = giving.gift(50000, way="transfer")
    with app.app_context():
        letters = session.get_one(Donation, made).reference
    assert letters
    assert str(made) in treasurer.get(LIST, query_string={"q": letters.upper()}).text


def test_the_list_turns_its_pages(treasurer: FlaskClient, giving: Giving) -> None:
    for n in range(51):
        giving.gift(1000 + n, way="transfer")
    first = treasurer.get(LIST).text
    assert first.count('<th scope="row">') == 50
    assert "page=2" in first
    assert treasurer.get(f"{LIST}?page=2").text.count('<th scope="row">') == 1


def test_a_gift_tells_its_story_down_to_the_ledger(
    app: Flask, treasurer: FlaskClient, gift: UUID
) -> None:
    page = unescape(treasurer.get(f"{LIST}{gift}").text)
    numbers = numbers_of(app, gift)
    assert numbers["receipt"] in page
    assert numbers["charge"] in page
    assert "gateway:paris:" in page
    assert "Fees" in page
    assert NAME not in page
    assert MAIL not in page


def test_a_gift_whose_part_went_back_shows_both_receipts(
    app: Flask, treasurer: FlaskClient, gift: UUID
) -> None:
    with app.app_context():
        transact(partial(services.give_back, gift, 5000))
        written = session.scalars(select(GiftReceipt)).all()
    page = treasurer.get(f"{LIST}{gift}").text
    assert len(written) == 3  # the first, what takes it back, the one for the rest
    assert all(one.name in page for one in written)


# The donor


def test_a_look_at_the_donor_is_noted_and_shown_once(
    app: Flask, treasurer: FlaskClient, gift: UUID
) -> None:
    shown = send(treasurer, f"{LIST}{gift}/contact").text
    assert NAME in shown
    assert MAIL in shown
    assert deeds(app) == [("donation.contact_read", "Sora")]
    assert MAIL not in treasurer.get(f"{LIST}{gift}").text
    send(treasurer, f"{LIST}{gift}/contact")
    assert len(deeds(app)) == 2


def test_the_trail_names_no_address_by_which_a_donor_is_found(
    app: Flask, treasurer: FlaskClient, gift: UUID
) -> None:
    """Administrators read the trail, and the whole number of a gift opens its donor's own page."""
    send(treasurer, f"{LIST}{gift}/contact")
    with app.app_context():
        row = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "donation.contact_read")
        ).one()
    assert gift.hex not in f"{row.subject} {row.detail}"
    assert row.subject == f"donation:{gift.hex[:12]}"


def test_a_link_alone_opens_no_contact(app: Flask, treasurer: FlaskClient, gift: UUID) -> None:
    assert treasurer.get(f"{LIST}{gift}/contact").status_code == 405
    assert treasurer.post(f"{LIST}{gift}/contact").status_code == 400  # without the form's token
    assert deeds(app) == []


def test_nobody_else_opens_a_contact(app: Flask, gift: UUID) -> None:
    for role in ("administrator", "organiser", "viewer"):
        client = signed_in(app, role, name=role.title())
        for path in (LIST, f"{LIST}{gift}"):
            assert client.get(path).status_code == 404
        for deed in ("contact", "forget", "thank"):
            assert send(client, f"{LIST}{gift}/{deed}").status_code == 404
    assert deeds(app) == []


def test_a_removed_contact_is_gone_and_the_gift_stays(
    app: Flask, treasurer: FlaskClient, gift: UUID
) -> None:
    asked = treasurer.get(f"{LIST}{gift}/forget")
    assert asked.status_code == 200
    assert deeds(app) == []
    send(treasurer, f"{LIST}{gift}/forget")
    assert MAIL not in send(treasurer, f"{LIST}{gift}/contact").text
    with app.app_context():
        session.rollback()
        row = session.get_one(Donation, gift)
        receipt = receipts.latest(row.subject)
    assert (row.contact, row.state, row.minor) == (None, "settled", 20000)
    assert receipt is not None
    assert deeds(app)[0] == ("donation.contact_removed", "Sora")
    send(treasurer, f"{LIST}{gift}/forget")  # a second press changes nothing and notes nothing
    assert [one for one, _who in deeds(app)].count("donation.contact_removed") == 1


def letters(app: Flask) -> int:
    with app.app_context():
        session.rollback()
        rows = select(OutboxRow).where(OutboxRow.ref.endswith(":donations/thanks"))
        return len(session.scalars(rows).all())


def test_the_thanks_can_be_sent_again(app: Flask, treasurer: FlaskClient, gift: UUID) -> None:
    before = letters(app)
    send(treasurer, f"{LIST}{gift}/thank")
    assert letters(app) == before + 1
    assert deeds(app) == [("donation.thanked_again", "Sora")]


def test_no_thanks_go_where_there_is_nobody_or_nothing_to_thank_for(
    app: Flask, treasurer: FlaskClient, giving: Giving, gift: UUID
) -> None:
    begun = giving.gift(30000)
    send(treasurer, f"{LIST}{begun}/thank")
    with app.app_context():
        transact(partial(services.give_back, gift, 20000))  # all of it: no receipt counts any more
    before = letters(app)
    send(treasurer, f"{LIST}{gift}/thank")
    assert letters(app) == before
    assert deeds(app) == []


def test_forgetting_takes_back_the_letter_that_waits(
    app: Flask, treasurer: FlaskClient, gift: UUID
) -> None:
    assert letters(app) == 1
    send(treasurer, f"{LIST}{gift}/forget")
    assert letters(app) == 0


def test_an_unknown_gift_is_no_page(treasurer: FlaskClient) -> None:
    assert treasurer.get(f"{LIST}{uuid4()}").status_code == 404
    assert treasurer.get(f"{LIST}nonsense").status_code == 404
