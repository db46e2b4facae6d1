"""Organisers' pages of permits: few clicks, nothing lost, papers for organisers only."""

import io
import re
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events.models import Event
from campaign_app.events.slots import CONSOLE
from campaign_app.permits import queries
from tests.accounts.people import send, signed_in, token_of
from tests.permits import asking
from tests.permits.asking import NOTICE, STATION

FAR = {"starts": "2031-12-12T14:00"}
PDF = b"%PDF-1.7 signed by Kim Mina"
LARGEST = 5 * 1024 * 1024


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser")


@pytest.fixture
def event_id(app: Flask) -> int:
    return asking.planned(app, **FAR)


def page_of(event_id: int) -> str:
    return f"/console/events/{event_id}/permits"


def put_on_the_list(organiser: FlaskClient, app: Flask, event_id: int, *rules: str) -> list[int]:
    send(organiser, f"{page_of(event_id)}/add", rules=list(rules or (NOTICE,)))
    with app.app_context():
        return [one.id for one in queries.of_event(event_id)]


def followed(organiser: FlaskClient, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return organiser.get(answer.location).text


def give(client: FlaskClient, permit: int, content: bytes, name: str = "p.pdf") -> TestResponse:
    sent = {"csrf_token": token_of(client), "paper": (io.BytesIO(content), name)}
    return client.post(f"/console/permits/{permit}/papers", data=sent)


def test_an_event_is_asked_for_filed_and_confirmed_in_two_forms(
    organiser: FlaskClient, app: Flask, event_id: int
) -> None:
    page = organiser.get(page_of(event_id)).text
    assert len(re.findall(r'name="rules"[^>]* checked|checked[^>]* name="rules"', page)) == 3
    assert "Between 720 and 48 hours" in page
    assert "this is no legal advice" in page
    answer = send(organiser, f"{page_of(event_id)}/add", rules=[NOTICE], title="The market hall")
    assert "The market hall" in followed(organiser, answer)
    with app.app_context():
        notice, market = (one.id for one in queries.of_event(event_id))
    form = organiser.get(f"/console/permits/{notice}/stands/filed").text
    there = clock.now().astimezone(ZoneInfo("Asia/Seoul"))
    assert f'value="{there.date().isoformat()}"' in form
    for number in (notice, market):
        answer = send(
            organiser, f"/console/permits/{number}/stands/filed", on="2026-11-01", reference="77-1"
        )
    assert "All that is needed is filed." in followed(organiser, answer)
    with app.app_context():
        assert transact(lambda: changing.confirm(event_id)).state == "confirmed"


def test_a_decision_begins_with_the_name_of_who_is_signed_in(
    organiser: FlaskClient, app: Flask, event_id: int
) -> None:
    address = f"{page_of(event_id)}/none"
    assert 'value="Mina"' in organiser.get(address).text
    answer = send(organiser, address, on="2026-11-01", by="", reason="")
    assert answer.status_code == 400
    assert "Write the name of who decided." in answer.text
    assert "Write down why." in answer.text
    answer = send(organiser, address, on="2026-11-01", by="Jae", reason="It is our own hall")
    page = followed(organiser, answer)
    assert "Jae decided on November 1, 2026: It is our own hall" in page
    assert "No permit is needed." in page


@pytest.mark.parametrize(
    ("state", "fields", "sentence"),
    [
        ("filed", {"on": ""}, "Say on which day."),
        ("filed", {"on": "2999-01-01"}, "This day has not come yet."),
        ("filed", {"on": "0001-01-01"}, "Choose a day after 1999."),
        ("granted", {"on": "nonsense"}, "Not a valid date"),
        ("granted", {"on": "2026-11-01", "reference": "x" * 81}, "Please write 80 letters"),
        ("refused", {"on": "2026-11-01", "reason": "a\x00b"}, "cannot be shown"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(
    organiser: FlaskClient,
    app: Flask,
    event_id: int,
    state: str,
    fields: dict[str, str],
    sentence: str,
) -> None:
    permit = put_on_the_list(organiser, app, event_id)[0]
    answer = send(organiser, f"/console/permits/{permit}/stands/{state}", **fields)
    assert answer.status_code == 400
    assert sentence in answer.text
    with app.app_context():
        assert queries.of_event(event_id)[0].state == "to_file"


def test_nothing_chosen_is_said_and_what_does_not_exist_is_refused(
    organiser: FlaskClient, event_id: int
) -> None:
    answer = send(organiser, f"{page_of(event_id)}/add")
    assert answer.status_code == 400
    assert "Choose something, or write what it is." in answer.text
    assert send(organiser, f"{page_of(event_id)}/add", rules=["fr-nonsense"]).status_code == 400
    assert organiser.get("/console/permits/1/stands/nonsense").status_code == 404


def test_a_notice_for_all_dates_of_a_series_is_one_form(organiser: FlaskClient, app: Flask) -> None:
    days = ("2031-12-13", "2032-01-10", "2032-02-14")
    with app.app_context():
        dates = transact(lambda: [one.id for one in asking.series(asking.station(), *days)])
    page = organiser.get(page_of(dates[0])).text
    assert "Also for the dates of this series until" in page
    answer = send(organiser, f"{page_of(dates[0])}/none", on="2026-11-01", by="Jae", reason="Ours", until="2032-01-31")  # fmt: skip
    assert "Saved for 2 dates." in followed(organiser, answer)
    with app.app_context():
        assert [asking.gate_of(number) for number in dates] == [
            "not_needed",
            "not_needed",
            "waiting",
        ]


def test_a_refusal_of_a_confirmed_event_cannot_be_overlooked(
    organiser: FlaskClient, app: Flask
) -> None:
    number = asking.confirmed(app, **FAR)
    with app.app_context():
        permit = queries.of_event(number)[0].id
    answer = send(
        organiser, f"/console/permits/{permit}/stands/refused", on="2026-11-15", reason="Too loud"
    )
    page = followed(organiser, answer)
    assert "is confirmed, and its permits no longer suffice. It stays confirmed" in page
    assert "was refused, and this event is announced" in page


def test_the_page_of_a_moved_event_names_what_the_notice_names(
    organiser: FlaskClient, app: Flask
) -> None:
    number = asking.confirmed(app, **FAR)
    with app.app_context():
        exit_8 = transact(lambda: asking.station("yongsan-8", exit_number="8")).id
        moved = changing.Elsewhere(location_id=exit_8)
        transact(lambda: changing.move(number, moved))
        permit = queries.of_event(number)[0].id
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        slot = CONSOLE["permits"](session.get_one(Event, number))
        session.remove()
    assert "Gare de Yongsan" in slot
    page = organiser.get(page_of(number)).text
    assert "names Yongsan station, exit 1" in page
    assert "They know of the change" in page
    answer = send(organiser, f"/console/permits/{permit}/told")
    assert "names Yongsan station, exit 1" not in followed(organiser, answer)


# Papers


def test_a_paper_comes_back_as_it_was_sent_and_only_to_organisers(
    organiser: FlaskClient, app: Flask, event_id: int
) -> None:
    permit = put_on_the_list(organiser, app, event_id)[0]
    page = followed(organiser, give(organiser, permit, PDF, "../허가서 <1>.pdf"))
    address = re.search(r'href="(/console/permits/papers/\d+)"', page)
    assert address
    assert "허가서 &lt;1&gt;.pdf" in page
    answer = organiser.get(address[1])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    for role in ("viewer", "finance", "administrator"):
        assert signed_in(app, role, name=role).get(f"{address[1]}?v=1").status_code == 404
    page = followed(organiser, send(organiser, f"{address[1]}/remove"))
    assert "허가서" not in page
    assert organiser.get(address[1]).status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 400, "This is neither a PDF nor a JPEG or PNG picture."),
        (b"MZ\x90 an executable.pdf", 400, "This is neither a PDF nor a JPEG or PNG picture."),
        (b"<html>%PDF-", 400, "This is neither a PDF nor a JPEG or PNG picture."),
        (PDF + b"x" * (LARGEST - len(PDF)), 303, ""),
        (PDF + b"x" * LARGEST, 400, "This file is larger than 5 MB."),
        (PDF + b"x" * (2 * LARGEST), 413, "This file is larger than 5 MB."),
    ],
    ids=["nothing", "a program", "a page", "5 MB", "a little more", "much more"],
)
def test_only_papers_of_our_kinds_and_size_are_kept(
    organiser: FlaskClient, app: Flask, event_id: int, content: bytes, status: int, sentence: str
) -> None:
    permit = put_on_the_list(organiser, app, event_id)[0]
    answer = give(organiser, permit, content)
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_form_without_a_file_is_said_so(
    organiser: FlaskClient, app: Flask, event_id: int
) -> None:
    permit = put_on_the_list(organiser, app, event_id)[0]
    answer = send(organiser, f"/console/permits/{permit}/papers")
    assert answer.status_code == 400
    assert "Choose a file first." in answer.text


# Deadlines and the board


def test_the_board_says_what_is_overdue_and_today_leads_there(
    organiser: FlaskClient, app: Flask, event_id: int
) -> None:
    page = organiser.get("/console/permits/").text
    assert "Nobody has said what is needed" in page
    assert "overdue" not in organiser.get("/console/").text
    permit = put_on_the_list(organiser, app, event_id, STATION)[0]
    assert "Without a deadline: set one" in organiser.get("/console/permits/").text
    answer = send(organiser, f"/console/permits/{permit}/due", due="2026-11-01T18:00")
    assert answer.status_code == 303
    page = organiser.get("/console/permits/").text
    assert 'datetime="2026-11-01T09:00:00+00:00"' in page
    assert "Overdue" in page
    assert "Asia/Seoul" in page
    today = organiser.get("/console/").text
    assert "1 permit is overdue." in today
    assert 'href="/console/permits/"' in today
    answer = send(organiser, f"/console/permits/{permit}/due", due="0001-01-01T00:00")
    assert (answer.status_code, "between 2000 and 2199" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2031-11-22T12:00", "Offices are closed that day (Saturday): file before."),
        ("2031-12-25T12:00", "(Christmas Day)"),
        ("2031-11-21T12:00", ""),
    ],
)
def test_a_deadline_on_a_day_of_closed_offices_is_pointed_out(
    organiser: FlaskClient, app: Flask, event_id: int, due: str, said: str
) -> None:
    permit = put_on_the_list(organiser, app, event_id, STATION)[0]
    send(organiser, f"/console/permits/{permit}/due", due=due)
    for page in ("/console/permits/", page_of(event_id), f"/console/permits/{permit}"):
        text = organiser.get(page).text
        assert said in text
        assert ("Offices are closed" in text) == bool(said)


def test_what_was_put_on_the_list_by_mistake_is_taken_off(
    organiser: FlaskClient, app: Flask, event_id: int
) -> None:
    permit = put_on_the_list(organiser, app, event_id)[0]
    assert "Put here by mistake?" in organiser.get(f"/console/permits/{permit}").text
    assert send(organiser, f"/console/permits/{permit}/remove").status_code == 303
    assert organiser.get(f"/console/permits/{permit}").status_code == 404
    assert send(organiser, f"/console/permits/{permit}/remove").status_code == 404


def test_a_viewer_reads_what_stands_and_changes_nothing(
    organiser: FlaskClient, app: Flask, event_id: int
) -> None:
    permit = put_on_the_list(organiser, app, event_id)[0]
    viewer = signed_in(app, "viewer", name="Vera")
    page = viewer.get(page_of(event_id)).text
    assert "Notice of an outdoor assembly" in page
    assert "<form" not in page.partition('id="main"')[2]
    assert viewer.get("/console/permits/").status_code == 200
    for address in (f"/console/permits/{permit}", f"/console/permits/{permit}/stands/filed"):
        assert viewer.get(address).status_code == 404
    assert send(viewer, f"{page_of(event_id)}/add", rules=[STATION]).status_code == 404


@pytest.mark.parametrize("row", ["999", "99999999999999999999", "-1", "x"])
def test_rows_that_are_not_there_are_unknown_addresses(organiser: FlaskClient, row: str) -> None:
    for address in (f"/console/events/{row}/permits", f"/console/permits/{row}", f"/console/permits/papers/{row}"):  # fmt: skip
        assert organiser.get(address).status_code == 404
