"""From the lead's phone over two counters' phones to the page of finance, as browsers send it."""

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.cash import boxes, queries, states
from campaign_app.cash.models import BoxOpening
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.donations import services as donations
from campaign_app.donations.services import NewGift, Where
from campaign_app.qr import services as codes
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import Code
from tests import given
from tests.cash.counted import PURSE, Cash
from tests.events.announced import told

SHEET = {name: str(count) for name, count in PURSE.items()}


@pytest.fixture
def lead(cash: Cash, client: FlaskClient) -> FlaskClient:
    """Open the lead's page with its PIN."""
    cash.stall.open(client)
    return client


def money(cash: Cash, rest: str = "") -> str:
    return f"{cash.stall.page}money{rest}"


def opened(cash: Cash, lead: FlaskClient) -> int:
    lead.post(money(cash, "/open"), data={"box": str(cash.boxes[0]), "seal": "S-1001"})
    return cash.ask(lambda: queries.openings()[-1].id)


def box_of(cash: Cash, row: int) -> BoxOpening:
    found = cash.ask(queries.opening, row)
    assert found is not None
    return found


def links(answer: TestResponse) -> list[str]:
    return re.findall(r'cash-address">https?://[^/]+(/[^<]+)<', answer.text)


def shared_out(cash: Cash, lead: FlaskClient) -> tuple[int, str, str]:
    row = opened(cash, lead)
    lead.post(money(cash, f"/boxes/{row}/close"), data={"seal": "S-2001", "declined": "3"})
    names = {"first": "Mina", "second": "Theo"}
    first, second = links(lead.post(money(cash, f"/boxes/{row}/count"), data=names))
    return row, first, second


def hand_in(phone: FlaskClient, path: str, sheet: dict[str, str]) -> TestResponse:
    added = phone.post(path, data=sheet | {"do": "add"})
    seen = re.search(r'name="seen" value="([^"]*)"', added.text)
    assert seen, added.text
    return phone.post(path, data=sheet | {"do": "hand-in", "seen": unescape(seen[1])})


def test_a_box_goes_from_the_stall_to_the_ledger(cash: Cash, lead: FlaskClient, app: Flask) -> None:
    row, first, second = shared_out(cash, lead)
    a, b = app.test_client(), app.test_client()
    assert hand_in(a, first, SHEET).status_code == 303
    assert "₩30,500" in a.get(first).text
    assert "₩30,500" not in lead.get(money(cash)).text
    hand_in(b, second, SHEET)
    assert cash.state(row) == states.COUNTED
    for page in (a.get(first).text, b.get(second).text, lead.get(money(cash)).text):
        assert "₩30,500" in page
    assert a.post(f"{first}/bag", data={"seal": "B-9"}).status_code == 303
    assert box_of(cash, row).bag_seal == "B-9"
    numbers = lead.get(money(cash, "/numbers.json")).get_json()["numbers"]
    assert numbers["cash"] == "₩30,500 · CHF5.00"
    assert numbers["card"] == "–"


def test_the_second_sheet_is_blind(cash: Cash, lead: FlaskClient, app: Flask) -> None:
    _row, first, second = shared_out(cash, lead)
    before = app.test_client().get(second).text
    hand_in(app.test_client(), first, SHEET)
    assert app.test_client().get(second).text == before
    assert "30,500" not in before
    assert "has handed in" not in before


def test_only_sums_that_were_seen_are_taken(cash: Cash, lead: FlaskClient, app: Flask) -> None:
    row, first, _second = shared_out(cash, lead)
    phone = app.test_client()
    for seen in ("", "KRW30000;0", "x"):
        answer = phone.post(first, data=SHEET | {"do": "hand-in", "seen": seen})
        assert answer.status_code == 200
        assert "₩30,500" in answer.text
    assert cash.ask(queries.sheets, row) == []


@pytest.mark.parametrize("typed", ["three", "-1", "1.5", "999999999999999999999999", "1e5"])
def test_what_is_no_number_is_said_and_the_rest_is_kept(
    cash: Cash, lead: FlaskClient, app: Flask, typed: str
) -> None:
    _row, first, _second = shared_out(cash, lead)
    answer = app.test_client().post(first, data=SHEET | {"KRW-50000": typed, "do": "add"})
    assert answer.status_code == 400
    assert 'id="KRW-50000-error"' in answer.text
    assert re.search(r'name="KRW-10000" value="3"', answer.text)
    assert 'value="hand-in"' not in answer.text


def test_digits_of_other_scripts_and_foreign_pieces_are_taken(
    cash: Cash, lead: FlaskClient, app: Flask
) -> None:
    row, first, second = shared_out(cash, lead)
    hand_in(app.test_client(), first, {"KRW-10000": "３", "foreign": "4"})
    hand_in(app.test_client(), second, {"KRW-10000": " 3 ", "foreign": "4"})
    assert cash.state(row) == states.COUNTED
    assert [one.foreign_pieces for one in cash.ask(queries.sheets, row)] == [4, 4]


def test_a_link_that_is_wrong_ended_or_of_another_leads_nowhere(
    cash: Cash, lead: FlaskClient, app: Flask
) -> None:
    row, first, second = shared_out(cash, lead)
    phone = app.test_client()
    assert phone.get(first + "x").status_code == 404
    assert phone.post(first[:-2], data=SHEET).status_code == 404
    new = lead.post(money(cash, f"/boxes/{row}/renew"), data={"letter": "A", "alias": "Sora"})
    assert phone.get(first).status_code == 404
    assert phone.get(second).status_code == 200
    assert "Sora" in phone.get(links(new)[0]).text


def test_a_sheet_sent_twice_is_taken_once(cash: Cash, lead: FlaskClient, app: Flask) -> None:
    row, first, _second = shared_out(cash, lead)
    phone = app.test_client()
    hand_in(phone, first, SHEET)
    again = phone.post(first, data=SHEET | {"do": "hand-in", "seen": "KRW30500,CHF500;0"})
    assert again.status_code in (200, 303)
    assert len(cash.ask(queries.sheets, row)) == 1


def test_the_lead_settles_counts_that_differ(cash: Cash, lead: FlaskClient, app: Flask) -> None:
    row, first, second = shared_out(cash, lead)
    hand_in(app.test_client(), first, SHEET)
    hand_in(app.test_client(), second, SHEET | {"KRW-10000": "2"})
    assert "20,500" not in lead.get(money(cash)).text
    assert "20,500" not in app.test_client().get(first).text
    agree = lead.get(money(cash, f"/boxes/{row}/agree")).text
    assert "₩30,500" in agree
    assert "₩20,500" in agree
    sheet = re.findall(r'name="sheet"[^>]*value="(\d+)"', agree)[0]
    path = money(cash, f"/boxes/{row}/agree")
    assert lead.post(path, data={"sheet": sheet, "reason": ""}).status_code == 400
    assert lead.post(path, data={"sheet": "9999", "reason": "x"}).status_code == 400
    assert lead.post(path, data={"sheet": sheet, "reason": "Two notes stuck."}).status_code == 303
    found = box_of(cash, row)
    assert (found.state, found.how) == (states.COUNTED, states.AGREED)


def test_the_lead_counts_with_one_only_for_a_reason(
    cash: Cash, lead: FlaskClient, app: Flask
) -> None:
    row, first, _second = shared_out(cash, lead)
    alone = money(cash, f"/boxes/{row}/alone")
    assert lead.post(alone, data={"reason": "Nobody."}).status_code == 303
    assert cash.state(row) == states.COUNTING
    hand_in(app.test_client(), first, SHEET)
    assert lead.post(alone, data={"reason": "Theo is ill."}).status_code == 303
    assert box_of(cash, row).how == states.BY_ONE
    assert "counted by one" in lead.get(money(cash)).text


def test_a_receipt_for_cash_is_given_once(cash: Cash, lead: FlaskClient) -> None:
    row = opened(cash, lead)
    path = money(cash, f"/boxes/{row}/receipt")
    nonce = re.search(r'name="nonce"[^>]*value="([^"]+)"', lead.get(path).text)
    assert nonce
    said = {"nonce": nonce[1], "amount": "20,000", "currency": "KRW", "language": "ko"}
    answers = [lead.post(path, data=said) for _time in range(2)]
    pages = [re.findall(r"/ko/give/thanks/[0-9a-f]{32}", answer.text) for answer in answers]
    assert pages[0]
    assert pages[0] == pages[1]
    assert cash.ask(lambda: queries.receipts(box_of(cash, row)).given) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "0"}, {"amount": "12.50"}, {"amount": "x"}, {"currency": "XXX"},
     {"email": "no address"}, {"language": "xx"}],
)  # fmt: skip
def test_a_receipt_that_makes_no_sense_is_refused(
    cash: Cash, lead: FlaskClient, wrong: dict[str, str]
) -> None:
    row = opened(cash, lead)
    said = {"nonce": "n", "amount": "20000", "currency": "KRW", "language": "ko"} | wrong
    assert lead.post(money(cash, f"/boxes/{row}/receipt"), data=said).status_code == 400
    assert cash.ask(lambda: queries.receipts(box_of(cash, row)).given) == 0


def test_a_form_whose_mark_was_spoiled_gets_another_one(cash: Cash, lead: FlaskClient) -> None:
    row = opened(cash, lead)
    for nonce in ("\0", "<b>", "x" * 500, "\ud7ff"):
        said = {"nonce": nonce, "amount": "500", "currency": "KRW", "language": "ko"}
        assert lead.post(money(cash, f"/boxes/{row}/receipt"), data=said).status_code == 200
    assert cash.ask(lambda: queries.receipts(box_of(cash, row)).given) == 4


@pytest.mark.parametrize("spoiled", ["\0", "9" * 5000, "<script>", "\u202e"])
def test_nothing_typed_on_a_phone_breaks_a_page(
    cash: Cash, lead: FlaskClient, app: Flask, spoiled: str
) -> None:
    row, first, _second = shared_out(cash, lead)
    fields = dict.fromkeys(["KRW-10000", "foreign", "seen", "seal", "reason", "alias"], spoiled)
    fields |= {"letter": spoiled, "sheet": spoiled, "do": "hand-in"}
    paths = (f"/boxes/{row}/renew", f"/boxes/{row}/alone", "/open", f"/boxes/{row}/receipt")
    for path in paths:
        assert lead.post(money(cash, path), data=fields).status_code in (303, 400)
    for path in (first, f"{first}/bag"):
        assert app.test_client().post(path, data=fields).status_code == 400
    assert cash.ask(queries.sheets, row) == []


def test_without_the_pin_nobody_sees_or_moves_a_box(cash: Cash, client: FlaskClient) -> None:
    row = cash.opened()
    assert "0412" not in client.get(money(cash)).text
    close = client.post(money(cash, f"/boxes/{row}/close"), data={"seal": "S-2", "declined": "0"})
    assert close.status_code == 403
    assert cash.state(row) == states.OPEN


def test_a_lead_reaches_no_box_of_another_stall(cash: Cash, lead: FlaskClient, app: Flask) -> None:
    row = cash.opened()
    with app.app_context():
        transact(lambda: _elsewhere(row))
    assert lead.get(money(cash, f"/boxes/{row}/close")).status_code == 404
    assert lead.get(money(cash, f"/boxes/{row}/receipt")).status_code == 404


def _elsewhere(row: int) -> None:
    boxes.held(row).event_id = told(given.location("hongdae"), "2027-03-03T14:00").id


def test_wrong_seals_and_names_are_said_on_the_form(cash: Cash, lead: FlaskClient) -> None:
    data = {"box": str(cash.boxes[0]), "seal": "<b>"}
    assert lead.post(money(cash, "/open"), data=data).status_code == 400
    assert lead.post(money(cash, "/open"), data={"box": "99", "seal": "1"}).status_code == 400
    row = opened(cash, lead)
    lead.post(money(cash, f"/boxes/{row}/close"), data={"seal": "S-2", "declined": "0"})
    same = lead.post(money(cash, f"/boxes/{row}/count"), data={"first": "Mina", "second": "mina"})
    assert same.status_code == 400
    assert cash.state(row) == states.CLOSED


def a_tent(cash: Cash) -> int:
    stall = cash.stall
    tent = StandsFor(
        target="gift", target_id=0, event_id=stall.event, location_id=stall.exit_1,
        board="Tent 1", language="en",
    )  # fmt: skip
    return cash.do(lambda: codes.create_code(tent).code_id)


def test_a_lost_tent_is_revoked_at_once(cash: Cash, lead: FlaskClient, app: Flask) -> None:
    row = a_tent(cash)
    letters = cash.ask(lambda: session.get_one(Code, row).letters)
    somebody = app.test_client()
    assert somebody.get(f"/q/{letters}").status_code == 200
    assert "Tent 1" in lead.get(money(cash)).text
    assert "cannot be undone" in lead.get(money(cash, f"/tents/{row}/lost")).text
    assert somebody.get(f"/q/{letters}").status_code == 200
    assert lead.post(money(cash, f"/tents/{row}/lost")).status_code == 303
    assert somebody.get(f"/q/{letters}").status_code == 404
    assert cash.ask(lambda: session.get_one(Code, row).revoked_reason) == "Lost at the stall"
    assert lead.post(money(cash, f"/tents/{row}/lost")).status_code == 404


def test_a_tent_that_is_put_away_still_leads_to_giving(
    cash: Cash, lead: FlaskClient, app: Flask
) -> None:
    row = a_tent(cash)
    letters = cash.ask(lambda: session.get_one(Code, row).letters)
    assert lead.post(money(cash, f"/tents/{row}/away")).status_code == 303
    assert "Tent 1" not in lead.get(money(cash)).text
    assert app.test_client().get(f"/q/{letters}").status_code == 200


def test_a_lead_reaches_no_code_but_the_tents_of_the_stall(cash: Cash, lead: FlaskClient) -> None:
    board = cash.stall.world.code_id
    for path in (f"/tents/{board}/lost", "/tents/99/away", f"/tents/{a_tent(cash)}/sell"):
        assert lead.get(money(cash, path)).status_code == 404
        assert lead.post(money(cash, path)).status_code == 404


def test_gifts_at_the_stall_stand_beside_each_other(cash: Cash, lead: FlaskClient) -> None:
    event = cash.stall.event
    cash.do(lambda: _gifts(event))
    numbers = lead.get(money(cash, "/numbers.json")).get_json()["numbers"]
    assert numbers == {
        "card": "₩20,000", "pending": "€5.00", "promised": "₩30,000", "transferred": "–",
        "cash": "–",
    }  # fmt: skip


def _gifts(event: int) -> None:
    for way, amount, state in (
        ("card", Money(20_000, "KRW"), "settled"),
        ("card", Money(500, "EUR"), "pending"),
        ("transfer", Money(30_000, "KRW"), "begun"),
        ("card", Money(70_000, "KRW"), "ended"),
        ("cash", Money(80_000, "KRW"), "settled"),
    ):
        gift = donations.begin(
            NewGift(
                nonce=f"{way}{amount.minor}", way=way, amount=amount, book="test",
                entity="pscore-kr", language="en", where=Where(event_id=event), no_name=True,
            )
        )  # fmt: skip
        gift.state, gift.settled_on = state, date(2026, 11, 20)
