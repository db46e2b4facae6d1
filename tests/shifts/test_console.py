"""An organiser plans volunteers and kit, and nobody else sees who they are."""

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.events.models import Event, Series
from campaign_app.shifts import queries, services, volunteers
from campaign_app.shifts.models import KitItem, Shift, Template, Volunteer
from tests.accounts.people import send, signed_in
from tests.shifts import crewing
from tests.shifts.crewing import Stall, asked, confirmed, seats, state, whose


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser", name="Sol")


def crew(stall: Stall) -> str:
    return f"/console/events/{stall.event}/crew"


def deeds(app: Flask) -> list[str]:
    """List what the trail says."""
    with app.app_context():
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_usual_shifts_of_an_event_take_one_press(app: Flask, organiser: FlaskClient) -> None:
    with app.app_context():
        number = db.transact(lambda: crewing.event().id)
    page = f"/console/events/{number}/crew"
    assert "The usual ones take one press" in organiser.get(page).text
    for _twice in range(2):
        assert send(organiser, f"{page}/use/shifts", template=0).status_code == 303
    assert "There are shifts already; nothing was added." in organiser.get(page).text
    with app.app_context():
        assert [row.shift.role for row in queries.manned(number)] == ["lead", "board", "tablet"]


def test_a_template_goes_to_all_that_come_of_a_series_and_spares_what_has_shifts(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        numbers = db.transact(lambda: series_of(stall.event, 3))
        db.transact(lambda: services.add_shift(numbers[1], plan()))
    page = crew(stall)
    assert send(organiser, f"{page}/keep/shifts", name="A stall of ours").status_code == 303
    with app.app_context():
        [template] = session.scalars(select(Template))
    send(organiser, f"{page}/use/shifts", template=template.id, whole_series="y")
    with app.app_context():
        session.rollback()
        roles = {number: [row.shift.role for row in queries.manned(number)] for number in numbers}
    assert roles == {
        numbers[0]: ["lead", "board", "tablet"],
        numbers[1]: ["lead"],
        numbers[2]: ["lead", "board", "tablet"],
    }


def plan(**said: object) -> services.ShiftPlan:
    facts: dict[str, object] = {"role": "lead", "least": 1, "most": 1}
    return services.ShiftPlan(**(facts | said))  # type: ignore[arg-type]  # written by the tests


def series_of(event_id: int, count: int) -> list[int]:
    """Make events of one series, this one the first."""
    first = session.get_one(Event, event_id)
    series = Series(
        location_id=first.location_id,
        kind=first.kind,
        titles=first.titles,
        rule="FREQ=WEEKLY",
        starts_local=first.starts_local,
        minutes=240,
        zone=first.zone,
        created_at=clock.now(),
    )
    session.add(series)
    session.flush()
    others = [crewing.event(f"s{week}", days=7 * week) for week in range(1, count)]
    for one in (first, *others):
        one.series_id, one.recurrence_key = series.id, one.starts_local
    session.flush()
    return [first.id, *(one.id for one in others)]


def test_times_of_a_template_are_counted_from_the_beginning(app: Flask, stall: Stall) -> None:
    later = crewing.stall(app, "hongdae", days=7, hours=2)
    with app.app_context():
        half = plan(starts_local="2026-11-21T14:00", ends_local="2026-11-21T16:00")
        number = db.transact(lambda: services.add_shift(stall.event, half)).id
        template = db.transact(lambda: services.keep("shifts", "Halves", stall.event)).id
        empty = db.transact(lambda: crewing.event("gangnam", days=7, hours=2).id)
        db.transact(lambda: services.use(template, empty))
        copied = [row for row in queries.manned(empty) if row.span.minutes == 120]
        assert [row.span.starts_at for row in copied] == [
            queries.manned(later.event)[0].span.starts_at
        ]
        assert number


def test_what_is_wrong_with_a_shift_is_said(organiser: FlaskClient, stall: Stall) -> None:
    wrong: list[tuple[dict[str, object], str]] = [
        ({"most": 0}, "Write a number from 1 to 200."),
        ({"least": 3, "most": 2}, "There must be room for as many as it takes."),
        ({"starts": "2026-11-21T15:00"}, "Write both times, or neither."),
        ({"role": "king"}, "Not a valid choice"),
        ({"least": "many"}, "Not a valid integer value."),
    ]
    for said, sentence in wrong:
        right = {"role": "board", "least": 1, "most": 2}
        answer = send(organiser, f"{crew(stall)}/shifts", **(right | said))
        assert answer.status_code == 400, said
        assert sentence in answer.text, said


def test_a_shift_outside_its_event_or_smaller_than_its_people_is_refused(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        for name in ("Mina", "Jun"):
            confirmed(stall.board, name)
    page = f"/console/shifts/{stall.board}"
    said = {"role": "board", "least": 1, "most": 1}
    assert "More people are signed up" in followed(organiser, send(organiser, page, **said))
    outside = {"starts": "2026-11-21T13:00", "ends": "2026-11-21T15:00", "most": 4}
    answer = send(organiser, page, **(said | outside))
    assert "A shift lies within the hours of its event" in followed(organiser, answer)
    assert "Somebody is signed up" in followed(organiser, send(organiser, f"{page}/drop"))
    assert send(organiser, f"/console/shifts/{stall.lead}/drop").status_code == 303
    with app.app_context():
        assert session.get(Shift, stall.lead) is None
        assert session.get_one(Shift, stall.board).most == 2


def followed(client: FlaskClient, answer: object) -> str:
    """Read the page that a post leads to."""
    return client.get(getattr(answer, "location")).text  # noqa: B009 -- any answer


def test_organisers_confirm_decline_and_see_how_to_reach_people(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina, jun = asked(stall.board, "Mina"), asked(stall.board, "Jun", phone="010-1234-5678")
    page = organiser.get(crew(stall)).text
    assert "mina@example.org" in page
    assert "010-1234-5678" in page
    assert "Mina is confirmed." in followed(
        organiser, send(organiser, f"/console/sign-ups/{mina}/confirm")
    )
    send(organiser, f"/console/sign-ups/{jun}/decline")
    assert send(organiser, f"/console/sign-ups/{jun}/crown").status_code == 404
    with app.app_context():
        assert (state(mina), state(jun), seats(stall.board)) == ("confirmed", "declined", 1)
    assert "mina@example.org" in organiser.get("/console/volunteers/").text
    trail = "".join(deeds(app))
    assert "shift.confirmed" in trail


def test_nothing_of_a_volunteer_but_a_mark_stands_in_the_trail(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina = asked(stall.board, "Mina", email="mina@example.org")
    send(organiser, f"/console/sign-ups/{mina}/confirm")
    send(organiser, f"{crew(stall)}/people", shift=stall.tablet, alias="Jun",
         contact="010-1234-5678", language="ko")  # fmt: skip
    with app.app_context():
        said = "".join(str(row.detail) + row.subject for row in session.scalars(select(AuditEntry)))
    for mark in ("Mina", "Jun", "mina@", "1234-5678", stall.link):
        assert mark not in said


def test_only_organisers_see_volunteers(app: Flask, stall: Stall) -> None:
    with app.app_context():
        mina = asked(stall.board, "Mina")
        who = whose(mina)
    client = signed_in(app, "viewer", "finance", "administrator", name="Other")
    for path in (crew(stall), "/console/volunteers/", f"/console/volunteers/{who}"):
        assert client.get(path).status_code == 404
    for path in (f"/console/sign-ups/{mina}/confirm", f"{crew(stall)}/hours.csv"):
        assert send(client, path).status_code == 404


def test_the_link_is_made_shown_again_and_ended(
    app: Flask, organiser: FlaskClient, client: FlaskClient, stall: Stall
) -> None:
    def shown() -> list[str]:
        return re.findall(r"/v/([a-z0-9-]{14})<", organiser.get(crew(stall)).text)

    [first] = shown()
    assert client.get(f"/v/{first}").status_code == 200
    send(organiser, f"{crew(stall)}/link")
    [second] = shown()
    statuses = [client.get(f"/v/{link}").status_code for link in (first, second)]
    assert statuses == [404, 200]
    send(organiser, f"{crew(stall)}/link/end")
    assert shown() == []
    assert client.get(f"/v/{second}").status_code == 404


def test_the_page_of_an_event_leads_organisers_to_its_volunteers(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        asked(stall.board, "Mina")
    pages = [
        client.get(f"/console/events/{stall.event}").text
        for client in (organiser, signed_in(app, "viewer", name="Reader"))
    ]
    assert [f'href="{crew(stall)}"' in page for page in pages] == [True, False]
    for page in pages:
        assert "1 waits for an answer" in page
        assert "Mina" not in page


# Hours


def test_hours_go_out_as_a_file_that_no_spreadsheet_runs(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        evil, sol = confirmed(stall.board, "=1+1"), confirmed(stall.lead, "Lee")
        db.transact(lambda: services.set_portal_name(whose(sol), "이솔"))
    with clock.frozen(crewing.ENDS):
        organiser = signed_in(app, "organiser", name="Day")
        for number in (evil, sol):
            assert send(organiser, f"/console/sign-ups/{number}/hours", minutes=90).location
        answer = send(organiser, f"{crew(stall)}/hours.csv")
        period = {"first": "2026-11-21", "last": "2026-11-21"}
        same = send(organiser, "/console/volunteers/hours.csv", **period)
        day_before = {"first": "2026-11-20", "last": "2026-11-20"}
        none = send(organiser, "/console/volunteers/hours.csv", **day_before)
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert lines[0] == ["Date", "From", "Until", "Place", "Activity", "Task", "Name", "Hours"]
    assert lines[1][:3] == ["2026-11-21", "14:00", "18:00"]
    assert {line[6]: line[7] for line in lines[1:]} == {"'=1+1": "1.5", "이솔": "1.5"}
    assert sorted(same.data.splitlines()) == sorted(answer.data.splitlines())
    assert len(none.data.splitlines()) == 1
    assert deeds(app).count("hours.exported") == 3
    assert organiser.get(f"{crew(stall)}/hours.csv").status_code == 405


def test_a_period_that_is_none_is_said(organiser: FlaskClient) -> None:
    periods = ("0001-01-01 2026-01-01", "2026-01-01 9999-12-31", "2026-02-01 2026-01-01", "x y")
    for first, last in (period.split() for period in periods):
        answer = send(organiser, "/console/volunteers/hours.csv", first=first, last=last)
        assert answer.status_code == 400, (first, last)


def test_before_a_shift_begins_no_hours_are_confirmed(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
    answer = send(organiser, f"/console/sign-ups/{mina}/hours", minutes=60)
    assert "This shift has not begun yet." in followed(organiser, answer)


def test_a_volunteers_page_has_a_certificate_a_new_link_and_an_end(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
        who, old = whose(mina), crewing.token(mina)
    with clock.frozen(crewing.ENDS):
        organiser = signed_in(app, "organiser", name="Day")
        page = f"/console/volunteers/{who}"
        wanted = {"name": "Mina Kim", "language": "en"}
        assert send(organiser, f"{page}/certificate", **wanted).status_code == 404
        send(organiser, f"/console/sign-ups/{mina}/hours", minutes=90)
        answer = send(organiser, f"{page}/certificate", **wanted)
        assert answer.data.startswith(b"%PDF")
        assert send(organiser, f"{page}/certificate", name="").status_code == 400
        send(organiser, f"{page}/link")
        assert client.get(f"/en/my-shifts/{old}").status_code == 404
        assert send(organiser, f"{page}/forget").status_code == 303
        assert "no contact any more" in organiser.get(page).text
    with app.app_context():
        assert volunteers.contact_of(session.get_one(Volunteer, who)) == volunteers.NOBODY


# Kit


def test_a_kit_list_is_copied_packed_and_brought_back(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    kit = {"name": "Street stall", "lines": "Board 1\n\nTablet\nBoard 1\n  Tape ", "campaign_id": 0}
    assert send(organiser, "/console/volunteers/templates/kit/new", **kit).status_code == 303
    with app.app_context():
        [template] = session.scalars(select(Template))
    for _twice in range(2):
        send(organiser, f"{crew(stall)}/use/kit", template=template.id)
    with app.app_context():
        session.rollback()
        items = queries.kit_of(stall.event)
        assert [item.name for item in items] == ["Board 1", "Tablet", "Tape"]
        board, tablet, tape = (item.id for item in items)
    one = f"{crew(stall)}/kit/{board}"
    send(organiser, f"{one}/return")
    with app.app_context():
        assert session.get_one(KitItem, board).returned_at is None
    for deed in ("pack", "pack", "return"):
        assert send(organiser, f"{one}/{deed}").status_code == 303
    with app.app_context():
        session.rollback()
        found = session.get_one(KitItem, board)
        assert (found.packed_by, found.returned_by) == ("Sol", "Sol")
        assert found.packed_at == found.returned_at == crewing.NOW
    assert deeds(app).count("kit.pack") == 1
    send(organiser, f"{one}/unpack")
    send(organiser, f"{crew(stall)}/kit/{tape}/drop")
    assert send(organiser, f"{crew(stall)}/kit/{tape}/drop").status_code == 404
    other = crewing.stall(app, "hongdae")
    assert send(organiser, f"{crew(other)}/kit/{tablet}/pack").status_code == 404
    with app.app_context():
        session.rollback()
        left = [(item.name, item.packed_at) for item in queries.kit_of(stall.event)]
        assert left == [("Board 1", None), ("Tablet", None)]


def test_a_kit_template_is_put_right_and_thrown_away(
    app: Flask, organiser: FlaskClient, stall: Stall
) -> None:
    list_ = "/console/volunteers/templates/"
    said = {"name": "Stall", "lines": "Board", "campaign_id": 0}
    send(organiser, f"{list_}kit/new", **said)
    with app.app_context():
        [template] = session.scalars(select(Template))
    assert "Board" in organiser.get(f"{list_}kit/{template.id}").text
    assert (
        send(organiser, f"{list_}kit/{template.id}", **(said | {"lines": " \n"})).status_code == 400
    )
    send(organiser, f"{list_}kit/{template.id}", **(said | {"name": "Concert"}))
    page = organiser.get(list_).text
    assert "Concert" in page
    assert "<b>Stall</b>" not in page
    with app.app_context():
        session.rollback()
        [left] = session.scalars(select(Template))
    assert send(organiser, f"{list_}{left.id}/drop").status_code == 303
    assert send(organiser, f"{list_}{left.id}/drop").status_code == 404
