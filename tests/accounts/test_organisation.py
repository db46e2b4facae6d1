"""What an organisation says of itself: changed on one page, true everywhere, remembered, and harmless."""

import io
import re
import threading
from collections import defaultdict
from dataclasses import replace
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin
from werkzeug.test import TestResponse

from campaign_app import create_app
from campaign_app.accounts import organisation
from campaign_app.audit.models import AuditEntry
from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.settings import facts, look_again, settings
from campaign_app.core.settings import organisation as name_of
from campaign_app.petitions.models import ConsentPart
from campaign_app.petitions.signing_models import GivenConsent
from config import Config
from tests import given
from tests.accounts.people import signed_in, token_in

PAGE = "/console/settings/organisation"
SAID = {
    "name_ko": "창문지기",
    "name_en": "Window Watch",
    "name_fr": "",
    "country": "CH",
    "address": "Rue du Lac 1\n\n  1200   Genève ",
    "privacy_contact": "privacy@window.example.org",
    "sender_name": 'Window "Watch", 창문지기',
    "sender_address": "sign@window.example.org",
    "smallest_age": "16",
    "languages": ["ko", "en"],
    "host_name": "Berg Hosting",
    "host_country": "CH",
    "mail_name": "Mail & Co",
    "mail_country": "DE",
    "other_processors": "",
    "authority": "",
}


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    return signed_in(app, "administrator", name="Admin")


def save(client: FlaskClient, **changes: Any) -> TestResponse:
    token = token_in(client.get(PAGE))
    return client.post(PAGE, data={"csrf_token": token, **SAID, **changes})


def send_mark(client: FlaskClient, content: bytes, name: str = "mark.png") -> TestResponse:
    token = token_in(client.get(PAGE))
    sent = {"csrf_token": token, "mark": (io.BytesIO(content), name)}
    return client.post(f"{PAGE}/mark", data=sent, content_type="multipart/form-data")


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 33, 61)).save(out, kind, **more)
    return out.getvalue()


def test_without_a_row_the_environment_speaks(app: Flask) -> None:
    with app.app_context():
        assert settings() == app.config["LANTERN"]
        assert name_of("ko") == name_of("en") == "PSCORE"
        assert (facts().sender_name, facts().sender_address) == ("PSCORE", "petition@localhost")


def test_the_page_begins_with_what_the_environment_says(administrator: FlaskClient) -> None:
    page = administrator.get(PAGE).text
    assert 'value="petition@localhost"' in page
    assert 'value="14"' in page


def test_what_is_saved_stands_on_pages_and_mails_in_each_language(
    app: Flask, client: FlaskClient, administrator: FlaskClient
) -> None:
    world = given.world(app)
    assert save(administrator).status_code == 303
    assert "– 창문지기</title>" in client.get("/ko/").text
    assert "– Window Watch</title>" in client.get("/en/").text
    assert "mailto:privacy@window.example.org" in client.get("/en/").text
    given.sign(client, f"/ko/petitions/{world.slug}")
    given.send_mail(app)
    (mail,) = given.mails(app)
    assert mail["From"].addresses[0].display_name == 'Window "Watch", 창문지기'
    assert mail["From"].addresses[0].addr_spec == "sign@window.example.org"
    assert "창문지기" in mail["Subject"]
    with app.app_context():
        assert facts().address == "Rue du Lac 1\n1200 Genève"


def test_another_process_says_it_within_two_seconds(
    app: Flask, config: Config, administrator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = create_app(config)
    with other.app_context():
        assert name_of("en") == "PSCORE"
        save(administrator)
        asked = settings.__globals__["_current"]()
        later = asked._answer.until + 0.001
        assert later - 2 < asked._answer.until
        monkeypatch.setattr("campaign_app.core.organisation.time.monotonic", lambda: later)
        assert name_of("en") == "Window Watch"
        db.db.engine.dispose()


def test_a_database_that_is_away_leaves_what_was_known(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        look_again()
        assert name_of("en") == "PSCORE"
        assert settings().languages == ("ko", "en", "fr")


def test_a_language_taken_away_is_offered_no_longer_but_its_links_still_lead_somewhere(
    app: Flask, client: FlaskClient, administrator: FlaskClient
) -> None:
    world = given.world(app)
    given.sign(client, f"/fr/petitions/{world.slug}")
    save(administrator)
    assert 'href="/fr/"' not in client.get("/en/").text
    assert client.get(f"/fr/petitions/{world.slug}").status_code == 404
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "fr"}).text
    given.send_mail(app)
    link = given.link_of(given.mails(app)[0])
    assert link.startswith("/fr/")
    assert client.post(link).status_code == 200
    assert given.counted(app, world.petition_id) == (1, 0)


def test_what_was_signed_stays_word_for_word(
    app: Flask, client: FlaskClient, administrator: FlaskClient
) -> None:
    world = given.world(app)
    path = f"/en/petitions/{world.slug}"
    given.sign(client, path, "before@example.org")
    with app.app_context():
        before = {p.id: (p.wording, p.sha256, p.retired_at) for p in session.query(ConsentPart)}
    save(administrator)
    assert "16 or older" not in client.get(path).text
    given.sign(client, path, "after@example.org")
    with app.app_context():
        after = {p.id: (p.wording, p.sha256, p.retired_at) for p in session.query(ConsentPart)}
        signed: dict[object, set[int]] = defaultdict(set)
        for row in session.query(GivenConsent):
            signed[row.signature_id].add(row.part_id)
    assert before == after
    assert len(signed) == 2
    assert len({frozenset(parts) for parts in signed.values()}) == 1


def test_the_consent_page_marks_what_it_says_otherwise(
    app: Flask, administrator: FlaskClient
) -> None:
    world = given.world(app)
    page = f"/console/petitions/{world.petition_id}/consents?lang=en"
    before = administrator.get(page).text.count("notice warn")
    save(administrator)
    assert administrator.get(page).text.count("notice warn") > before


def test_the_trail_says_which_facts_changed_and_not_what_they_say(
    app: Flask, administrator: FlaskClient
) -> None:
    save(administrator)
    save(administrator)
    with app.app_context():
        deeds = session.query(AuditEntry).filter_by(action="organisation.changed").all()
    assert len(deeds) == 1
    assert deeds[0].actor == "Admin"
    assert {"names", "address", "smallest_age"} <= set(deeds[0].detail["fields"])
    assert "Genève" not in str(deeds[0].detail)
    assert (
        "changed what the organisation says of itself" in administrator.get("/console/audit/").text
    )


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("name_ko", "x" * 121),
        ("name_en", "a\0b"),
        ("privacy_contact", "nobody"),
        ("sender_address", "mina@exämple.org"),
        ("sender_address", "a@b.example\r\nBcc: c@d.example"),
        ("smallest_age", "12"),
        ("smallest_age", "٣"),
        ("languages", ["tlh"]),
        ("country", "XX"),
        ("address", "x" * 1001),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_kept(
    app: Flask, administrator: FlaskClient, name: str, wrong: Any
) -> None:
    answer = save(administrator, **{name: wrong})
    assert answer.status_code == 400
    assert 'class="summary"' in answer.text
    with app.app_context():
        assert settings() == app.config["LANTERN"]


def test_one_language_and_one_name_are_needed(administrator: FlaskClient) -> None:
    assert save(administrator, name_ko="", name_en=" ").status_code == 400
    assert save(administrator, languages=[]).status_code == 400


@pytest.mark.parametrize("role", ["organiser", "viewer"])
def test_the_page_is_unknown_to_those_who_do_not_administer(app: Flask, role: str) -> None:
    client = signed_in(app, role)
    for path in (PAGE, f"{PAGE}/mark", f"{PAGE}/mark/remove", "/console/settings/start-empty/"):
        assert client.get(path).status_code in (404, 405)
        assert client.post(path).status_code == 404


def test_a_mark_is_drawn_anew_and_nothing_of_the_file_stays(
    app: Flask, client: FlaskClient, administrator: FlaskClient
) -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", "Mina Kim, Seoul")
    assert send_mark(administrator, picture(pnginfo=note) + b"<script>").status_code == 303
    found = re.search(r'<img src="(/mark/[0-9a-f]+\.png)"', client.get("/en/").text)
    assert found
    answer = client.get(found[1])
    assert answer.content_type == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"Mina" not in answer.data
    assert b"script" not in answer.data
    assert len(answer.data) < 12_000
    with Image.open(io.BytesIO(answer.data)) as drawn:
        assert drawn.height <= 64
    token = token_in(administrator.get(PAGE))
    administrator.post(f"{PAGE}/mark/remove", data={"csrf_token": token})
    assert client.get(found[1]).status_code == 404
    assert "<img" not in client.get("/en/").text


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_other_pictures_become_the_same_kind(administrator: FlaskClient, kind: str) -> None:
    assert send_mark(administrator, picture(kind)).status_code == 303


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        picture()[:60],
        picture(size=(4000, 4000)),
        picture("BMP", (20, 20)),
    ],
    ids=["nothing", "text", "svg", "cut off", "enormous", "another kind"],
)
def test_what_is_no_picture_is_refused_in_words(
    app: Flask, administrator: FlaskClient, content: bytes
) -> None:
    answer = send_mark(administrator, content)
    assert answer.status_code == 400
    assert 'class="error"' in answer.text
    with app.app_context():
        look_again()
        assert facts().mark_hash == ""


def test_saving_the_facts_keeps_the_mark(app: Flask, administrator: FlaskClient) -> None:
    send_mark(administrator, picture())
    save(administrator)
    with app.app_context():
        assert facts().mark_hash
        assert organisation.mark_of(facts().mark_hash)


def test_two_who_save_first_in_the_same_moment_leave_one_row(app: Flask) -> None:
    start = threading.Barrier(2)

    def save_age(age: int) -> None:
        with app.app_context():
            said = replace(facts(), smallest_age=age)
            start.wait()
            db.transact(lambda: organisation.change(said))
            session.remove()

    threads = [threading.Thread(target=save_age, args=(age,)) for age in (15, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        look_again()
        assert settings().smallest_age in (15, 17)
        assert session.query(AuditEntry).filter_by(action="organisation.changed").count() == 2
