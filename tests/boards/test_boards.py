"""Information boards: written once, read at many stalls, their codes known by where they stand."""

import io
import threading
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign_app.audit.models import AuditEntry
from campaign_app.boards import queries, services
from campaign_app.boards.facts import BoardFacts
from campaign_app.boards.models import BoardCode
from campaign_app.boards.services import OnAnotherBoard
from campaign_app.core.db import session, transact
from campaign_app.events.models import Location
from campaign_app.petitions.models import Petition
from campaign_app.qr import drawing
from campaign_app.qr import services as qr
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import Placement
from campaign_app.qr.queries import standing
from tests import given
from tests.accounts.people import send, signed_in, token_of
from tests.permits import asking

HOME = "/console/boards/"
FIRST, SECOND = "acdefghj", "kmnpqrtx"
BOARD = {
    "title_en": "What a kwan-li-so is",
    "title_ko": "정치범수용소란 무엇인가",
    "text_en": "Tens of thousands are held.\n\nNobody had a trial.",
    "source_en": "UN Commission of Inquiry, 2014",
    "codes": "ACDE-FGHJ",
}


@dataclass
class Stall:
    """A petition's two codes: one stands at Yonsei, one is put away."""

    first_id: int
    second_id: int


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


@pytest.fixture
def stall(app: Flask) -> Stall:
    world = given.world(app)

    def second() -> int:
        petition = session.get_one(Petition, world.petition_id)
        place = session.get_one(Location, world.location_id)
        code, _placement = given.board(petition, place, SECOND)
        qr.put_away(code.id)
        return code.id

    with app.app_context():
        return Stall(world.code_id, transact(second))


def written(organiser: FlaskClient, **changes: str) -> str:
    answer = send(organiser, f"{HOME}new", **(BOARD | changes))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def facts(*letters: str) -> BoardFacts:
    return BoardFacts(titles={"en": "A board"}, texts={}, sources={}, letters=letters)


def test_a_board_is_written_and_says_where_its_codes_stand(
    organiser: FlaskClient, app: Flask, stall: Stall
) -> None:
    assert "No board yet" in organiser.get(HOME).text
    address = written(organiser, codes="acde-fghj, KMNP QRTX")
    page = organiser.get(HOME).text
    assert "What a kwan-li-so is" in page
    assert "acde-fghj" in page
    assert "Yonsei University" in page
    assert "Put away" in page
    assert 'value="acde-fghj, kmnp-qrtx"' in organiser.get(address).text
    send(organiser, address, **(BOARD | {"codes": "kmnp-qrtx", "title_en": "The camps"}))
    with app.app_context():
        found = queries.boards()[0]
        assert found.titles["en"] == "The camps"
        codes = queries.codes_on([found.id])[found.id]
        assert [(one.code.id, one.placement) for one in codes] == [(stall.second_id, None)]
        assert queries.board_of(stall.first_id) is None
    assert _trail(app) == [
        "board.added",
        "board.code_put_on",
        "board.code_put_on",
        "board.changed",
        "board.code_taken_off",
    ]


def _trail(app: Flask) -> list[str]:
    with app.app_context():
        deeds = select(AuditEntry.action).where(AuditEntry.action.startswith("board."))
        return list(session.scalars(deeds.order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title_en": "", "title_ko": " "}, "Write the title in one language."),
        ({"codes": "zzzz-zzzz"}, "There is no code zzzz-zzzz."),
        ({"codes": "acde-fghj, " + "q" * 600}, "Please write 600 letters at most."),
        ({"codes": ",".join(f"x{n}" for n in range(41))}, "Please write 40 codes at most."),
        ({"title_en": "x" * 121}, "Please write 120 letters at most."),
        ({"text_fr": "x" * 3001}, "Please write 3000 letters at most."),
        ({"source_en": "a\x00b"}, "cannot be shown"),
    ],
)
def test_what_is_wrong_with_a_board_is_said_and_nothing_is_lost(
    organiser: FlaskClient, app: Flask, stall: Stall, changes: dict[str, str], sentence: str
) -> None:
    answer = send(organiser, f"{HOME}new", **(BOARD | changes))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "Nobody had a trial." in answer.text
    with app.app_context():
        assert queries.boards() == []


def test_a_code_stands_on_one_board_only(organiser: FlaskClient, stall: Stall) -> None:
    address = written(organiser)
    answer = send(organiser, f"{HOME}new", **(BOARD | {"title_en": "Another"}))
    assert answer.status_code == 400
    assert "acde-fghj stands on another board already." in answer.text
    assert send(organiser, address, **BOARD).status_code == 303  # it may stay where it is


def test_two_who_put_a_code_on_two_boards_at_once_leave_it_on_one(app: Flask, stall: Stall) -> None:
    with app.app_context():
        boards = [transact(lambda: services.add(facts())).id for _ in range(2)]
        session.remove()
    gathered, refused = threading.Barrier(2), list[int]()

    def put_on(number: int) -> None:
        with app.app_context():
            gathered.wait()
            try:
                transact(lambda: services.change(number, facts(FIRST)))
            except OnAnotherBoard:
                refused.append(number)

    threads = [threading.Thread(target=put_on, args=(number,)) for number in boards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert len(refused) == 1
        kept = session.query(BoardCode).one()
        assert (kept.board_id, kept.code_id) == (*(set(boards) - set(refused)), stall.first_id)


def test_the_code_behind_a_shared_link_is_no_boards_code(app: Flask, stall: Stall) -> None:
    with app.app_context():
        behind = session.query(Placement).filter_by(kind="shared").first()
        assert behind
        assert set(queries.known_codes([FIRST, SECOND, behind.code.letters])) == {FIRST, SECOND}


# The sheet


def test_a_sheet_has_a_page_for_each_code_in_its_language(
    organiser: FlaskClient, app: Flask, stall: Stall
) -> None:
    address = written(organiser, codes="acde-fghj, kmnp-qrtx")
    page = organiser.get(f"{address}/sheet?language=ko").text
    assert page.count('class="sheet" lang="ko"') == 2
    assert "정치범수용소란 무엇인가" in page
    assert "<p>Nobody had a trial.</p>" in page  # no Korean text yet: better than nothing
    assert "UN Commission of Inquiry, 2014" in page
    with app.app_context():
        transact(lambda: qr.revoke(stall.first_id, "lost"))
    page = organiser.get(f"{address}/sheet?language=xx").text
    assert page.count('class="sheet"') == 1
    assert FIRST not in page
    without = written(organiser, codes="")
    assert organiser.get(f"{without}/sheet").text.count('class="sheet"') == 1
    assert organiser.get(f"{HOME}999/sheet").status_code == 404


def test_the_code_on_a_sheet_leads_where_its_address_says(app: Flask, stall: Stall) -> None:
    with app.app_context():
        board = transact(lambda: services.add(facts(FIRST))).id
        sheet = queries.sheet(board, "en")
        assert sheet
        address = sheet.codes[0].address
    assert address.endswith(f"/q/{FIRST}")
    drawn = np.frombuffer(drawing.png(address), np.uint8)
    pixels = cv2.imdecode(drawn, cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    read, _points, _straight = cv2.QRCodeDetector().detectAndDecode(pixels)
    assert read == address


def test_the_boards_of_an_event_are_known_for_its_kit(app: Flask, stall: Stall) -> None:
    number = asking.planned(app)
    with app.app_context():
        board = transact(lambda: services.add(facts(FIRST))).id
        assert queries.at_event(number) == []
        placement = standing(stall.first_id)
        assert placement
        there = replace(StandsFor.of(placement), event_id=number)
        transact(lambda: qr.re_point(stall.first_id, there))
        assert queries.at_event(number) == [board]


# Pictures, and boards that rest


def picture(client: FlaskClient, address: str, **alts: str) -> TestResponse:
    out = io.BytesIO()
    Image.new("RGB", (2000, 500), (20, 33, 61)).save(out, "PNG")
    sent = {"csrf_token": token_of(client), "photo": (io.BytesIO(out.getvalue()), "a.png"), **alts}
    return client.post(f"{address}/image", data=sent, content_type="multipart/form-data")


def test_a_picture_needs_words_and_stands_on_the_sheet(
    organiser: FlaskClient, app: Flask, stall: Stall
) -> None:
    address = written(organiser)
    answer = picture(organiser, address)
    assert answer.status_code == 400
    assert "Say in one language what the picture shows." in answer.text
    assert "Nobody had a trial." in answer.text
    assert picture(organiser, address, alt_en="A road between fences").status_code == 303
    sheet = organiser.get(f"{address}/sheet").text
    assert 'alt="A road between fences"' in sheet
    with app.app_context():
        number = int(address.rpartition("/")[2])
        found = queries.sheet(number, "fr")
        assert found
        assert (found.image_mime, found.image_alt) == ("image/jpeg", "A road between fences")
        content = found.image()
        assert content
        assert Image.open(io.BytesIO(content)).size == (1600, 400)
    assert send(organiser, f"{address}/image/remove").status_code == 303
    with app.app_context():
        found = queries.sheet(number, "fr")
        assert found
        assert found.image() is None


def test_a_board_rests_and_is_taken_up_again(organiser: FlaskClient, stall: Stall) -> None:
    address = written(organiser)
    for _ in range(2):  # also if the button is pressed twice
        assert send(organiser, f"{address}/rest").status_code == 303
    assert "What a kwan-li-so is" not in organiser.get(HOME).text
    assert "What a kwan-li-so is" in organiser.get(f"{HOME}?resting=1").text
    assert organiser.get(f"{address}/sheet").status_code == 200
    assert send(organiser, f"{address}/take-up").status_code == 303
    assert "What a kwan-li-so is" in organiser.get(HOME).text


def test_a_viewer_reads_and_prints_and_changes_nothing(
    organiser: FlaskClient, app: Flask, stall: Stall
) -> None:
    address = written(organiser)
    viewer = signed_in(app, "viewer", name="Vera")
    assert "What a kwan-li-so is" in viewer.get(HOME).text
    assert viewer.get(f"{address}/sheet").status_code == 200
    assert viewer.get(address).status_code == 404
    for deed in ("", "/image/remove", "/rest", "/take-up"):
        assert send(viewer, f"{address}{deed}", **BOARD).status_code == 404
    assert picture(viewer, address, alt_en="x").status_code == 404


def test_a_board_is_found_by_its_title_in_any_language(
    organiser: FlaskClient, app: Flask, stall: Stall
) -> None:
    address = written(organiser)
    assert f'href="{address}"' in organiser.get("/console/search?q=정치범수용소란").text
    viewer = signed_in(app, "viewer", name="Vera")
    assert f'href="{address}/sheet"' in viewer.get("/console/search?q=kwan-li-so").text


@pytest.mark.parametrize("row", ["999", "99999999999999999999", "-1", "x"])
def test_boards_that_are_not_there_are_unknown_addresses(organiser: FlaskClient, row: str) -> None:
    for address in (f"{HOME}{row}", f"{HOME}{row}/sheet"):
        assert organiser.get(address).status_code == 404


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("one", ["one"]),
        ("one\ntwo\n\nthree", ["one\ntwo", "three"]),
        ("one\r\n\r\n  \r\n two  ", ["one", "two"]),
    ],
)
def test_empty_lines_part_paragraphs(text: str, parts: list[str]) -> None:
    assert queries.paragraphs(text) == parts
