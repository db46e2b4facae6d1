"""What volunteers open on their phones, and what nobody else may find there."""

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import icalendar
import pypdf
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core import clock, db
from campaign_app.core.access import Audience, audience_of
from campaign_app.core.db import session
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere
from campaign_app.shifts import services, volunteers
from campaign_app.shifts.models import SignUp, Volunteer
from tests import given, urls
from tests.conformance.linter import lint
from tests.shifts import crewing
from tests.shifts.crewing import Stall, confirmed, seats, state, token, whose


def fields(page: TestResponse) -> dict[str, str]:
    """Carry what the page carries for the browser."""
    [key] = re.findall(r'name="form_key"[^>]*value="([^"]+)"', page.text)
    return {"form_key": key}


def ask(client: FlaskClient, stall: Stall, wanted: int, **said: str) -> TestResponse:
    """Open the link of a chat, fill the page in, send it."""
    page = client.get(f"/v/{stall.link}?lang=en")
    typed = {"shift": str(wanted), "alias": "Mina", "contact": "mina@example.org", "speaks": "ko"}
    return client.post(f"/v/{stall.link}?lang=en", data=fields(page) | typed | said)


def own_page(app: Flask, number: object) -> str:
    with app.app_context():
        return f"/en/my-shifts/{token(number)}"  # type: ignore[arg-type]  # a sign-up's number


def act(client: FlaskClient, page: str, deed: str, number: object) -> TestResponse:
    return client.post(f"{page}/{deed}/{number}", follow_redirects=True)


def test_the_link_of_a_chat_shows_the_event_and_its_shifts_and_nobody(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        confirmed(stall.lead, "Sol")
    page = client.get(f"/v/{stall.link}?lang=fr").text
    assert "Samedi à Yonsei" in page
    assert "Sol" not in page
    assert 'value="' + str(stall.lead) + '" disabled' in page
    assert client.get(f"/v/{stall.link.upper()[:4]}-{stall.link[4:]}").status_code == 200


def test_whoever_leaves_a_number_lands_on_their_own_page(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    answer = ask(client, stall, stall.board, contact="010-1234-5678", alias="소라")
    assert answer.status_code == 303
    assert answer.location.startswith("/en/my-shifts/")
    page = client.get(answer.location).text
    assert "소라" in page
    assert "Waiting for an answer" in page
    assert "010-1234-5678" not in page
    with app.app_context():
        [row] = session.query(SignUp)
        assert (row.shift_id, row.state, row.volunteer.speaks) == (stall.board, "asked", ["ko"])
        assert volunteers.contact_of(row.volunteer).phone == "010-1234-5678"
    given.send_mail(app)
    assert given.mails(app) == []


def test_whoever_leaves_a_mailbox_finds_the_link_there_and_nowhere_else(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    answer = ask(client, stall, stall.board)
    assert answer.status_code == 200
    assert "my-shifts" not in answer.text
    given.send_mail(app)
    [mail] = given.mails(app)
    assert "We have your sign-up: Saturday at Yonsei" in mail["Subject"]
    assert "Hello Mina" in client.get(given.link_of(mail)).text


def test_a_stranger_who_types_a_volunteers_mailbox_reads_the_same_as_everybody(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    new = ask(client, stall, stall.board, alias="X", contact="new@example.org")
    with app.app_context():
        confirmed(stall.lead, "Mina", email="mina@example.org")
    known = ask(client, stall, stall.tablet, alias="X", contact="mina@example.org")
    assert (new.status_code, new.data) == (known.status_code, known.data)
    with app.app_context():
        assert seats(stall.tablet) == 0


def test_a_page_sent_twice_leads_to_the_same_link(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    data = fields(client.get(f"/v/{stall.link}")) | {
        "shift": str(stall.board),
        "alias": "Mina",
        "contact": "01012345678",
    }
    first, again = (client.post(f"/v/{stall.link}?lang=en", data=data) for _ in range(2))
    assert first.location == again.location
    with app.app_context():
        assert seats(stall.board) == 1


def test_what_is_wrong_is_said_and_nothing_is_lost(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"shift": ""}, "Choose a shift that still has room."),
        ({"shift": "999"}, "Choose a shift that still has room."),
        ({"alias": "  "}, "Say what we may call you."),
        ({"alias": "x" * 61}, "Please write 60 letters at most."),
        ({"contact": ""}, "Write an e-mail address or a phone number"),
        ({"contact": "mina@"}, "Write an e-mail address or a phone number"),
        ({"contact": "12345"}, "Write an e-mail address or a phone number"),
        ({"contact": "call me maybe 0101234567"}, "Write an e-mail address or a phone number"),
        ({"alias": "a\x00b"}, "This contains a character that cannot be shown."),
    ]
    for said, sentence in wrong:
        answer = ask(client, stall, stall.board, **said)
        assert answer.status_code == 400, said
        assert sentence in answer.text, said
        assert ("contact" in said) or ("mina@example.org" in answer.text)
    with app.app_context():
        assert session.query(Volunteer).count() == 0


def test_a_shift_that_fills_up_meanwhile_is_said_and_others_offered(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    data = fields(client.get(f"/v/{stall.link}")) | {
        "shift": str(stall.lead),
        "alias": "Mina",
        "contact": "mina@example.org",
    }
    with app.app_context():
        confirmed(stall.lead, "Sol")
    answer = client.post(f"/v/{stall.link}?lang=en", data=data)
    assert answer.status_code == 400
    assert "Choose a shift that still has room." in answer.text


def test_wrong_old_and_ended_links_are_the_same_page(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
        old_own = token(mina)
        db.transact(lambda: services.renew_personal_link(whose(mina)))
        db.transact(lambda: services.open_link(stall.event))
    never, old = (client.get(f"/v/{link}") for link in ("a" * len(stall.link), stall.link))
    assert (never.status_code, never.data) == (old.status_code, old.data)
    assert old.status_code == 404
    assert 'name="shift"' not in old.text
    pages = [client.get(f"/en/my-shifts/{link}") for link in ("x" * 32, old_own)]
    texts = {page.text.replace(old_own, "x" * 32) for page in pages}
    assert {page.status_code for page in pages} == {404}
    assert len(texts) == 1
    assert "Mina" not in texts.pop()


def test_no_one_acts_through_anothers_link(app: Flask, client: FlaskClient, stall: Stall) -> None:
    with app.app_context():
        mina, jun = confirmed(stall.board, "Mina"), confirmed(stall.board, "Jun")
    page = own_page(app, mina)
    for deed in ("cancel", "offer", "keep", "take", "promote"):
        status = act(client, page, deed, jun).status_code
        assert status in {404, 409}, deed
        assert act(client, page, deed, uuid4()).status_code == 404
    assert client.get(f"{page}/{jun}.ics").status_code == 404
    with app.app_context():
        assert (state(mina), state(jun)) == ("confirmed", "confirmed")


def test_a_volunteer_offers_another_takes_and_both_pages_say_so(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    later = crewing.stall(app, "hongdae", days=7)
    with app.app_context():
        mina, jun = confirmed(stall.board, "Mina"), confirmed(later.board, "Jun")
    minas, juns = own_page(app, mina), own_page(app, jun)
    assert "You offer it to the others" in act(client, minas, "offer", mina).text
    page = client.get(juns).text
    assert "Others look for somebody" in page
    assert "Mina" not in page
    assert "The shift is yours now." in act(client, juns, "take", mina).text
    assert "Saturday at Yonsei" not in client.get(minas).text.partition("Where hands")[0]
    # Twice in a row, as when a thumb is impatient.
    assert act(client, juns, "take", mina).status_code == 409


def test_a_volunteer_who_is_known_joins_with_one_tap(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    later = crewing.stall(app, "hongdae", days=7)
    with app.app_context():
        page = own_page(app, confirmed(stall.board, "Mina"))
        stranger = own_page(app, crewing.asked(stall.board, "Stranger"))
    assert f"/join/{later.board}" in client.get(page).text
    assert f"/join/{stall.tablet}" not in client.get(page).text
    assert "/join/" not in client.get(stranger).text
    answer = client.post(f"{page}/join/{later.board}", follow_redirects=True)
    assert "An organiser will confirm your shift." in answer.text
    assert client.post(f"{page}/join/{later.board}").status_code == 303
    assert client.post(f"{page}/join/{later.tablet}").status_code == 409
    with app.app_context():
        assert (seats(later.board), seats(later.tablet)) == (1, 0)


def test_cancelling_frees_the_seat_and_says_thank_you(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina = confirmed(stall.tablet, "Mina")
    page = own_page(app, mina)
    assert "Thank you for telling us." in act(client, page, "cancel", mina).text
    with app.app_context():
        assert seats(stall.tablet) == 0
    assert act(client, page, "offer", mina).status_code == 409


def test_looking_changes_nothing(app: Flask, client: FlaskClient, stall: Stall) -> None:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
    page = own_page(app, mina)
    for path in (f"{page}/cancel/{mina}", f"{page}/offer/{mina}", f"{page}/join/{stall.tablet}"):
        assert client.get(path).status_code == 405
    assert client.get(page).status_code == 200
    with app.app_context():
        assert state(mina) == "confirmed"


def test_the_page_says_what_changed_at_once(app: Flask, client: FlaskClient, stall: Stall) -> None:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
        page = own_page(app, mina)
        db.transact(lambda: changing.move(stall.event, Elsewhere(starts_local="2026-11-22T14:00")))
    for path in (page, f"/v/{stall.link}?lang=en"):
        text = client.get(path).text
        assert "November 22" in text
        assert "no longer on" in text


def test_the_calendar_entry_keeps_its_name_and_goes_with_the_event(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
    page = own_page(app, mina)

    def entry() -> Any:
        answer = client.get(f"{page}/{mina}.ics")
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert lint(answer.data) == []
        [found] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
        return found

    before = entry()
    assert before.decoded("dtstart") == crewing.STARTS
    assert before["status"] == "CONFIRMED"
    with app.app_context():
        db.transact(lambda: changing.move(stall.event, Elsewhere(starts_local="2026-11-22T14:00")))
    after = entry()
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == crewing.STARTS + timedelta(days=1)
    act(client, page, "cancel", mina)
    assert entry()["status"] == "CANCELLED"


def test_hours_and_a_certificate_with_a_name_that_is_kept_nowhere(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        mina = confirmed(stall.board, "Mina")
        page = own_page(app, mina)
        assert client.post(f"{page}/certificate", data={"name": "김미나"}).status_code == 404
        with clock.frozen(crewing.ENDS):
            db.transact(lambda: services.confirm_hours(mina, 210, by="Sol"))
    assert "3.5" in client.get(page).text
    wrong = client.post(f"{page}/certificate", data={"name": " ", "language": "ko"})
    assert wrong.status_code == 400
    assert "Write the name that the certificate is for." in wrong.text
    answer = client.post(f"{page}/certificate", data={"name": "김미나", "language": "ko"})
    assert answer.content_type == "application/pdf"
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    for said in ("김미나", "토요일 연세대", "3.5", "2026. 11. 21."):
        assert said in text
    with app.app_context():
        session.rollback()
        rows = [str(row.__dict__) for row in session.query(Volunteer)]
        assert "김미나" not in "".join(rows)


def test_a_name_for_the_portal_is_closed_and_comes_back(
    app: Flask, client: FlaskClient, stall: Stall
) -> None:
    with app.app_context():
        page = own_page(app, confirmed(stall.board, "Mina"))
    answer = client.post(
        f"{page}/portal-name", data={"portal_name": "김미나"}, follow_redirects=True
    )
    assert "김미나" in answer.text
    with app.app_context():
        [row] = session.query(Volunteer)
        assert "김미나".encode() not in (row.contact or b"")
        assert volunteers.contact_of(row).portal_name == "김미나"
        assert volunteers.contact_of(row).email == "mina@example.org"


def test_no_public_page_names_a_volunteer(app: Flask, client: FlaskClient, stall: Stall) -> None:
    world = given.world(app)
    with app.app_context():
        confirmed(stall.board, "Aliasofmina", phone="010-9876-5432")
    paths = {f"/v/{stall.link}", f"/en/events/{stall.letters}"}
    for rule in app.url_map.iter_rules():
        if audience_of(app.view_functions[rule.endpoint]) is not Audience.PERSON:
            paths |= set(urls.of(app, rule, world))
    told = []
    for path in sorted(paths | {path.replace("zzzzzzzz", stall.letters) for path in paths}):
        text = client.get(path).text
        told += [path for mark in ("Aliasofmina", "9876-5432") if mark in text]
    assert told == []
