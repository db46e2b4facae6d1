"""Paper for a stall: codes that lead where they should, words set right, and nobody's secrets."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any, Final

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select, update

from campaign_app.accounts import mark, organisation
from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.settings import look_again
from campaign_app.events import changing
from campaign_app.events.models import CANCELLED, POSTPONED, Event, Location
from campaign_app.petitions.models import PetitionText
from campaign_app.qr.services import revoke
from tests.accounts.people import send, signed_in
from tests.paper import DOTS_PER_INCH, decoded, families, read_aloud, seen, text_of
from tests.shifts import crewing
from tests.stall import papers
from tests.stall.papers import BOARDS, Stall

A3, A4 = (297, 420), (210, 297)
MILLIMETRES = 25.4


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
def organiser(app: Flask, stall: Stall) -> FlaskClient:
    return signed_in(app, "organiser")


def fetch(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return bytes(answer.data)


def kit_of(client: FlaskClient, stall: Stall) -> bytes:
    return fetch(client, f"/console/events/{stall.event}/kit.pdf")


def sizes(made: bytes) -> list[tuple[int, int]]:
    boxes = [page.mediabox for page in PdfReader(BytesIO(made)).pages]
    return [
        (round(float(box.width) / 72 * MILLIMETRES), round(float(box.height) / 72 * MILLIMETRES))
        for box in boxes
    ]


def words_of(text: str) -> str:
    return " ".join(text.split())


# Codes


def test_every_code_in_the_kit_leads_where_it_should(organiser: FlaskClient, stall: Stall) -> None:
    pages = seen(kit_of(organiser, stall))
    found = [decoded(page) for page in pages]
    with_codes = [both for both in found if any(both)]
    by_board = sorted(BOARDS, key=lambda language: BOARDS[language])
    meant = [[stall.address(language)] for language in by_board]
    assert [zxing for zxing, _opencv in with_codes] == meant * 2
    assert [opencv for _zxing, opencv in with_codes] == meant * 2


def test_the_code_on_a_poster_is_twelve_centimetres_wide_and_survives_a_bad_copier(
    organiser: FlaskClient, stall: Stall
) -> None:
    (page,) = seen(fetch(organiser, f"/console/codes/{stall.codes['ko']}/poster.pdf"))
    (found,) = zxingcpp.read_barcodes(page)
    corners = found.position
    wide = (corners.top_right.x - corners.top_left.x) / DOTS_PER_INCH * MILLIMETRES
    assert wide >= 120
    copied = page.resize((page.width // 3, page.height // 3)).point(lambda grey: 255 * (grey > 100))
    assert [one.text for one in zxingcpp.read_barcodes(copied)] == [stall.address("ko")]


def test_a_revoked_code_is_not_printed_and_an_unknown_one_is_no_page(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    code = stall.codes["fr"]
    with app.app_context():
        transact(lambda: revoke(code, "The board was lost"))
    for kind in ("poster", "sheet"):
        assert organiser.get(f"/console/codes/{code}/{kind}.pdf").status_code == 409
        assert organiser.get(f"/console/codes/999/{kind}.pdf").status_code == 404
    assert "uvwxyz23" not in text_of(kit_of(organiser, stall))


# Words


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko", ["정치범수용소를 닫아라", "연세대학교, 서울", "2026년 11월 21일 토요일", "14:00"]),
        ("en", ["Close the camps", "Yonsei University, Seoul", "Saturday, November 21, 2026"]),
        ("fr", ["Fermez les camps", "Université Yonsei, Séoul", "samedi 21 novembre 2026"]),
    ],
)
def test_a_sheet_says_what_where_and_when_in_the_language_of_its_code(
    organiser: FlaskClient, stall: Stall, language: str, said: list[str]
) -> None:
    for kind, size in (("poster", A3), ("sheet", A4)):
        made = fetch(organiser, f"/console/codes/{stall.codes[language]}/{kind}.pdf")
        printed = words_of(text_of(made))
        assert [words for words in said if words not in printed] == []
        assert "UN Human Rights Council" in printed
        assert f"localhost/q/{papers.LETTERS[language]}" in printed
        assert "PSCORE" in printed
        told: Any = PdfReader(BytesIO(made)).trailer["/Root"]
        assert told["/Lang"] == language
        assert sizes(made) == [size]


def test_a_sheet_can_be_asked_for_in_another_language(organiser: FlaskClient, stall: Stall) -> None:
    address = f"/console/codes/{stall.codes['ko']}/poster.pdf"
    assert "Close the camps" in words_of(text_of(fetch(organiser, f"{address}?language=en")))
    for wrong in ("xx", "../ko", ""):
        assert "정치범수용소를" in text_of(fetch(organiser, f"{address}?language={wrong}"))


def test_where_a_language_has_no_text_the_sheet_is_in_one_that_has(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        transact(
            lambda: session.execute(
                update(PetitionText)
                .where(PetitionText.language == "ko")
                .values(state="draft", sha256=None)
            )
        )
    printed = words_of(text_of(fetch(organiser, f"/console/codes/{stall.codes['ko']}/poster.pdf")))
    assert "Close the camps" in printed
    assert "Sign with your phone" in printed


def test_the_longest_words_we_take_still_leave_one_page_with_a_code_that_reads(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    long = {
        "ko": "강제북송을 즉시 중단하고 모든 수감자를 석방하라 ",
        "en": "Nobody may be sent back by force to where torture waits ",
        "fr": "Le non-refoulement anticonstitutionnellement bafoué ",
    }
    with app.app_context():
        transact(partial(_lengthen, long))
    for language in long:
        for kind in ("poster", "sheet"):
            made = fetch(organiser, f"/console/codes/{stall.codes[language]}/{kind}.pdf")
            (page,) = seen(made)
            assert decoded(page)[0] == [stall.address(language)]
            assert words_of(long[language] * 2)[:60] in words_of(text_of(made))


def _lengthen(long: dict[str, str]) -> None:
    for language, words in long.items():
        longest = {"title": (words * 20)[:160].strip(), "summary": (words * 40)[:600].strip()}
        of_it = update(PetitionText).where(PetitionText.language == language)
        session.execute(of_it.values(**longest))


def test_a_letter_that_cannot_be_printed_is_named_to_the_organiser(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        titles = {"ko": "토요일 🚀"}
        transact(lambda: session.execute(update(Event).values(titles=titles)))
    answer = organiser.get(f"/console/events/{stall.event}/kit.pdf")
    assert answer.status_code == 409
    assert "🚀" in answer.text
    assert "U+1F680" in answer.text


@pytest.mark.parametrize("change", ["postponed", "cancelled", "over"])
def test_paper_names_no_date_that_is_not_to_be(
    app: Flask, organiser: FlaskClient, stall: Stall, change: str
) -> None:
    address = f"/console/codes/{stall.codes['en']}/poster.pdf"
    assert "November 21" in text_of(fetch(organiser, address))
    states = {"postponed": POSTPONED, "cancelled": CANCELLED}
    later = timedelta(days=9) if change == "over" else timedelta()
    with app.app_context():
        if change in states:
            transact(lambda: session.execute(update(Event).values(state=states[change])))
    with clock.frozen(crewing.NOW + later):
        printed = text_of(fetch(signed_in(app, "organiser", name="Suji"), address))
    assert "November" not in printed
    assert "Yonsei University, Seoul" in printed


def test_paper_follows_the_event_to_its_new_time(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        transact(lambda: changing.late(stall.event, "2026-11-21T14:30"))
    printed = text_of(fetch(organiser, f"/console/codes/{stall.codes['ko']}/poster.pdf"))
    assert "14:30" in printed


def test_the_organisations_mark_is_on_the_paper(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    address = f"/console/codes/{stall.codes['en']}/poster.pdf"
    before = fetch(organiser, address)
    with app.app_context():
        transact(_with_mark)
        look_again()
    answer = fetch(organiser, address)
    assert b"/Subtype/Image" in answer
    assert b"/Subtype/Image" not in before
    assert decoded(seen(answer)[0])[0] == [stall.address("en")]


def _with_mark() -> None:
    picture = BytesIO()
    Image.new("RGB", (200, 64), "#1e6b4e").save(picture, "PNG")
    picture.seek(0)
    organisation.set_mark(mark.read(picture))


# The kit


def test_one_click_prints_lists_cards_and_sheets_what_is_a3_last(
    organiser: FlaskClient, stall: Stall
) -> None:
    made = kit_of(organiser, stall)
    assert sizes(made) == [A4] * 7 + [A3] * 3
    assert families(made) == {"NotoSans", "NotoSansKR"}
    pages = [words_of(page) for page in read_aloud(made)]
    assert all(board in pages[0] for board in BOARDS.values())
    assert "Folding table" in pages[0]
    assert "깃발" in pages[0]
    assert "Bora" in pages[1]
    assert "정치범수용소를 닫아라" in pages[2]
    assert "Close the camps" in pages[3]


def test_the_kit_names_who_comes_by_alias_and_how_to_reach_nobody(
    organiser: FlaskClient, stall: Stall
) -> None:
    printed = text_of(kit_of(organiser, stall))
    assert "Bora" in printed
    assert "Unheard" not in printed  # nobody has confirmed them
    for secret in (papers.MAILBOX, papers.NUMBER, "hidden", "0199"):
        assert secret not in printed


def test_the_number_to_ring_is_printed_and_kept_nowhere(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    answer = _printed(organiser, stall, who="Hana", phone="+82 2 555 0142", languages=["fr"])
    printed = text_of(answer.data)
    assert "+82 2 555 0142" in printed
    assert "Hana" in printed
    assert sizes(answer.data) == [A4] * 3
    with app.app_context():
        entries = session.scalars(select(AuditEntry)).all()
        assert all("0142" not in str(vars(entry)) for entry in entries)
    again = organiser.get(f"/console/events/{stall.event}/kit").text
    assert "0142" not in again
    assert "Hana" not in again


def _printed(client: FlaskClient, stall: Stall, **fields: Any) -> Any:
    answer = send(client, f"/console/events/{stall.event}/kit", **fields)
    assert answer.status_code == 200, answer.text
    return answer


def test_a_card_tells_whom_to_ring_in_danger_in_that_country(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    in_seoul = words_of(text_of(_printed(organiser, stall, languages=["en"]).data))
    assert "first the police: 112. Ambulance: 119." in in_seoul
    with app.app_context():
        transact(lambda: session.execute(update(Location).values(country="CH")))
    in_geneva = words_of(text_of(_printed(organiser, stall, languages=["en"]).data))
    assert "first the police: 117. Ambulance: 144." in in_geneva


def test_a_card_knows_the_smallest_age(app: Flask, organiser: FlaskClient, stall: Stall) -> None:
    assert "Nobody under 14" in text_of(_printed(organiser, stall, languages=["en"]).data)


def test_a_kit_can_hold_codes_that_stand_elsewhere(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        other = transact(lambda: crewing.event("hongdae", days=7)).id
    page = organiser.get(f"/console/events/{other}/kit")
    assert page.status_code == 200
    assert "Board 2 – The map" in page.text
    empty = fetch(organiser, f"/console/events/{other}/kit.pdf")
    assert decoded(seen(empty)[0]) == ([], [])


#: What somebody may send, and what the form says of it.
NONSENSE: Final[list[tuple[dict[str, Any], str]]] = [
    ({"languages": ["xx"]}, "valid choice"),
    ({"phone": "ring me", "languages": ["en"]}, "Write a phone number in digits."),
    ({"phone": "1" * 31, "languages": ["en"]}, "This is longer than 30 characters."),
    ({"who": "x" * 61, "languages": ["en"]}, "This is longer than 60 characters."),
    ({}, "Choose at least one language."),
    ({"codes": ["999"], "languages": ["en"]}, "valid choice"),
]


def test_what_makes_no_sense_is_said_in_the_form(organiser: FlaskClient, stall: Stall) -> None:
    for fields, said in NONSENSE:
        answer = send(organiser, f"/console/events/{stall.event}/kit", **fields)
        assert answer.status_code == 400, fields
        assert said in answer.text


def test_what_somebody_types_cannot_break_the_paper(organiser: FlaskClient, stall: Stall) -> None:
    answer = _printed(organiser, stall, who='#read("x") 🚀 "', languages=["en"])
    assert '#read("x") □ "' in text_of(answer.data)


def test_a_place_whose_language_we_do_not_speak_gets_cards_in_that_of_who_prints(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        transact(lambda: session.execute(update(Location).values(language="de")))
    pages = [words_of(page) for page in read_aloud(kit_of(organiser, stall))]
    assert [("Volunteer card" in page) for page in pages].count(True) == 1
    assert "What comes along" in pages[0]


# Who may


def test_whoever_may_only_look_prints_posters_but_no_list_of_people(
    app: Flask, stall: Stall
) -> None:
    viewer = signed_in(app, "viewer")
    fetch(viewer, f"/console/codes/{stall.codes['ko']}/poster.pdf")
    for address in ("kit", "kit.pdf"):
        assert viewer.get(f"/console/events/{stall.event}/{address}").status_code == 404


def test_nobody_outside_gets_any_paper(client: FlaskClient, stall: Stall) -> None:
    for address in (f"events/{stall.event}/kit.pdf", f"codes/{stall.codes['ko']}/poster.pdf"):
        answer = client.get(f"/console/{address}")
        assert answer.status_code == 303
        assert "/console/sign-in" in answer.headers["Location"]


def test_printing_changes_nothing(app: Flask, organiser: FlaskClient, stall: Stall) -> None:
    def rows() -> int:
        with app.app_context():
            return session.scalar(select(func.count()).select_from(AuditEntry)) or 0

    before = rows()
    kit_of(organiser, stall)
    assert rows() == before
