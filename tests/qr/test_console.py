"""Organisers' pages of codes: made, printed, moved, put away, corrected, revoked."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser

from campaign_app.core import clock, ids
from campaign_app.core.db import session, transact
from campaign_app.core.wall_clock import start_of
from campaign_app.events.services import add_location
from campaign_app.qr import queries, services
from campaign_app.qr.models import Code, Correction, Placement
from tests.accounts.people import send, signed_in
from tests.qr.conftest import KIND, TITLES, Stall, place
from tests.qr.test_drawing import read

BEGAN = datetime(2031, 11, 15, 3, tzinfo=UTC)  # noon in Seoul


@pytest.fixture(autouse=True)
def afternoon() -> Iterator[None]:
    with clock.frozen(BEGAN + timedelta(hours=4, minutes=20)):
        yield


@pytest.fixture
def organiser(app: Flask, stall: Stall) -> FlaskClient:
    return signed_in(app, "organiser")


@pytest.fixture
def board(app: Flask, stall: Stall) -> Placement:
    with app.app_context(), clock.frozen(BEGAN):
        return transact(lambda: services.create_code(stall.stands_for(board="Table")))


def said(stall: Stall, **changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "target": f"{KIND}:1",
        "event_id": 0,
        "location_id": stall.exit_8,
        "language": "",
    }
    return fields | changes


def test_codes_are_made_for_several_boards_at_once(
    organiser: FlaskClient, app: Flask, stall: Stall
) -> None:
    boards = "Board 1 – Escape routes\r\n\r\n  패널 2  \n"
    answer = send(organiser, "/console/codes/new", **said(stall, boards=boards))
    assert answer.status_code == 302, answer.text
    page = organiser.get(answer.headers["Location"]).text
    assert "2 codes are ready." in page
    assert "패널 2" in page
    with app.app_context():
        made = session.query(Placement).order_by(Placement.id.desc()).limit(2).all()
        assert {one.board for one in made} == {"Board 1 – Escape routes", "패널 2"}
        assert {(one.location_id, one.language) for one in made} == {(stall.exit_8, "ko")}
        assert len({one.code.letters for one in made}) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"boards": " \n "}, "Name at least one board."),
        ({"boards": "x" * 121}, "Please write 120 letters per board at most."),
        ({"boards": "x\n" * 41}, "Please write 40 boards at most"),
        ({"boards": "a\x00b"}, "This contains a character that cannot be shown."),
        ({"boards": "x", "target": "page:3"}, "Not a valid choice"),
        ({"boards": "x", "target": ""}, "Not a valid choice"),
        ({"boards": "x", "event_id": "9" * 30}, "Not a valid choice"),
        ({"boards": "x", "language": "xx"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_with_new_codes_is_said(
    organiser: FlaskClient, stall: Stall, changes: dict[str, object], sentence: str
) -> None:
    answer = send(organiser, "/console/codes/new", **said(stall, **changes))
    assert answer.status_code == 400
    assert sentence in answer.text


def test_the_list_offers_what_is_in_use_and_narrows(
    organiser: FlaskClient, stall: Stall, board: Placement
) -> None:
    letters = ids.in_groups(board.code.letters)
    everything = organiser.get("/console/codes/").text
    assert letters in everything
    assert "Close the camps" in everything
    assert letters in organiser.get("/console/codes/?q=table&state=standing").text
    assert letters not in organiser.get("/console/codes/?q=map").text
    assert "No code matches." in organiser.get(f"/console/codes/?target={KIND}:2").text


@pytest.mark.parametrize(
    "query",
    ["target=x", "target=page:", "target=page:" + "9" * 30, "event=x", "event=" + "9" * 30,
     "page=-1", "page=" + "9" * 30, "state=x", "q=%00", "q=%ff", "q=" + "x" * 3000, "event=²"],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_narrows_nothing_or_finds_nothing(
    organiser: FlaskClient, query: str
) -> None:
    assert organiser.get(f"/console/codes/?{query}").status_code == 200


def test_a_code_shows_what_it_stood_for(organiser: FlaskClient, board: Placement) -> None:
    page = organiser.get(f"/console/codes/{board.code_id}").text
    assert f"localhost/q/{board.code.letters}" in page
    assert "Table" in page
    assert "Close the camps" in page


def test_a_code_is_moved_from_now_on(
    organiser: FlaskClient, app: Flask, stall: Stall, board: Placement
) -> None:
    address = f"/console/codes/{board.code_id}/move"
    assert 'value="Table"' in organiser.get(address).text
    fields = said(stall, target=f"{KIND}:2", board="Table", language="en")
    assert send(organiser, address, **fields).status_code == 302
    with app.app_context():
        now = queries.standing(board.code_id)
        assert now is not None
        assert (now.target_id, now.location_id, now.language) == (2, stall.exit_8, "en")


def test_what_a_code_leads_to_stays_chosen_even_when_it_is_offered_no_more(
    organiser: FlaskClient, board: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.qr.conftest.Pages.choices", lambda self: [(2, "Another")])
    form = organiser.get(f"/console/codes/{board.code_id}/move").text
    assert re.search(rf'<option selected value="{KIND}:1">Close the camps', form)


def test_a_board_is_put_away_by_a_post_only(
    organiser: FlaskClient, app: Flask, board: Placement
) -> None:
    address = f"/console/codes/{board.code_id}/put-away"
    assert organiser.get(address).status_code == 200
    with app.app_context():
        assert queries.standing(board.code_id) is not None
    assert send(organiser, address).status_code == 302
    with app.app_context():
        assert queries.standing(board.code_id) is None
    assert "counted as outside an event" in organiser.get(f"/console/codes/{board.code_id}").text


def test_revoking_asks_for_a_reason_and_ends_what_can_be_done(
    organiser: FlaskClient, app: Flask, board: Placement
) -> None:
    address = f"/console/codes/{board.code_id}"
    refused = send(organiser, f"{address}/revoke", reason="  ")
    assert refused.status_code == 400
    assert "Write why, in a few words." in refused.text
    assert send(organiser, f"{address}/revoke", reason="It was stolen.").status_code == 302
    page = organiser.get(address).text
    assert "It was stolen." in page
    assert f"{address}/move" not in page
    for deed in ("move", "put-away", "revoke"):
        assert organiser.get(f"{address}/{deed}").status_code == 409
    for picture in ("qr.svg", "qr.png", "print"):
        assert organiser.get(f"{address}/{picture}").status_code == 409
    with app.app_context():
        assert session.get_one(Code, board.code_id).revoked_reason == "It was stolen."


def correction(stall: Stall, **changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "starts": "2031-11-15T14:00",
        "ends": "",
        "event_id": stall.event,
        "location_id": stall.exit_8,
        "board": "Table",
        "reason": "We moved out of the rain.",
    }
    return fields | changes


def test_this_board_stood_at_exit_8_from_two_in_the_afternoon(
    organiser: FlaskClient, app: Flask, stall: Stall, board: Placement
) -> None:
    address = f"/console/codes/placements/{board.id}/correct"
    form = organiser.get(address).text
    assert 'value="2031-11-15T12:00"' in form
    assert "Asia/Seoul" in form
    assert send(organiser, address, **correction(stall)).status_code == 302
    with app.app_context():
        row = session.query(Correction).one()
        assert start_of(row.from_hour) == BEGAN + timedelta(hours=2)
        assert row.person_id is not None
        now = queries.standing(board.code_id)
        assert now is not None
        assert now.location_id == stall.exit_8
    page = organiser.get(f"/console/codes/{board.code_id}").text
    assert "We moved out of the rain." in page
    assert "exit 8" in page


def test_a_correction_may_end_at_a_full_hour(
    organiser: FlaskClient, app: Flask, stall: Stall, board: Placement
) -> None:
    fields = correction(stall, ends="2031-11-15T15:00:00")
    address = f"/console/codes/placements/{board.id}/correct"
    assert send(organiser, address, **fields).status_code == 302
    with app.app_context():
        row = session.query(Correction).one()
        assert (row.to_hour - row.from_hour, row.reason) == (1, "We moved out of the rain.")
    assert "until" in organiser.get(f"/console/codes/{board.code_id}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts": ""}, "Say from which hour on."),
        ({"starts": "2031-11-15T14:20"}, "Corrections go by whole hours. Choose"),
        ({"starts": "2031-11-15T11:00"}, "The board was not there yet in that hour."),
        ({"starts": "2031-11-15T17:00"}, "That hour has not begun."),
        ({"ends": "2031-11-15T14:00"}, "The last hour must come after the first."),
        ({"ends": "2031-11-15T23:00"}, "A correction cannot reach into hours"),
        ({"ends": "x"}, "Not a valid datetime"),
        ({"starts": "0001-01-01T00:00"}, "Choose a year between 1970 and 2199."),
        ({"reason": ""}, "Write why, in a few words."),
        ({"board": ""}, "Write what stands on the board."),
        ({"event_id": 0, "location_id": 0}, "Choose the event or the place"),
    ],
)
def test_what_is_wrong_with_a_correction_is_said_and_nothing_is_lost(
    organiser: FlaskClient,
    app: Flask,
    stall: Stall,
    board: Placement,
    changes: dict[str, object],
    sentence: str,
) -> None:
    address = f"/console/codes/placements/{board.id}/correct"
    answer = send(organiser, address, **correction(stall, **changes))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "reason" in changes or "We moved out of the rain." in answer.text
    with app.app_context():
        assert session.query(Correction).count() == 0


def test_where_hours_begin_at_half_past_the_sentence_says_so(
    organiser: FlaskClient, app: Flask, stall: Stall
) -> None:
    with app.app_context(), clock.frozen(BEGAN):
        delhi = transact(lambda: _in_delhi(stall))
    address = f"/console/codes/placements/{delhi.id}/correct"
    refused = send(organiser, address, **correction(stall, event_id=0, starts="2031-11-15T10:00"))
    assert "9:30" in refused.text
    assert "10:30" in refused.text
    taken = send(organiser, address, **correction(stall, event_id=0, starts="2031-11-15T10:30"))
    assert taken.status_code == 302


def _in_delhi(stall: Stall) -> Placement:
    delhi = add_location(place("Janpath", zone="Asia/Kolkata", country="IN"))
    return services.create_code(stall.stands_for(event_id=None, location_id=delhi.id))


def test_a_sheet_says_the_sentence_the_address_and_the_code(
    organiser: FlaskClient, board: Placement
) -> None:
    page = organiser.get(f"/console/codes/{board.code_id}/print").text
    for title in TITLES[1].values():
        assert title in page
    assert re.search(r'<h1[^>]*lang="ko"', page)
    assert f"localhost/q/{board.code.letters}" in page
    assert ids.in_groups(board.code.letters) in page
    assert "Table" in page
    assert "<svg" in page
    assert "style=" not in page
    assert "<script" not in page


def test_all_sheets_of_an_event_are_one_document(
    organiser: FlaskClient, stall: Stall, board: Placement
) -> None:
    page = organiser.get(f"/console/codes/print?event={stall.event}").text
    assert page.count('<section class="sheet') == 2
    for event in ("", "x", "999", "9" * 30, "²"):
        assert organiser.get(f"/console/codes/print?event={event}").status_code == 404


LONGEST = {
    "en": "Ask every State of the United Nations to stop sending people who fled North Korea back to "
    "prison, torture and forced labour, now and without any exception."[:160],
    "ko": "북한을 탈출한 사람들을 강제로 돌려보내지 말라고 유엔의 모든 회원국에 요구합시다 " * 3,
    "fr": "Demandons à tous les États de ne plus renvoyer de force celles et ceux qui ont fui la Corée "
    "du Nord vers la prison, la torture et le travail forcé, sans exception."[:160],
}


@pytest.mark.parametrize("titles", [TITLES[1], LONGEST], ids=["short", "long"])
@pytest.mark.parametrize(("paper", "width"), [("A4", 21.0), ("A3", 29.7)])
def test_a_printed_sheet_is_one_page_with_a_code_of_twelve_centimetres(
    organiser: FlaskClient,
    board: Placement,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    titles: dict[str, str],
    paper: str,
    width: float,
) -> None:
    monkeypatch.setitem(TITLES, 1, titles)
    html = organiser.get(f"/console/codes/{board.code_id}/print").text
    css = organiser.get(re.findall(r'href="(/static/css/[^"]+)"', html)[0]).text
    page = browser.new_page()
    page.set_content(html.replace("</head>", f"<style>{css}</style></head>"))
    pdf = page.pdf(format=paper)
    assert pdf.count(b"/Type /Page\n") == 1
    page.set_viewport_size({"width": round((width - 2) / 2.54 * 96), "height": 1500})
    page.emulate_media(media="print")
    box = page.locator(".qr svg").bounding_box()
    assert box is not None
    modules = int(re.findall(r'viewBox="0 0 (\d+)', html)[0])
    dark = box["width"] * (modules - 8) / modules
    assert dark / 96 * 2.54 >= 12
    shown = page.locator(".qr").screenshot()
    assert read(Image.open(BytesIO(shown))) == {f"http://localhost/q/{board.code.letters}"}
    page.close()


LOOKS = ("", "qr.svg", "qr.png", "print")
DEEDS = ("move", "put-away", "revoke")


def test_a_viewer_sees_and_changes_nothing(app: Flask, stall: Stall, board: Placement) -> None:
    viewer = signed_in(app, "viewer")
    address = f"/console/codes/{board.code_id}"
    for look in LOOKS:
        assert viewer.get(f"{address}/{look}".rstrip("/")).status_code == 200
    assert f"{address}/move" not in viewer.get(address).text
    assert "/new" not in viewer.get("/console/codes/").text
    for deed in DEEDS:
        assert viewer.get(f"{address}/{deed}").status_code == 404
        assert send(viewer, f"{address}/{deed}").status_code == 404
    assert viewer.get(f"/console/codes/placements/{board.id}/correct").status_code == 404
    assert viewer.get("/console/codes/new").status_code == 404


def test_who_is_signed_out_is_led_to_the_door(client: FlaskClient, board: Placement) -> None:
    address = f"/console/codes/{board.code_id}"
    for page in (*(f"{address}/{one}".rstrip("/") for one in (*LOOKS, *DEEDS)), "/console/codes/"):
        assert client.get(page).status_code == 303


@pytest.mark.parametrize("row", ["999", "9" * 30, "-1", "x"])
def test_rows_that_are_not_there_are_unknown_addresses(organiser: FlaskClient, row: str) -> None:
    for page in (*LOOKS, *DEEDS):
        assert organiser.get(f"/console/codes/{row}/{page}".rstrip("/")).status_code == 404
    assert organiser.get(f"/console/codes/placements/{row}/correct").status_code == 404
