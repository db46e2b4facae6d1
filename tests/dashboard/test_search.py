"""Anything is found by name or code, in whichever language it was named."""

import html
import re

from flask.testing import FlaskClient

from tests.dashboard.stalls import Stalls


def found(who: FlaskClient, text: str) -> dict[str, str]:
    """Search, and give the links of the page: name → address."""
    page = who.get("/console/search", query_string={"q": text})
    assert page.status_code == 200
    main = page.text.partition("<main")[2]
    links = re.findall(r'<li><a href="([^"]+)"><bdi>([^<]+)</bdi>', main)
    return {html.unescape(name): html.unescape(url) for url, name in links}


def test_a_petition_is_found_by_any_of_its_titles(viewer: FlaskClient, built: Stalls) -> None:
    for text in ("close", "CLOSE  camps", "수용소", "fermez", "close-the-camps"):
        assert found(viewer, text)["Close the camps"] == f"/console/petitions/{built.petition}", (
            text
        )


def test_a_code_is_found_by_letters_or_board(viewer: FlaskClient, built: Stalls) -> None:
    for text in ("acde", "ACDE-FGHJ", "acde fghj", "escape"):
        assert found(viewer, text) == {"acde-fghj": f"/console/codes/{built.world.code_id}"}, text


def test_a_place_is_found_without_accents_and_widths(organiser: FlaskClient, built: Stalls) -> None:
    for text in ("yonsei", "연세", "universite yonsei", "Ｙonsei"):
        assert found(organiser, text)["Yonsei University"] == f"/console/places/{built.seoul}", text


def test_an_event_is_found_by_title_and_place(organiser: FlaskClient, built: Stalls) -> None:
    assert found(organiser, "autumn yonsei") == {
        "Autumn stall": f"/console/events/{built.event}",
    }


def test_a_viewer_is_never_led_to_a_page_that_is_closed(viewer: FlaskClient, built: Stalls) -> None:
    for address in {**found(viewer, "autumn"), **found(viewer, "yonsei")}.values():
        assert viewer.get(address).status_code == 200


def test_people_are_found_by_administrators_only(
    administrator: FlaskClient, viewer: FlaskClient, built: Stalls
) -> None:
    assert "Reviewer" in found(administrator, "reviewer@ngo")
    assert found(viewer, "reviewer@ngo") == {}


def test_what_is_not_there_is_not_found(viewer: FlaskClient, built: Stalls) -> None:
    for text in ("", "   ", "\0", "nobody is called that", "%", "_", "x" * 5000):
        assert found(viewer, text) == {}, text


def test_the_page_says_what_can_be_found(viewer: FlaskClient, built: Stalls) -> None:
    assert "What are you looking for?" in viewer.get("/console/search").text
    assert "Nothing is called that" in viewer.get("/console/search?q=zzz").text
