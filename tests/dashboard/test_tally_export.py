"""Aggregates leave the house as a file that a spreadsheet reads safely, and the trail knows."""

import csv
import io

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.audit import queries as audit
from campaign_app.core.db import session
from campaign_app.petitions.tally_sheet import CUTS
from tests.accounts.people import send
from tests.dashboard.stalls import Stalls

#: A file tells every class apart, however the page shows them.
CLASSES = (
    "Confirmed",
    "Witnessed on a tablet",
    "Witnessed, no mailbox",
    "Witnessed by stall code",
    "On paper",
    "Awaiting",
)


def export(who: FlaskClient, built: Stalls, by: str, **filters: str) -> TestResponse:
    return send(who, f"{built.page}.csv", by=by, **filters)


def lines(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_file_says_that_it_is_utf_8(viewer: FlaskClient, built: Stalls) -> None:
    answer = export(viewer, built, "language")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert lines(answer) == [
        ["Language", "Language code", "Counted", *CLASSES],
        ["한국어", "ko", "50", "50", "0", "0", "0", "0", "5"],
        ["English", "en", "30", "26", "4", "0", "0", "0", "0"],
        ["Français", "fr", "20", "20", "0", "0", "0", "0", "4"],
    ]


def test_every_file_adds_up_to_the_total(viewer: FlaskClient, built: Stalls) -> None:
    for by in CUTS:
        head, *rows = lines(export(viewer, built, by))
        where = head.index("Counted")
        assert sum(int(row[where]) for row in rows) == 100, by
        assert sum(int(row[-1]) for row in rows) == 9, by
        assert {len(row) for row in rows} == {len(head)}


def test_the_file_has_every_hour_of_every_day(viewer: FlaskClient, built: Stalls) -> None:
    _head, *rows = lines(export(viewer, built, "hour", place=str(built.seoul)))
    assert [row[:3] for row in rows] == [
        ["2026-11-07", "15:00", "30"],
        ["2026-11-07", "16:00", "6"],
        ["2026-11-14", "14:00", "14"],
        ["2026-11-14", "15:00", "20"],
    ]


def test_no_cell_becomes_a_formula(viewer: FlaskClient, built: Stalls) -> None:
    for by in ("event", "board"):
        text = export(viewer, built, by).data.decode("utf-8-sig")
        assert "'=First stall" in text
        assert ",=First" not in text
        assert "\n=First" not in text


def test_a_board_has_its_code_in_letters(viewer: FlaskClient, built: Stalls) -> None:
    head, *rows = lines(export(viewer, built, "board"))
    assert head[:4] == ["Place", "Event", "Board", "Code"]
    assert ["Place des Nations", "Outside an event", "Board 2 – Sent back", "acde-fghj"] in [
        row[:4] for row in rows
    ]


def test_filters_narrow_the_file_and_stand_in_its_name(viewer: FlaskClient, built: Stalls) -> None:
    answer = export(viewer, built, "place", language="ko", board="Board 1 – Escape routes")
    assert lines(answer)[1:] == [
        ["Yonsei University", "Seoul", "South Korea", "20", "20", "0", "0", "0", "0", "5"]
    ]
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="tallies_close-the-camps_by-place_board_language-ko_2026-11-14.csv"'
    )


def test_an_export_stands_in_the_trail(app: Flask, viewer: FlaskClient, built: Stalls) -> None:
    export(viewer, built, "place", language="ko")
    with app.app_context():
        session.rollback()
        entry = audit.entries(action="tally.exported")[0]
        assert entry.actor == "Viewer"
        assert entry.subject == f"petition:{built.petition}"
        assert entry.detail == {"by": "place", "language": "ko"}


def test_only_a_form_of_ours_starts_an_export(
    client: FlaskClient, viewer: FlaskClient, built: Stalls
) -> None:
    assert viewer.get(f"{built.page}.csv").status_code == 405
    assert viewer.post(f"{built.page}.csv", data={"by": "place"}).status_code == 400
    assert client.post(f"{built.page}.csv", data={"by": "place"}).status_code == 303


def test_an_unknown_cut_is_refused_and_not_noted(
    app: Flask, viewer: FlaskClient, built: Stalls
) -> None:
    for by in ("", "mailbox", "\0"):
        assert export(viewer, built, by).status_code == 400
    assert send(viewer, "/console/petitions/4711/tallies.csv", by="place").status_code == 404
    with app.app_context():
        session.rollback()
        assert audit.entries(action="tally.exported") == []
