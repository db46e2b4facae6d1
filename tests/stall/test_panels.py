"""Information boards on paper: what they say, their picture, and the code of each copy."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader

from campaign_app.boards import services
from campaign_app.boards.facts import BoardFacts
from campaign_app.core import clock, pictures
from campaign_app.core.db import transact
from tests.accounts.people import signed_in
from tests.paper import decoded, families, read_aloud, seen
from tests.shifts import crewing
from tests.stall import papers
from tests.stall.papers import LETTERS, Stall

TITLES = {"ko": "네 개의 수용소", "en": "Four camps"}
TEXTS = {"ko": "아직 남아 있습니다.\n\n정부는 없다고 말합니다.", "en": "They are still there."}
SOURCES = {"en": "A/HRC/25/63, paragraph 61"}
ALTS = {"en": "A map with four dots", "ko": "점 네 개가 있는 지도"}


@pytest.fixture
def engine_name() -> str:
    """What is printed does not depend on what keeps the data: one engine is enough here."""
    return "sqlite"


@pytest.fixture(autouse=True)
def a_week_before() -> Iterator[None]:
    with clock.frozen(crewing.NOW):
        yield


@pytest.fixture
def stall(app: Flask) -> Stall:
    return papers.stall(app)


@pytest.fixture
def viewer(app: Flask, stall: Stall) -> FlaskClient:
    return signed_in(app, "viewer")


def board(app: Flask, *letters: str, **changes: object) -> int:
    """Write a board with a picture and these codes on it."""
    said = {"titles": TITLES, "texts": TEXTS, "sources": SOURCES, "letters": letters} | changes

    def made() -> int:
        row = services.add(BoardFacts(**said))  # type: ignore[arg-type]  # written by the tests
        picture = BytesIO()
        Image.new("RGB", (300, 200), "#1e6b4e").save(picture, "PNG")
        picture.seek(0)
        services.set_image(row.id, pictures.read(picture), ALTS)
        return row.id

    with app.app_context():
        return transact(made)


def printed(client: FlaskClient, number: int, language: str = "en") -> bytes:
    answer = client.get(f"/console/boards/{number}/sheet.pdf?language={language}")
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def words(page: str) -> str:
    return " ".join(page.split())


def test_each_copy_of_a_board_is_a_page_with_its_own_code(
    app: Flask, viewer: FlaskClient, stall: Stall
) -> None:
    made = printed(viewer, board(app, LETTERS["ko"], LETTERS["en"]))
    said = [words(page) for page in read_aloud(made)]
    meant = [[stall.address("ko")], [stall.address("en")]]
    both = [decoded(page) for page in seen(made)]
    assert [zxing for zxing, _opencv in both] == meant
    assert [opencv for _zxing, opencv in both] == meant
    for page in said:
        assert "Four camps" in page
        assert "They are still there." in page
        assert "A/HRC/25/63" in page
    assert families(made) <= {"NotoSans", "NotoSansKR"}


def test_a_board_without_a_code_is_printed_with_its_picture_and_what_that_shows(
    app: Flask, viewer: FlaskClient, stall: Stall
) -> None:
    made = printed(viewer, board(app), "ko")
    (said,) = read_aloud(made)
    assert words(said).startswith("PSCORE 네 개의 수용소")
    assert decoded(seen(made)[0]) == ([], [])
    assert b"/Subtype/Image" in made
    assert ALTS["ko"] in [str(told) for told in alternatives(made)]


def alternatives(made: bytes) -> Iterator[object]:
    """List what pictures are said to show, for those who hear the page."""
    reader = PdfReader(BytesIO(made))
    for number in range(1, len(reader.xref[0]) + 1):
        found: Any = reader.get_object(number)
        if isinstance(found, dict) and "/Alt" in found:
            yield found["/Alt"]


def test_a_language_that_a_board_does_not_speak_gives_way(
    app: Flask, viewer: FlaskClient, stall: Stall
) -> None:
    number = board(app, LETTERS["fr"])
    said = {it: words(read_aloud(printed(viewer, number, it))[0]) for it in ("fr", "xx", "")}
    assert "네 개의 수용소" in said["fr"]
    assert "네 개의 수용소" in said["xx"]
    assert "Four camps" in said[""]  # what the reader of the console speaks
    assert viewer.get("/console/boards/999/sheet.pdf").status_code == 404


def test_the_kit_brings_the_boards_whose_codes_stand_there(app: Flask, stall: Stall) -> None:
    board(app, LETTERS["ko"])
    board(app, titles={"en": "Stays at home"})
    client = signed_in(app, "organiser")
    made = client.get(f"/console/events/{stall.event}/kit.pdf").data
    pages = [words(page) for page in read_aloud(made)]
    assert len(pages) == 11
    assert sum("네 개의 수용소" in page for page in pages) == 1
    assert not any("Stays at home" in page for page in pages)


def test_the_longest_text_still_stands_on_one_page(
    app: Flask, viewer: FlaskClient, stall: Stall
) -> None:
    long = "They are still there, and nobody has been let out. " * 58
    made = printed(viewer, board(app, LETTERS["ko"], texts={"en": long[:3000]}))
    (page,) = seen(made)
    assert decoded(page)[0] == [stall.address("ko")]
    assert words(read_aloud(made)[0]).count("nobody has been let out") == 58
