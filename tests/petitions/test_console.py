"""Petitions in the console: begun, changed, opened, paused, closed, opened again."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.petitions import queries, services, states
from campaign_app.petitions.models import OrganiserKey
from tests import given
from tests.accounts.people import send, signed_in
from tests.petitions.consoling import HOME, PLAN, audited, begun, flashed, petition

NAME = given.TITLES["en"]


@pytest.fixture
def mina(app: Flask) -> FlaskClient:
    """Sign an organiser in."""
    return signed_in(app, "organiser")


def test_the_list_shows_title_state_languages_and_numbers(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    given.sign(app.test_client(), f"/en/petitions/{world.slug}")
    page = mina.get(HOME).text
    assert NAME in page
    assert "open" in page
    assert "한국어</bdi> · approved" in page
    assert f'href="/console/petitions/{world.petition_id}/tallies">0</a>' in page
    assert '<td class="num">1</td>' in page


def test_an_empty_list_says_what_a_petition_will_be(app: Flask, mina: FlaskClient) -> None:
    page = mina.get(HOME).text
    assert "No petition yet" in page
    assert 'href="/console/petitions/new"' in page


def test_a_petition_begins_as_a_draft_and_leads_to_its_words(app: Flask, mina: FlaskClient) -> None:
    answer = send(mina, HOME + "new", **PLAN | {"slug": " Free-The-Abductees "})
    assert answer.status_code == 303
    with app.app_context():
        made = queries.by_slug("free-the-abductees")
        assert made
    assert answer.location == f"{HOME}{made.id}/texts/en"
    assert (made.state, made.goal, made.zone) == (states.DRAFT, 5000, "Asia/Seoul")
    assert made.opens_at == datetime(2026, 11, 1, 0, 0, tzinfo=UTC)  # 09:00 in Seoul
    assert audited(app, "petition.created")[0].actor == "Mina"


def test_a_campaign_may_be_named_on_the_way(app: Flask, mina: FlaskClient) -> None:
    send(mina, HOME + "new", **PLAN | {"campaign_name": "Abductees"})
    with app.app_context():
        made = queries.by_slug("free-the-abductees")
        assert made
        assert made.campaign
        assert made.campaign.names == {"en": "Abductees"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("slug", "", "Write the petition's address"),
        ("slug", "Été", "letters a to z"),
        ("slug", "two--hyphens", "letters a to z"),
        ("slug", "x" * 81, "80 letters at most"),
        ("goal", "0", "whole number from 1"),
        ("goal", "9" * 30, "whole number from 1"),
        ("goal", "many", "whole number from 1"),
        ("country", "", "Choose a country"),
        ("country", "XX", "Not a valid choice"),
        ("zone", "Mars/Olympus", "Not a valid choice"),
        ("opens", "", "Say when the petition opens"),
        ("opens", "0001-01-01T00:00", "between 1970 and 2199"),
        ("closes", "2026-10-31T09:00", "must come after"),
        ("keep_months", "0", "number of months"),
        ("campaign_id", "2147483647999", "Not a valid choice"),
        ("campaign_name", "\0", "cannot be shown"),
        ("source_language", "xx", "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(
    app: Flask, mina: FlaskClient, field: str, value: str, words: str
) -> None:
    answer = send(mina, HOME + "new", **PLAN | {field: value})
    assert answer.status_code == 400
    assert words in answer.text
    if field != "slug":
        assert 'value="free-the-abductees"' in answer.text  # nothing typed is lost


def test_an_address_belongs_to_one_petition(app: Flask, mina: FlaskClient) -> None:
    begun(app)
    answer = send(mina, HOME + "new", **PLAN)
    assert answer.status_code == 400
    assert "Another petition has this address already" in answer.text


def test_two_who_take_an_address_at_once_are_told_so(app: Flask) -> None:
    begun(app)
    with app.app_context(), pytest.raises(services.SlugTaken):
        db.transact(lambda: services.create(given.plan(PLAN["slug"])))


def test_goal_and_times_may_change_but_an_open_petition_keeps_its_address(
    app: Flask, mina: FlaskClient
) -> None:
    world = given.world(app)
    answer = send(mina, f"{HOME}{world.petition_id}/edit", **PLAN | {"goal": "7777"})
    assert answer.status_code == 303
    changed = petition(app, world.petition_id)
    assert (changed.goal, changed.slug, changed.source_language) == (7777, world.slug, "en")
    assert audited(app, "petition.changed")[0].detail["goal"] == "7777"


def test_a_closing_time_in_the_past_does_not_close_by_the_back_door(
    app: Flask, mina: FlaskClient
) -> None:
    world = given.world(app)
    past = (clock.now() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    fields = PLAN | {"opens": "2020-01-01T00:00", "closes": past, "zone": "UTC"}
    answer = send(mina, f"{HOME}{world.petition_id}/edit", **fields)
    assert answer.status_code == 409
    assert "To end the petition now, close it" in answer.text
    assert past in answer.text


def test_the_overview_lists_what_is_missing(app: Flask, mina: FlaskClient) -> None:
    page = mina.get(f"{HOME}{begun(app)}").text
    assert page.count(">missing<") == 3  # text, consent, keys
    assert page.count(">done<") == 1
    assert "Open the petition" not in page
    assert "Write the text" in page


def test_opening_is_refused_without_two_keys(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    send(mina, f"{HOME}{world.petition_id}/pause")
    with app.app_context():
        key = session.query(OrganiserKey).first()
        assert key
        db.transact(lambda: setattr(session.get(OrganiserKey, key.id), "retired_at", clock.now()))
    answer = send(mina, f"{HOME}{world.petition_id}/open")
    assert "needs two proven keys" in flashed(mina, answer)
    assert petition(app, world.petition_id).state == states.PAUSED


def test_opening_is_refused_once_the_closing_time_has_passed(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    send(mina, f"{HOME}{world.petition_id}/pause")
    with app.app_context():
        yesterday = clock.now() - timedelta(hours=1)
        db.transact(lambda: setattr(queries.get(world.petition_id), "closes_at", yesterday))
    answer = send(mina, f"{HOME}{world.petition_id}/open")
    assert "closing time has passed" in flashed(mina, answer)


def test_pausing_stops_signing_and_opening_takes_it_up_again(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    public, path = app.test_client(), f"/en/petitions/{world.slug}"
    assert "is paused" in flashed(mina, send(mina, f"{HOME}{world.petition_id}/pause"))
    assert "<form" not in public.get(path).text
    assert "is open" in flashed(mina, send(mina, f"{HOME}{world.petition_id}/open"))
    assert given.sign(public, path).status_code == 200
    assert [row.subject for row in audited(app, "petition.paused")] == [
        f"petition:{world.petition_id}"
    ]


@pytest.mark.parametrize("typed", ["", "Close the camp", "CLOSED"])
def test_closing_needs_the_name(app: Flask, mina: FlaskClient, typed: str) -> None:
    world = given.world(app)
    answer = send(mina, f"{HOME}{world.petition_id}/close", name=typed)
    assert answer.status_code in (400, 409)
    assert f'value="{typed}"' in answer.text
    assert petition(app, world.petition_id).state == states.OPEN


@pytest.mark.parametrize("typed", [" close  the CAMPS ", "close-the-camps"])
def test_the_name_or_the_address_closes_it(app: Flask, mina: FlaskClient, typed: str) -> None:
    world = given.world(app)
    answer = send(mina, f"{HOME}{world.petition_id}/close", name=typed)
    assert "is closed" in flashed(mina, answer)
    assert petition(app, world.petition_id).state == states.CLOSED


def test_closing_can_be_undone_for_thirty_days(app: Flask) -> None:
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    with clock.frozen(start):
        world = given.world(app)
        send(signed_in(app, "organiser"), f"{HOME}{world.petition_id}/close", name=NAME)
    with clock.frozen(start + timedelta(days=29, hours=23)):
        nari = signed_in(app, "organiser", name="Nari")
        assert "Open it again" in nari.get(f"{HOME}{world.petition_id}").text
        assert "open again" in flashed(nari, send(nari, f"{HOME}{world.petition_id}/reopen"))
        assert petition(app, world.petition_id).state == states.OPEN


def test_after_thirty_days_it_stays_closed(app: Flask) -> None:
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    with clock.frozen(start):
        world = given.world(app)
        send(signed_in(app, "organiser"), f"{HOME}{world.petition_id}/close", name=NAME)
    with clock.frozen(start + timedelta(days=30)):
        nari = signed_in(app, "organiser", name="Nari")
        assert "Open it again" not in nari.get(f"{HOME}{world.petition_id}").text
        answer = send(nari, f"{HOME}{world.petition_id}/reopen")
        assert "cannot be reopened" in flashed(nari, answer)
        assert petition(app, world.petition_id).state == states.CLOSED


def test_a_viewer_sees_everything_and_changes_nothing(app: Flask) -> None:
    world = given.world(app)
    vera, here = signed_in(app, "viewer", name="Vera"), f"{HOME}{world.petition_id}"
    for page in (HOME, here, f"{here}/consents", f"{here}/texts/ko", f"{here}/texts/ko/1"):
        shown = vera.get(page)
        assert shown.status_code == 200
        own = shown.text.split('<main id="main">')[1]
        assert "<form" not in own
        assert "button primary" not in own
    for page in ("new", "1/edit", "1/close", "1/export", "1/consents/new", "1/consents/1"):
        assert vera.get(HOME + page).status_code == 404
    for deed in ("open", "pause", "close", "reopen", "export", "edit", "texts/ko"):
        assert send(vera, f"{here}/{deed}").status_code == 404
    for deed in ("review", "approve", "withdraw", "look-again"):
        assert send(vera, f"{here}/texts/ko/1/{deed}").status_code == 404
    assert petition(app, world.petition_id).state == states.OPEN


def test_who_is_signed_out_is_asked_to_sign_in(app: Flask, client: FlaskClient) -> None:
    assert "/console/sign-in" in client.get(HOME).location


@pytest.mark.parametrize(
    "page",
    ["0", "99", "2147483647", "9" * 30, "-1", "x", "1/texts/xx", "1/texts/ko/0", "1/texts/ko/" + "9" * 20,
     "1/texts/ko/1/preview", "1/consents/99", "99/consents", "99/texts/ko", "99/edit", "99/export"],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_a_404(app: Flask, mina: FlaskClient, page: str) -> None:
    begun(app)
    assert mina.get(HOME + page).status_code == 404


@pytest.mark.parametrize(
    "deed", ["open", "pause", "reopen", "close", "export", "texts/ko/1/review"]
)
def test_a_deed_on_nothing_is_a_404(app: Flask, mina: FlaskClient, deed: str) -> None:
    assert send(mina, f"{HOME}99/{deed}", name="x", reason="x").status_code == 404


def test_a_post_without_its_token_does_nothing(app: Flask, mina: FlaskClient) -> None:
    world = given.world(app)
    assert mina.post(f"{HOME}{world.petition_id}/pause").status_code == 400
    assert petition(app, world.petition_id).state == states.OPEN
