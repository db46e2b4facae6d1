"""Pages about us that organisers write: drafts stay ours, and the public reads how far to trust them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign_app.accounts.models import Person
from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session, transact
from campaign_app.home import services
from campaign_app.home.facts import Written
from campaign_app.home.models import LIVE, PageText
from tests.accounts.people import send, signed_in
from tests.concurrency.test_races import all_at_once

ABOUT = "/console/pages/about/en"
ALONE = "One person alone approved this text."
WORDS = {
    "title": "A long memory",
    "lead": "We work for those who cannot ask themselves.",
    "body": "## What we do\n\nWe **ask**. <script>alert(1)</script>",
    "source": "0",
    "origin": "human",
    "seen": "0",
}


@pytest.fixture
def author(app: Flask) -> FlaskClient:
    return signed_in(app, "organiser", name="Author")


def written(by: FlaskClient, path: str = ABOUT, **changes: str) -> TestResponse:
    return send(by, path, **(WORDS | changes))


def newest(app: Flask) -> int:
    with app.app_context():
        found = session.scalars(select(PageText.id).order_by(PageText.id.desc()).limit(1)).one()
        return int(found)


def published(by: FlaskClient, app: Flask) -> TestResponse:
    return send(by, f"/console/pages/texts/{newest(app)}/publish")


def test_a_draft_is_seen_by_nobody_outside(
    app: Flask, author: FlaskClient, client: FlaskClient
) -> None:
    assert written(author).status_code == 303
    assert "A long memory" not in client.get("/en/about").text
    assert "A long memory" in author.get(ABOUT).text


def test_what_one_person_published_says_so_until_another_has_read_it(
    app: Flask, author: FlaskClient, client: FlaskClient
) -> None:
    written(author)
    assert published(author, app).status_code == 303
    page = client.get("/en/about").text
    assert "<h1>A long memory</h1>" in page
    assert "<strong>ask</strong>" in page
    assert "<script>" not in page
    assert ALONE in page
    own = send(author, f"/console/pages/texts/{newest(app)}/read")
    assert own.status_code == 409
    assert ALONE in client.get("/en/about").text
    reader = signed_in(app, "organiser", name="Reader")
    assert send(reader, f"/console/pages/texts/{newest(app)}/read").status_code == 303
    assert ALONE not in client.get("/en/about").text


def test_a_second_person_who_publishes_has_read_it(
    app: Flask, author: FlaskClient, client: FlaskClient
) -> None:
    written(author, origin="machine")
    published(signed_in(app, "organiser", name="Reader"), app)
    page = client.get("/en/about").text
    assert ALONE not in page
    assert "A machine drafted this text." in page


def test_a_newer_version_takes_the_place_of_the_older_one_which_stays_in_the_history(
    app: Flask, author: FlaskClient, client: FlaskClient
) -> None:
    written(author)
    published(author, app)
    written(author, title="A longer memory", seen="1")
    assert "A long memory" in client.get("/en/about").text
    published(author, app)
    assert "A longer memory" in client.get("/en/about").text
    with app.app_context():
        states = session.scalars(select(PageText.state).order_by(PageText.revision)).all()
    assert states == ["replaced", LIVE]


def test_a_translation_says_that_its_source_is_newer(
    app: Flask, author: FlaskClient, client: FlaskClient
) -> None:
    behind = "A newer version of this text exists in another language."
    french = "/console/pages/about/fr"
    written(author, french, title="Une mémoire")
    published(author, app)
    written(author, source=str(newest(app)))
    published(author, app)
    assert behind not in client.get("/en/about").text
    written(author, french, title="Une longue mémoire", seen="1")
    published(author, app)
    assert behind in client.get("/en/about").text
    assert "behind its source" in author.get("/console/pages/").text


def test_a_language_without_words_shows_those_there_are_and_says_so(
    app: Flask, author: FlaskClient, client: FlaskClient
) -> None:
    written(author, "/console/pages/about/ko", title="오래 기억하는 단체")
    published(author, app)
    page = client.get("/fr/about").text
    assert '<header class="opening" lang="ko" dir="ltr">' in page
    assert "한국어" in page.partition("</header>")[2].partition("<footer")[0]


def test_two_who_write_at_once_do_not_overwrite_each_other(app: Flask, author: FlaskClient) -> None:
    other = signed_in(app, "organiser", name="Other")
    assert written(author).status_code == 303
    late = written(other, title="Another memory")
    assert late.status_code == 409
    assert "Another memory" in late.text
    assert "Somebody has written a newer version meanwhile." in late.text
    with app.app_context():
        assert session.query(PageText).count() == 1


def test_of_many_who_save_in_one_moment_one_is_kept_and_the_others_are_told(
    app: Flask, author: FlaskClient
) -> None:
    author_id = author_of(app)

    def save(number: int) -> str:
        said = Written(page="about", language="en", title=f"No. {number}", lead="We.", body="")
        try:
            with app.app_context():
                transact(lambda: services.write(said, author_id, seen=0))
        except services.NotTheNewest:
            return "told"
        return "kept"

    assert sorted(all_at_once(save, 6)) == ["kept", *["told"] * 5]
    with app.app_context():
        assert session.query(PageText).count() == 1


def test_many_who_publish_in_one_moment_leave_one_text_on_the_page(
    app: Flask, author: FlaskClient
) -> None:
    written(author)
    published(author, app)
    written(author, title="Newer", seen="1")
    text_id, author_id = newest(app), author_of(app)

    def publish(_number: int) -> int:
        with app.app_context():
            return transact(lambda: services.publish(text_id, author_id).id)

    assert set(all_at_once(publish, 6)) == {text_id}
    with app.app_context():
        live = session.scalars(select(PageText.title).where(PageText.state == LIVE)).all()
        notes = session.scalars(select(AuditEntry).where(AuditEntry.action == "page.published"))
        assert live == ["Newer"]
        assert len(notes.all()) == 2


def author_of(app: Flask) -> int:
    """Tell the number of the person who writes."""
    with app.app_context():
        return int(session.scalars(select(Person.id).where(Person.name == "Author")).one())


def test_an_old_draft_cannot_be_published_by_its_address(app: Flask, author: FlaskClient) -> None:
    written(author)
    old = newest(app)
    written(author, title="Newer", seen="1")
    assert send(author, f"/console/pages/texts/{old}/publish").status_code == 409
    with app.app_context():
        assert session.get_one(PageText, old).state == "draft"


@pytest.mark.parametrize("missing", ["title", "lead"])
def test_what_is_missing_is_named_and_nothing_typed_is_lost(
    author: FlaskClient, missing: str
) -> None:
    answer = written(author, **{missing: " "})
    assert answer.status_code == 400
    assert f'href="#{missing}"' in answer.text
    assert "We **ask**." in answer.text


def test_viewers_read_and_change_nothing(app: Flask, author: FlaskClient) -> None:
    written(author)
    viewer = signed_in(app, "viewer", name="Viewer")
    assert viewer.get(ABOUT).status_code == 200
    assert written(viewer, seen="1").status_code == 404
    assert published(viewer, app).status_code == 404


def test_the_trail_names_page_and_deed_and_no_words(app: Flask, author: FlaskClient) -> None:
    written(author)
    published(author, app)
    with app.app_context():
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("page.%"))).all()
        assert [row.action for row in rows] == ["page.written", "page.published"]
        assert {row.subject for row in rows} == {"page:about/en"}
        assert "memory" not in str([row.detail for row in rows])
