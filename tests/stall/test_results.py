"""What came of an event: exact for us, careful in public; incidents closed, photos only by consent."""

from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.files import StoredFile
from campaign_app.core.wall_clock import this_hour
from campaign_app.petitions import tally
from campaign_app.petitions.states import BY_MAIL
from campaign_app.qr.queries import standing
from campaign_app.shifts import services as crew
from campaign_app.shifts.services import ShiftPlan
from campaign_app.stall import incidents
from campaign_app.stall.models import EventPhoto, EventResult, Incident
from tests.accounts.people import send, signed_in
from tests.shifts import crewing
from tests.stall.conftest import Stall, picture

WORDS = "Two men filmed the volunteers at the second board."


def add_photo(client: FlaskClient, stall: Stall, faces: str) -> int:
    """Send a photo from the lead's phone."""
    fields = {"photo": (picture(), "stall.jpg"), "alt": "Our table at dusk", "faces": faces}
    return client.post(f"{stall.page}after/photo", data=fields).status_code


def only_photo() -> EventPhoto:
    session.rollback()
    return session.scalars(select(EventPhoto)).one()


def say(
    desk: FlaskClient, number: int, faces: str, *, shown: bool, alt: str = "Our table at dusk"
) -> int:
    """Say in the console what a photo shows and who may see it."""
    fields = {"faces": faces, "alt_en": alt} | ({"shown": "y"} if shown else {})
    return send(desk, f"/console/events/photos/{number}", **fields).status_code


def sign(app: Flask, stall: Stall, people: int) -> None:
    """Let people sign at the board, proved."""
    with app.app_context():
        placement = standing(stall.world.code_id)
        assert placement is not None
        cell = (stall.world.petition_id, placement.id, this_hour(), "en", "KR", BY_MAIL, people)
        transact(partial(tally.add, [cell]))


@pytest.fixture
def over(stall: Stall, app: Flask, client: FlaskClient) -> Stall:
    """End the event."""
    stall.open(client)
    assert client.post(f"{stall.page}say/stop", data={"reason": ""}).status_code == 303
    return stall


# Numbers


def test_the_lead_says_how_many_stopped_to_talk(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    path = f"{stall.page}after/people"
    assert client.post(path, data={"talked_to": "140"}).status_code == 303
    for wrong in ("-1", "100001", "many"):
        assert client.post(path, data={"talked_to": wrong}).status_code == 400
    with app.app_context():
        assert session.get_one(EventResult, stall.event).talked_to == 140
    assert 'value="140"' in client.get(f"{stall.page}after").text


def test_results_count_boards_visits_and_hours(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    sign(app, stall, 7)
    with app.app_context():
        shift = transact(
            lambda: crew.add_shift(stall.event, ShiftPlan(role="board", least=1, most=1)).id
        )
        number = crewing.confirmed(shift, "Bora")
        transact(partial(crew.confirm_hours, number, 150))
    desk = signed_in(app, "organiser")
    page = desk.get(f"/console/events/{stall.event}/results").text
    assert "Board 2" in page
    assert "2:30" in page
    assert "<dd>7" in page
    assert "Bora" not in page


def test_the_public_reads_numbers_that_point_at_nobody(
    over: Stall, app: Flask, client: FlaskClient
) -> None:
    event = f"/en/events/{over.letters}"
    assert "signed “" not in client.get(event).text
    sign(app, over, 3)
    assert "signed “" not in client.get(event).text
    sign(app, over, 40)
    page = client.get(event).text
    assert "43 people signed “Close the camps” here." in page
    assert page.index("What came of it") < page.index("In your calendar")


def test_nothing_is_said_of_an_event_that_is_not_over(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    sign(app, stall, 40)
    with app.app_context():
        transact(
            lambda: session.add(EventResult(event_id=stall.event, words={"en": "It was warm."}))
        )
    event = f"/en/events/{stall.letters}"
    assert "It was warm." not in client.get(event).text
    with clock.frozen(clock.now() + timedelta(hours=6)):
        assert "It was warm." in client.get(event).text


def test_an_organiser_writes_what_everybody_may_read(
    over: Stall, app: Flask, client: FlaskClient
) -> None:
    desk = signed_in(app, "organiser")
    path = f"/console/events/{over.event}/results"
    fields = {"words_en": "It rained, <b>and</b> people stayed.", "talked_to": "1"}
    assert send(desk, path, **fields).status_code == 303
    page = client.get(f"/en/events/{over.letters}").text
    assert "It rained, &lt;b&gt;and&lt;/b&gt; people stayed." in page
    assert "About 1 person stopped to talk." in page
    assert 'lang="en"' in client.get(f"/ko/events/{over.letters}").text
    assert send(desk, path, words_en="x" * 1001).status_code == 400


# Incidents


def test_an_incident_is_closed_and_never_shown_to_the_phone_again(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    path = f"{stall.page}after/incident"
    assert client.post(path, data={"kind": "threat", "words": WORDS}).status_code == 303
    assert client.post(path, data={"kind": "threat", "words": " "}).status_code == 400
    assert client.post(path, data={"kind": "nonsense", "words": WORDS}).status_code == 400

    page = client.get(f"{stall.page}after").text
    assert "Somebody was threatened or followed" in page
    assert WORDS not in page
    with app.app_context():
        incident = session.scalars(select(Incident)).one()
        assert WORDS.encode() not in incident.words
        assert incidents.words_of(incident) == WORDS
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "incident.noted"))
        assert [one.detail for one in entry] == [{"kind": "threat", "by": "Haneul"}]


def test_only_organisers_read_incidents_and_delete_them(stall: Stall, app: Flask) -> None:
    with app.app_context():
        transact(partial(incidents.note, stall.event, "police", WORDS, by="Haneul"))
        number = session.scalars(select(Incident.id)).one()
    path = f"/console/events/{stall.event}/results"
    assert signed_in(app, "viewer", name="Vera").get(path).status_code == 404
    desk = signed_in(app, "organiser", name="Sol")
    assert WORDS in desk.get(path).text
    remove = f"/console/events/{stall.event}/incidents/{number}/remove"
    assert desk.post(remove).status_code == 400  # without the token
    assert send(desk, remove).status_code == 303
    assert WORDS not in desk.get(path).text


# Photos


def test_a_photo_is_seen_by_nobody_before_an_organiser_shows_it(
    over: Stall, app: Flask, client: FlaskClient
) -> None:
    assert add_photo(client, over, "nobody") == 303
    with app.app_context():
        photo = only_photo()
        number, file = photo.id, session.get_one(StoredFile, photo.file_id)
        assert file.private
        assert b"JFIF" not in file.content
    public = app.test_client()
    assert public.get(f"/files/{file.id}").status_code == 404
    assert public.get(f"{over.page}photos/{number}").mimetype == "text/html"  # the PIN
    assert "Our table" not in public.get(f"/en/events/{over.letters}").text
    mine = client.get(f"{over.page}photos/{number}")
    assert mine.headers["Cache-Control"] == "no-store"
    assert b"Camera of somebody" not in mine.data

    desk = signed_in(app, "organiser")
    assert say(desk, number, "nobody", shown=True) == 303

    assert "Our table at dusk" in public.get(f"/en/events/{over.letters}").text
    with app.app_context():
        assert public.get(f"/files/{only_photo().file_id}").mimetype == "image/jpeg"


def test_a_face_without_consent_is_never_shown_and_consent_can_be_taken_back(
    over: Stall, app: Flask, client: FlaskClient
) -> None:
    assert add_photo(client, over, "not_asked") == 303
    with app.app_context():
        number = only_photo().id
    desk = signed_in(app, "organiser")
    page = f"/en/events/{over.letters}"
    assert say(desk, number, "not_asked", shown=True) == 400
    assert "Our table" not in client.get(page).text

    assert say(desk, number, "agreed", shown=True) == 303
    with app.app_context():
        address = f"/files/{only_photo().file_id}"
    assert client.get(address).status_code == 200

    assert say(desk, number, "not_asked", shown=False) == 303
    assert client.get(address).status_code == 404
    assert "Our table" not in client.get(page).text
    with app.app_context():
        assert session.get_one(StoredFile, only_photo().file_id).private
        assert session.query(StoredFile).count() == 1


def test_a_flag_set_behind_our_back_shows_nothing(
    over: Stall, app: Flask, client: FlaskClient
) -> None:
    """The file itself must be public, too."""
    add_photo(client, over, "not_asked")
    with app.app_context():
        number = only_photo().id

        def forge() -> None:
            photo = session.get_one(EventPhoto, number)
            photo.shown = photo.agreed = True

        transact(forge)
    assert "Our table" not in client.get(f"/en/events/{over.letters}").text


def test_what_is_no_picture_or_says_too_little_is_refused(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    path = f"{stall.page}after/photo"
    right = {"alt": "Our table", "faces": "nobody"}
    for wrong in (
        right,
        right | {"photo": (BytesIO(b"no picture"), "x.jpg")},
        {"photo": (picture(), "x.jpg"), "alt": "", "faces": "nobody"},
        {"photo": (picture(), "x.jpg"), "alt": "Our table"},
    ):
        assert client.post(path, data=wrong).status_code == 400
    with app.app_context():
        assert session.query(EventPhoto).count() == 0
        assert session.query(StoredFile).count() == 0


def test_a_photo_can_be_removed_by_who_leads_that_event(
    stall: Stall, app: Flask, client: FlaskClient
) -> None:
    stall.open(client)
    add_photo(client, stall, "nobody")
    with app.app_context():
        number = only_photo().id
    assert client.post(f"{stall.page}photos/999/remove").status_code == 404
    assert client.post(f"{stall.page}photos/{number}/remove").status_code == 303
    with app.app_context():
        assert session.query(EventPhoto).count() == session.query(StoredFile).count() == 0
