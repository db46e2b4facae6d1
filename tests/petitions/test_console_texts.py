"""Words in the console: written side by side, read by a second person, fixed for ever."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.petitions import states
from campaign_app.petitions import texts as words
from campaign_app.petitions.differences import ADDED, SAME, TAKEN, Piece, between
from campaign_app.petitions.signing_models import Signature
from tests import given
from tests.accounts.people import send, sign_in, signed_in
from tests.petitions.consoling import (
    HOME,
    WORDS,
    approve,
    audited,
    begun,
    flashed,
    hidden,
    review,
    text,
    write,
)

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def mina(app: Flask) -> FlaskClient:
    """Sign an organiser in who writes."""
    return signed_in(app, "organiser")


@pytest.fixture
def nari(app: Flask) -> FlaskClient:
    """Sign an organiser in who reads."""
    return signed_in(app, "organiser", name="Nari")


def test_words_are_kept_as_a_draft(app: Flask, mina: FlaskClient) -> None:
    here = begun(app)
    assert "Saved as a draft" in flashed(mina, write(mina, here))
    kept = text(app, here)
    assert (kept.state, kept.revision, kept.title) == (states.DRAFT, 1, WORDS["title"])
    assert kept.body == "## Why\n\nBecause their families wait."  # one kind of line end


def test_a_draft_is_changed_in_place_until_it_is_approved(app: Flask, mina: FlaskClient) -> None:
    here = begun(app)
    write(mina, here)
    write(mina, here, title="Free them")
    assert text(app, here).title == "Free them"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Write the title"),
        ("title", "t" * 161, "160 letters at most"),
        ("body", "b" * 20_001, "20000 letters at most"),
        ("ask", "a\0b", "cannot be shown"),
        ("origin", "ghost", "Not a valid choice"),
    ],
)
def test_words_that_do_not_fit_come_back_whole(
    app: Flask, mina: FlaskClient, field: str, value: str, words: str
) -> None:
    here = begun(app)
    answer = write(mina, here, **{field: value})
    assert answer.status_code == 400
    assert words in answer.text
    assert WORDS["summary"] in answer.text


def test_a_second_person_approves_and_the_text_gets_its_hash(
    app: Flask, mina: FlaskClient, nari: FlaskClient
) -> None:
    here = begun(app)
    write(mina, here)
    review(mina, here)
    assert "Approved" in flashed(nari, approve(nari, here))
    kept = text(app, here)
    canonical = {
        name: getattr(kept, name) for name in ("title", "summary", "ask", "addressee", "body")
    }
    canonical["language"] = "en"
    packed = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert kept.state == states.APPROVED
    assert kept.sha256 == hashlib.sha256(packed.encode()).hexdigest()
    assert kept.sha256 in nari.get(f"{HOME}{here}/texts/en/1").text
    assert audited(app, "text.approved")[0].detail["one_person"] is False


def test_an_approved_text_never_changes(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    before = text(app, world.petition_id)
    write(mina, world.petition_id, title="Something else")
    after = text(app, world.petition_id)
    assert (after.title, after.sha256, after.state) == (before.title, before.sha256, "approved")
    assert text(app, world.petition_id, revision=2).state == states.DRAFT
    public = app.test_client().get(f"/en/petitions/{world.slug}")
    assert "Something else" not in public.text


def test_a_new_revision_takes_the_place_of_the_old_one(
    app: Flask, mina: FlaskClient, nari: FlaskClient
) -> None:
    world = given.world(app)
    write(mina, world.petition_id, title="Close every camp")
    review(mina, world.petition_id, revision=2)
    page = nari.get(f"{HOME}{world.petition_id}/texts/en/2").text
    assert "What it changes since revision 1" in page
    assert "<ins>" in page
    approve(nari, world.petition_id, revision=2)
    assert text(app, world.petition_id).state == states.RETIRED
    assert "Close every camp" in app.test_client().get(f"/en/petitions/{world.slug}").text


def test_the_author_may_not_approve_while_somebody_else_could(
    app: Flask, mina: FlaskClient, nari: FlaskClient
) -> None:
    here = begun(app)
    write(mina, here)
    review(mina, here)
    assert "Approve these words" not in mina.get(f"{HOME}{here}/texts/en/1").text
    answer = send(mina, f"{HOME}{here}/texts/en/1/approve", reason="I am in a hurry")
    assert answer.status_code == 409
    assert text(app, here).state == states.IN_REVIEW


def test_without_a_second_person_one_may_approve_with_a_reason(
    app: Flask, mina: FlaskClient
) -> None:
    here = begun(app)
    write(mina, here)
    review(mina, here)
    assert approve(mina, here).status_code == 400  # no reason
    approve(mina, here, reason="Nobody else is here yet")
    kept = text(app, here)
    assert (kept.state, kept.alone_reason) == (states.APPROVED, "Nobody else is here yet")
    assert "one person" in mina.get(f"{HOME}{here}").text
    assert "Nobody else is here yet" in mina.get(f"{HOME}{here}/texts/en/1").text
    assert audited(app, "text.approved")[0].detail["one_person"] is True


def test_after_a_day_without_an_answer_the_author_may_approve_alone(app: Flask) -> None:
    here = begun(app)
    with clock.frozen(MONDAY):
        mina = signed_in(app, "organiser")
        signed_in(app, "organiser", name="Nari")
        write(mina, here)
        review(mina, here)
    mina = app.test_client()
    with clock.frozen(MONDAY + timedelta(hours=23, minutes=59)):
        sign_in(mina, "mina@example.org")
        assert approve(mina, here, reason="Nobody answered").status_code == 409
    with clock.frozen(MONDAY + timedelta(hours=24)):
        assert approve(mina, here, reason="Nobody answered").status_code == 303
    assert text(app, here).alone_reason == "Nobody answered"


def test_one_person_stands_there_until_a_second_has_looked(app: Flask, mina: FlaskClient) -> None:
    here = begun(app)
    write(mina, here)
    review(mina, here)
    approve(mina, here, reason="Alone")
    nari = signed_in(app, "organiser", name="Nari")
    address = f"{HOME}{here}/texts/en/1"
    assert "Somebody else must read" in flashed(mina, send(mina, f"{address}/look-again"))
    assert "Two people have read" in flashed(nari, send(nari, f"{address}/look-again"))
    assert text(app, here).alone_reason is None
    assert "one person" not in nari.get(f"{HOME}{here}").text
    assert audited(app, "text.looked_at_again")[0].actor == "Nari"


def test_only_the_words_that_were_read_are_approved(
    app: Flask, mina: FlaskClient, nari: FlaskClient
) -> None:
    here = begun(app)
    write(mina, here)
    review(mina, here)
    seen = hidden(nari.get(f"{HOME}{here}/texts/en/1"))
    write(mina, here, title="Something she never saw")
    review(mina, here)
    answer = send(nari, f"{HOME}{here}/texts/en/1/approve", **seen)
    assert answer.status_code == 409
    assert text(app, here).state == states.IN_REVIEW


def test_two_who_write_at_once_lose_nothing(
    app: Flask, mina: FlaskClient, nari: FlaskClient
) -> None:
    here = begun(app)
    seen = hidden(nari.get(f"{HOME}{here}/texts/en"))
    write(mina, here, title="Hers")
    address = f"{HOME}{here}/texts/en"
    answer = send(nari, address, **(seen | WORDS | {"title": "Mine"}))
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert text(app, here).title == "Hers"
    again = send(nari, address, **(hidden(answer) | WORDS | {"title": "Ours"}))
    assert again.status_code == 303
    assert text(app, here).title == "Ours"


def test_a_draft_that_was_not_sent_is_not_approved(
    app: Flask, mina: FlaskClient, nari: FlaskClient
) -> None:
    here = begun(app)
    write(mina, here)
    seen = words.digest(text(app, here))
    answer = send(nari, f"{HOME}{here}/texts/en/1/approve", seen=seen)
    assert answer.status_code == 409
    assert "sent to review can be approved" in answer.text


def test_the_source_stands_beside_the_translation(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    page = mina.get(f"{HOME}{world.petition_id}/texts/fr").text
    assert "<strong>nobody</strong>" in page  # the source, rendered
    assert given.TITLES["fr"] in page


def test_a_translation_is_outdated_until_it_follows_the_source_again(
    app: Flask, mina: FlaskClient, nari: FlaskClient
) -> None:
    world = given.world(app)
    here = world.petition_id
    write(mina, here, title="Close every camp")
    review(mina, here, revision=2)
    approve(nari, here, revision=2)
    assert "source has changed" in mina.get(f"{HOME}{here}").text
    page = mina.get(f"{HOME}{here}/texts/fr").text
    assert "What changed in the source" in page
    assert "<ins>every " in page
    write(mina, here, "fr", title="Fermez ces camps")  # a slip put right, no more
    assert text(app, here, "fr", 2).based_on == 1
    write(mina, here, "fr", title="Fermez tous les camps", follows="y")
    assert text(app, here, "fr", 2).based_on == 2


def test_saving_what_is_there_already_makes_no_revision(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    draft = given.draft("en")
    same = {name: getattr(draft, name) for name in ("title", "summary", "ask", "addressee", "body")}
    assert "Nothing was changed" in flashed(mina, write(mina, world.petition_id, **same))
    assert mina.get(f"{HOME}{world.petition_id}/texts/en/2").status_code == 404


def test_a_withdrawn_language_is_no_longer_offered(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    assert "Withdrawn" in flashed(
        mina, send(mina, f"{HOME}{world.petition_id}/texts/fr/1/withdraw")
    )
    assert app.test_client().get(f"/fr/petitions/{world.slug}").status_code == 404
    assert app.test_client().get(f"/ko/petitions/{world.slug}").status_code == 200


def test_the_last_text_of_an_open_petition_stays(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    for language in ("ko", "fr", "en"):
        answer = send(mina, f"{HOME}{world.petition_id}/texts/{language}/1/withdraw")
    assert "last text of an open petition" in flashed(mina, answer)
    assert text(app, world.petition_id).state == states.APPROVED


def test_a_preview_shows_the_public_page_in_the_texts_language(
    app: Flask, mina: FlaskClient
) -> None:
    here = begun(app)
    write(mina, here, "ko", title="납북자를 돌려보내라")
    page = mina.get(f"{HOME}{here}/texts/ko/1/preview")
    assert 'lang="ko"' in page.text
    assert "납북자를 돌려보내라</h1>" in page.text
    assert "서명하며 아래 내용에 동의합니다" in page.text  # the wording it will get
    assert page.headers["Cache-Control"] == "no-store"


def test_nothing_can_be_signed_in_a_preview(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    address = f"{HOME}{world.petition_id}/texts/en/1/preview"
    page = mina.get(address)
    assert "<form inert" in page.text
    assert f'action="{address}"' in page.text
    assert 'action="/en/' not in page.text
    typed = {"name": "Mina", "email": "mina@example.org", "country": "KR"}
    assert send(mina, address, **(given.boxes(page.text) | typed)).status_code == 405
    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Signature)) == 0


def test_differences_are_shown_word_by_word() -> None:
    found = between("They wait for us.\nSame line.\n", "They still wait for us.\nSame line.\n")
    assert found == [
        Piece(SAME, "They "),
        Piece(ADDED, "still "),
        Piece(SAME, "wait for us.\nSame line.\n"),
    ]
    assert between("", "new") == [Piece(ADDED, "new")]
    assert between("old", "") == [Piece(TAKEN, "old")]
    assert between("", "") == []
