"""Consent in the console: parts are data, each version stays what it was."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import db
from campaign_app.petitions import placeholders, queries, wording
from tests import given
from tests.accounts.people import send, signed_in
from tests.petitions.consoling import HOME, audited, begun, flashed, parts

PART = {
    "kind": "sensitive",
    "language": "en",
    "country": "KR",
    "title": "Sensitive data",
    "wording": "I agree that {organisation} keeps my opinion until {keep_until}.",
    "required": "y",
    "position": "1",
}


@pytest.fixture
def mina(app: Flask) -> FlaskClient:
    """Sign an organiser in."""
    return signed_in(app, "organiser")


@pytest.fixture
def world(app: Flask) -> given.World:
    """Open a petition."""
    return given.world(app)


def test_shipped_wordings_say_that_no_lawyer_has_checked_them(
    mina: FlaskClient, world: given.World
) -> None:
    page = mina.get(f"{HOME}{world.petition_id}/consents").text
    assert page.count("not yet checked by a lawyer") == 9  # three parts, three languages
    assert "Filled in: who keeps the names <b>PSCORE</b>" in page


def test_a_lawyers_name_is_kept_with_the_version(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    part = parts(app, world.petition_id)[0]
    here = f"{HOME}{world.petition_id}/consents"
    answer = send(mina, f"{here}/{part.id}/checked", checked_by=" Lee  Jihye ")
    assert "checked by Lee Jihye" in flashed(mina, answer)
    assert parts(app, world.petition_id)[0].checked_by == "Lee Jihye"
    new = {"title": "New", "wording": "Newer words", "required": "y", "position": "0"}
    send(mina, f"{here}/{part.id}", **new)
    assert parts(app, world.petition_id)[0].checked_by is None
    assert "bad" in flashed(mina, send(mina, f"{here}/{part.id + 1}/checked", checked_by="x" * 201))


def test_a_new_wording_is_a_new_version_and_the_old_one_stays(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    old = parts(app, world.petition_id)[0]
    page = mina.get(f"{HOME}{world.petition_id}/consents/{old.id}").text
    assert old.wording[:60] in page  # begins with what is there
    new = {"title": "I sign", "wording": "Words for {age}.", "required": "y", "position": "0"}
    answer = send(mina, f"{HOME}{world.petition_id}/consents/{old.id}", **new)
    assert "Filled in: 14" in flashed(mina, answer)
    now = parts(app, world.petition_id)[0]
    assert (now.version, now.wording) == (2, "Words for 14.")
    assert now.sha256 == wording.digest("I sign", "Words for 14.")
    with app.app_context():
        kept = queries.part_of(world.petition_id, old.id)
        assert (kept.wording, kept.sha256) == (old.wording, old.sha256)
        assert kept.retired_at
    assert audited(app, "consent.written")[-1].detail["version"] == 2


def test_an_old_version_is_not_written_again(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    old = parts(app, world.petition_id)[0]
    new = {"title": "I sign", "wording": "Words.", "required": "y", "position": "0"}
    address = f"{HOME}{world.petition_id}/consents/{old.id}"
    send(mina, address, **new)
    assert send(mina, address, **new).status_code == 404


def test_a_part_of_any_kind_can_be_added_for_one_country(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    answer = send(mina, f"{HOME}{world.petition_id}/consents/new", **PART)
    assert "Saved as version 1" in flashed(mina, answer)
    public = app.test_client()
    assert "Sensitive data" in public.get(f"/en/petitions/{world.slug}").text  # KR is preselected
    page = given.sign(public, f"/en/petitions/{world.slug}", country="KR")
    assert page.status_code == 200


def test_a_countrys_part_takes_the_place_of_the_same_kind_only(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    send(mina, f"{HOME}{world.petition_id}/consents/new", **PART | {"kind": "news", "required": ""})
    page = app.test_client().get(f"/en/petitions/{world.slug}").text
    assert "Sensitive data" in page
    assert "I sign, and I agree to this" in page  # nobody signs without agreeing to it
    assert "Write to me about what happens next" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "Sign it"}, "small letters, digits"),
        ({"kind": "sign", "country": ""}, "part of this kind already"),
        ({"wording": "Until {tomorrow}."}, "no placeholder {tomorrow}"),
        ({"wording": "{organisation.__class__}"}, "no placeholder"),
        ({"wording": ""}, "Write what is agreed to"),
        ({"title": "t\0"}, "cannot be shown"),
        ({"position": "1e9"}, "0 to 99"),
        ({"language": "xx"}, "Not a valid choice"),
        ({"country": "ZZ"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_what_was_typed(
    mina: FlaskClient, world: given.World, changes: dict[str, str], words: str
) -> None:
    answer = send(mina, f"{HOME}{world.petition_id}/consents/new", **PART | changes)
    assert answer.status_code == 400
    assert words in answer.text


def test_signing_is_never_optional(mina: FlaskClient, world: given.World) -> None:
    changes = {"kind": "sign", "country": "KR", "required": ""}
    answer = send(mina, f"{HOME}{world.petition_id}/consents/new", **PART | changes)
    assert answer.status_code == 409
    assert "this part is required" in answer.text
    assert "Sensitive data" in answer.text


def test_an_optional_part_can_be_dropped_and_the_required_one_cannot(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    here = f"{HOME}{world.petition_id}/consents"
    sign, handover, _news = parts(app, world.petition_id)
    assert "Nobody is asked" in flashed(mina, send(mina, f"{here}/{handover.id}/drop"))
    assert "needs one part that is required" in flashed(mina, send(mina, f"{here}/{sign.id}/drop"))
    assert [part.kind for part in parts(app, world.petition_id)] == ["sign", "news"]
    assert send(mina, f"{here}/{handover.id}/drop").status_code == 404  # twice


def test_the_page_says_when_a_wording_names_another_day_than_the_petition(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    assert "this would say" not in mina.get(f"{HOME}{world.petition_id}/consents").text
    with app.app_context():
        db.transact(lambda: setattr(queries.get(world.petition_id), "keep_months", 24))
    assert "this would say" in mina.get(f"{HOME}{world.petition_id}/consents").text


def test_a_part_of_another_petition_is_a_404(
    app: Flask, mina: FlaskClient, world: given.World
) -> None:
    other, part = begun(app), parts(app, world.petition_id)[0]
    assert mina.get(f"{HOME}{other}/consents/{part.id}").status_code == 404
    assert send(mina, f"{HOME}{other}/consents/{part.id}/drop").status_code == 404


def test_placeholders_are_filled_by_name_and_nothing_else() -> None:
    facts = dict.fromkeys(placeholders.NAMES, "x") | {"age": "14"}
    assert placeholders.filled("{age} {nobody} {age!r}", facts) == "14 {nobody} {age!r}"
    assert placeholders.unknown("{age} {nobody}") == ["{nobody}"]
    assert placeholders.said("born in 2014", facts | {"organisation": "PSCORE"}) == []
    assert placeholders.said("만 14세", facts | dict.fromkeys(["addressee"], "Q")) == ["age"]
