"""Organisers keep the boxes and stand in for a lead; finance carries bags to the bank."""

import re
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.cash import counters, counting, depositing, queries, stall_receipts, states
from campaign_app.cash.stall_receipts import Handed
from campaign_app.core import clock
from campaign_app.core.money import Money
from tests.accounts.people import signed_in, token_in
from tests.cash.counted import DEPOSIT, PURSE, VARIANCE, WON, Cash

MONEY = "/console/money/cash/"
TODAY = clock.today().isoformat()


@pytest.fixture
def organiser(cash: Cash, app: Flask) -> FlaskClient:
    """Sign an organiser in, who sees no money."""
    return signed_in(app, "organiser", name="Bora")


@pytest.fixture
def finance(cash: Cash, app: Flask) -> FlaskClient:
    """Sign somebody in who keeps the money."""
    return signed_in(app, "finance", name="Jiwoo")


def post(client: FlaskClient, path: str, page: str = "", **data: str) -> TestResponse:
    """Send a form of a page, with its token."""
    token = token_in(client.get(page or path))
    return client.post(path, data={"csrf_token": token, **data})


def words_of(pdf: bytes) -> str:
    """Read a document."""
    pages = pypdfium2.PdfDocument(BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def test_an_organiser_takes_a_box_from_the_shelf_to_two_counters(
    cash: Cash, organiser: FlaskClient
) -> None:
    assert post(organiser, "/console/cash/", number="0500", label="blue").status_code == 303
    at = f"/console/cash/events/{cash.stall.event}"
    box = next(one for one in cash.ask(queries.boxes) if one.number == "0500")
    assert post(organiser, f"{at}/open", box=str(box.id), seal="S-1").status_code == 303
    row = cash.ask(lambda: queries.openings()[-1].id)
    do = f"/console/cash/openings/{row}"
    assert post(organiser, f"{do}/close", seal="S-2", declined="0").status_code == 303
    made = post(organiser, f"{do}/count", first="Mina", second="Theo")
    tokens = re.findall(r"/count/([\w-]+)<", made.text)
    assert [getattr(cash.ask(counters.find, one), "letter", "") for one in tokens] == ["A", "B"]
    log = cash.ask(queries.opening, row)
    assert log is not None
    assert (log.opened_by, log.state) == ("Bora", states.COUNTING)
    assert "0500" in organiser.get(f"/console/events/{cash.stall.event}").text


def test_the_same_number_is_the_same_box(cash: Cash, organiser: FlaskClient) -> None:
    assert post(organiser, "/console/cash/", number="0412", label="").status_code == 400
    assert post(organiser, "/console/cash/", number="04 12", label="").status_code == 400
    assert len(cash.ask(queries.boxes)) == 2


def test_a_box_in_use_is_not_taken_out_of_service(cash: Cash, organiser: FlaskClient) -> None:
    cash.opened()
    post(organiser, f"/console/cash/{cash.boxes[0]}/rest", "/console/cash/")
    post(organiser, f"/console/cash/{cash.boxes[1]}/rest", "/console/cash/")
    assert [bool(one.rests_at) for one in cash.ask(queries.boxes)] == [False, True]
    assert cash.ask(queries.free_boxes) == []
    post(organiser, f"/console/cash/{cash.boxes[1]}/use", "/console/cash/")
    assert len(cash.ask(queries.free_boxes)) == 1


def test_a_deed_without_the_token_is_none(cash: Cash, organiser: FlaskClient) -> None:
    row = cash.opened()
    path = f"/console/cash/openings/{row}/close"
    assert organiser.post(path, data={"seal": "S-2", "declined": "0"}).status_code == 400
    assert cash.state(row) == states.OPEN


def test_the_log_on_paper_says_all_and_names_no_donor(cash: Cash, organiser: FlaskClient) -> None:
    row, first, second = cash.shared_out()
    gift = Handed(nonce="n", amount=Money(20_000, "KRW"), language="ko")
    cash.do(stall_receipts.give_receipt, row, gift)
    before = words_of(organiser.get(f"/console/cash/openings/{row}/log.pdf").data)
    assert "S-1001" in before
    assert "S-2001" in before
    assert "30,500" not in before
    cash.hand_in(first, PURSE)
    cash.hand_in(second, PURSE)
    cash.do(counting.put_into_bag, row, "B-77")
    said = words_of(organiser.get(f"/console/cash/openings/{row}/log.pdf").data)
    for part in ("0412", "30,500", "Mina", "Theo", "B-77", "counted by two", "Yongsan"):
        assert part in said, part


@pytest.mark.parametrize("lang", ["ko", "fr"])
def test_the_log_can_be_printed_in_each_language(
    cash: Cash, organiser: FlaskClient, lang: str
) -> None:
    row = cash.counted()
    headers = {"Accept-Language": lang}
    answer = organiser.get(f"/console/cash/openings/{row}/log.pdf", headers=headers)
    assert answer.mimetype == "application/pdf"
    assert "30" in words_of(answer.data)


def test_finance_sees_what_waits_and_carries_it_to_the_bank(
    cash: Cash, finance: FlaskClient
) -> None:
    row = cash.counted()
    assert "₩30,500" in finance.get(MONEY).text
    path = f"{MONEY}deposit/seoul"
    data = {"bag": str(row), "amount": "30,500", "slip": "KB-1", "sent_on": TODAY}
    assert post(finance, path, **data).status_code == 303
    assert cash.holds(DEPOSIT) == WON.minor
    assert "KB-1" in finance.get(MONEY).text
    again = post(finance, path, page=MONEY + "deposit/seoul", **data)
    assert again.status_code in (400, 404)
    assert cash.holds(DEPOSIT) == WON.minor


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "30,000"}, {"amount": "0"}, {"amount": "x"}, {"slip": ""}, {"sent_on": "soon"},
     {"bag": "999"}, {"bag": "x"}, {"bag": "9" * 30},
     {"sent_on": "0001-01-01"}, {"sent_on": "9999-12-31"}],
)  # fmt: skip
def test_a_deposit_that_does_not_fit_is_refused(
    cash: Cash, finance: FlaskClient, wrong: dict[str, str]
) -> None:
    row = cash.counted()
    data = {"bag": str(row), "amount": "30500", "slip": "1", "sent_on": TODAY} | wrong
    assert post(finance, f"{MONEY}deposit/seoul", **data).status_code == 400
    assert cash.holds(DEPOSIT) == 0


def test_a_slip_that_differs_is_taken_with_a_reason(cash: Cash, finance: FlaskClient) -> None:
    row = cash.counted()
    data = {"bag": str(row), "amount": "30000", "slip": "1", "sent_on": TODAY}
    said = post(finance, f"{MONEY}deposit/seoul", **data, reason="A foreign coin.")
    assert said.status_code == 303
    assert cash.holds(VARIANCE) == 500
    assert "A foreign coin." in finance.get(said.location).text


def test_finance_explains_an_arrival_and_takes_a_mistake_back(
    cash: Cash, finance: FlaskClient
) -> None:
    number = cash.deposited(cash.counted())
    page = f"{MONEY}deposits/{number}"
    post(finance, f"{page}/back", page)
    assert cash.holds(DEPOSIT) == 0
    number = cash.deposited(1, slip="78")
    page = f"{MONEY}deposits/{number}"
    came = Money(30_000, "KRW")
    cash.do(depositing.arrived, number, source="bank:seoul:x", amount=came, on=date(2026, 11, 21))
    assert "Say why" in finance.get(MONEY).text
    assert post(finance, f"{page}/why", page, reason="").status_code == 400
    assert post(finance, f"{page}/why", page, reason="A false note.").status_code == 303
    assert "Say why" not in finance.get(MONEY).text
    assert "A false note." in finance.get(page).text


def test_finance_explains_receipts_that_say_more(cash: Cash, finance: FlaskClient) -> None:
    row, first, second = cash.shared_out()
    much = Handed(nonce="n", amount=Money(90_000, "KRW"), language="ko")
    cash.do(stall_receipts.give_receipt, row, much)
    cash.hand_in(first, PURSE)
    cash.hand_in(second, PURSE)
    assert "₩59,500" in finance.get(MONEY).text
    assert post(finance, f"{MONEY}boxes/{row}/why", reason="").status_code == 400
    assert post(finance, f"{MONEY}boxes/{row}/why", reason="A note was lost.").status_code == 303
    assert "₩59,500" not in finance.get(MONEY).text


@pytest.mark.parametrize("role", ["organiser", "administrator", "viewer"])
def test_money_is_for_finance_and_boxes_are_for_organisers(
    cash: Cash, app: Flask, finance: FlaskClient, role: str
) -> None:
    row = cash.counted()
    other = signed_in(app, role, name="Other")
    for path in (MONEY, f"{MONEY}deposit/seoul", f"{MONEY}boxes/{row}/log.pdf"):
        assert other.get(path).status_code == 404
    assert finance.get(f"{MONEY}boxes/{row}/log.pdf").status_code == 200
    assert finance.get("/console/cash/").status_code == 404
    assert finance.get(f"/console/cash/openings/{row}/log.pdf").status_code == 404
    boxes = other.get(f"/console/cash/events/{cash.stall.event}").status_code
    assert boxes == (200 if role == "organiser" else 404)
