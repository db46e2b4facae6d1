"""Every cut of a tally adds up to the same total, whatever it is narrowed to."""

import re

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.petitions import queries, tally_ground
from campaign_app.petitions.tally_sheet import CUTS, Sheet, sheet
from tests import given
from tests.asked import questions
from tests.dashboard import stalls
from tests.dashboard.stalls import HOUR, Stalls


def cut(app: Flask, built: Stalls, by: str, **said: str) -> Sheet:
    """Cut the tally as the page does."""
    with app.test_request_context("/"):
        ground = tally_ground.read(queries.get(built.petition))
        filters, dropped = tally_ground.asked(ground, said)
        assert dropped == []
        return sheet(ground, by, filters)


def counted(table: Sheet) -> dict[str, int]:
    return {line.name: line.row.counted for line in table.lines}


def test_each_table_adds_up_to_the_total(app: Flask, built: Stalls) -> None:
    for by in CUTS:
        table = cut(app, built, by)
        assert sum(line.row.counted for line in table.lines) == 100, by
        assert sum(line.row.awaiting for line in table.lines) == 9, by
        assert (table.total.counted, table.total.awaiting) == (100, 9)
        assert table.total.by_evidence["witnessed"] == 4


def test_each_table_adds_up_after_a_correction_too(app: Flask, built: Stalls) -> None:
    stalls.correct(app, [(built.today, built.abroad, HOUR - 1, HOUR)])
    for by in CUTS:
        table = cut(app, built, by)
        assert (table.total.counted, table.total.awaiting) == (100, 9), by


def test_rows_are_named_in_the_language_of_the_reader(app: Flask, built: Stalls) -> None:
    assert counted(cut(app, built, "place")) == {
        "Yonsei University": 70,
        "Place des Nations": 20,
        "Outside an event": 10,
    }
    assert counted(cut(app, built, "language")) == {"한국어": 50, "English": 30, "Français": 20}
    with app.test_request_context("/", headers={"Accept-Language": "ko"}):
        ground = tally_ground.read(queries.get(built.petition))
        table = sheet(ground, "place", queries.Filters())
        assert table.lines[0].name == "연세대학교"


def test_a_board_is_named_by_place_event_and_label(app: Flask, built: Stalls) -> None:
    lines = cut(app, built, "board").lines
    named = {(line.name, *line.more): line.row.counted for line in lines}
    assert named == {
        ("Yonsei University", "Board 2 – Sent back", "=First stall, Sat, Nov 7, 2026"): 36,
        ("Yonsei University", "Board 1 – Escape routes", "Autumn stall, Sat, Nov 14, 2026"): 34,
        ("Place des Nations", "Board 2 – Sent back"): 20,
        ("Outside an event",): 10,
    }


def test_hours_are_those_of_the_place(app: Flask, built: Stalls) -> None:
    abroad = cut(app, built, "hour", place=str(built.geneva))
    assert [(line.key, line.row.counted) for line in abroad.lines] == [("T07", 12), ("T21", 8)]
    days = cut(app, built, "day", place=str(built.geneva))
    assert [(line.key, line.row.counted) for line in days.lines] == [
        ("2026-11-13", 8),
        ("2026-11-14", 12),
    ]


def test_filters_work_together(app: Flask, built: Stalls) -> None:
    here = str(built.seoul)
    assert cut(app, built, "event", place=here).total.counted == 70
    assert cut(app, built, "event", place=here, language="ko").total.counted == 50
    assert cut(app, built, "hour", place=here, language="ko", day="2026-11-14").total.counted == 20
    assert cut(app, built, "country", board="Board 2 – Sent back").total.counted == 56
    assert cut(app, built, "place", board="Board 2 – Sent back", country="US").total.counted == 6
    assert cut(app, built, "board", event="0").total.counted == 30
    assert cut(app, built, "day", event="0", place="0").total.counted == 10
    assert cut(app, built, "language", event=str(built.past)).total.counted == 36
    assert cut(app, built, "place", language="ko", country="CH").lines == []


def test_every_cut_understands_every_filter(app: Flask, built: Stalls) -> None:
    stalls.correct(app, [(built.today, built.before, HOUR - 1, HOUR)])
    filters = {
        "place": str(built.seoul),
        "event": str(built.past),
        "board": "Board 2 – Sent back",
        "language": "en",
        "country": "US",
        "day": "2026-11-14",
    }
    for by in CUTS:
        assert cut(app, built, by, **filters).total.counted == 4, by


def test_a_correction_moves_whole_hours_and_says_so(app: Flask, built: Stalls) -> None:
    stalls.correct(app, [(built.today, built.abroad, HOUR - 1, HOUR)])
    assert counted(cut(app, built, "place"))["Place des Nations"] == 34
    boards = cut(app, built, "board")
    moved = {int(line.key): (line.hours_here, line.hours_away) for line in boards.lines}
    assert moved == {built.today: (0, 1), built.abroad: (1, 0), built.before: (0, 0), 0: (0, 0)}
    assert boards.hours_corrected == 1


def test_a_correction_that_was_taken_back_is_no_correction(app: Flask, built: Stalls) -> None:
    there, back = (built.today, built.abroad), (built.today, built.today)
    stalls.correct(app, [(*there, HOUR - 1, HOUR), (*back, HOUR - 1, HOUR)])
    assert cut(app, built, "board").hours_corrected == 0
    assert counted(cut(app, built, "place"))["Place des Nations"] == 20


def test_hours_to_come_are_not_called_corrected(app: Flask, built: Stalls) -> None:
    stalls.correct(app, [(built.today, built.abroad, HOUR, HOUR + 100_000)])
    assert cut(app, built, "board").hours_corrected == 1


# The page


def test_a_viewer_sees_every_cut(viewer: FlaskClient, built: Stalls) -> None:
    for by in ("", *CUTS):
        page = viewer.get(built.page, query_string={"by": by})
        assert page.status_code == 200
        foot = re.search(r"<tfoot>(.*?)</tfoot>", page.text, re.S)
        assert foot
        assert re.findall(r">(\d+)<", foot[1]) == ["100", "96", "4", "9"], by


def test_whoever_is_signed_out_is_led_to_the_door(client: FlaskClient, built: Stalls) -> None:
    for page in (built.page, "/console/", "/console/today.json", "/console/search?q=seoul"):
        answer = client.get(page)
        assert answer.status_code == 303
        assert "/console/sign-in" in answer.headers["Location"]


def test_classes_that_do_not_occur_are_left_out_and_named(
    viewer: FlaskClient, built: Stalls
) -> None:
    page = viewer.get(built.page).text
    assert "Left out because it is empty: On paper." in page
    narrowed = viewer.get(built.page, query_string={"language": "ko"}).text
    assert "Every counted signature is of one kind: Confirmed." in narrowed
    assert "Witnessed, On paper" in narrowed


def test_the_narrowed_sum_stands_beside_the_whole(viewer: FlaskClient, built: Stalls) -> None:
    page = viewer.get(built.page, query_string={"language": "ko"}).text
    assert "50 of 100 counted:" in page
    assert "<b>100</b>" in page


NONSENSE = (
    "by=nothing",
    "by=%00",
    "event=999999999999999999999",
    "event=%00&place=-1&board=%F0&language=xx&country=K%00&day=2026-02-30",
    "day=20261114",
    "day=0001-01-01",
    "day=9999-12-31",
    "place=1&place=2",
    "board=" + "x" * 3000,
)


def test_filters_that_make_no_sense_are_left_out(viewer: FlaskClient, built: Stalls) -> None:
    for query in NONSENSE:
        assert viewer.get(f"{built.page}?{query}").status_code == 200, query


def test_a_filter_that_was_left_out_is_mentioned(viewer: FlaskClient, built: Stalls) -> None:
    assert "was left out" in viewer.get(f"{built.page}?event=77").text
    assert "was left out" not in viewer.get(built.page).text


def test_an_unknown_petition_is_not_found(viewer: FlaskClient, built: Stalls) -> None:
    assert viewer.get("/console/petitions/4711/tallies").status_code == 404
    assert viewer.get("/console/petitions/99999999999/tallies").status_code == 404


def test_an_empty_table_is_explained(viewer: FlaskClient, built: Stalls) -> None:
    page = viewer.get(f"{built.page}?language=ko&country=CH").text
    assert "Nothing fits these filters" in page


def test_before_anybody_signs_the_page_says_what_it_will_be(
    app: Flask, viewer: FlaskClient
) -> None:
    world = given.world(app)
    page = viewer.get(f"/console/petitions/{world.petition_id}/tallies").text
    assert "Nobody has signed yet" in page
    assert "<svg" not in page


def test_rows_lead_to_what_is_inside_them(viewer: FlaskClient, built: Stalls) -> None:
    page = viewer.get(f"{built.page}?language=ko").text
    assert f"tallies?by=board&amp;language=ko&amp;place={built.seoul}" in page
    boards = viewer.get(f"{built.page}?by=board").text
    assert f'href="/console/codes/{built.world.code_id}"' in boards


def test_pictures_have_a_name_and_no_style(viewer: FlaskClient, built: Stalls) -> None:
    for by in CUTS:
        page = viewer.get(built.page, query_string={"by": by}).text
        assert 'role="img"' in page
        assert "<title id=" in page
        assert "style=" not in page


def test_a_page_asks_the_database_little(app: Flask, viewer: FlaskClient, built: Stalls) -> None:
    for query in ("", "by=board", "by=hour&place=1&language=ko&day=2026-11-14"):
        with app.app_context(), questions() as asked:
            viewer.get(f"{built.page}?{query}")
        # Each page of the console also asks whether mail waits.
        own = [text for text in asked if "FROM outbox" not in text]
        assert len(own) <= 8, own


def test_the_table_by_place_reads_one_row_for_each_board(app: Flask, built: Stalls) -> None:
    with app.app_context(), questions() as asked:
        queries.table(queries.get(built.petition), "location")
    reads = [text for text in asked if "tally_counter" in text]
    assert len(reads) == 1
