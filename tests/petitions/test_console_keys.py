"""The key pages: what the server takes, shows, hands out and refuses."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign_app.core import clock, keyfile
from campaign_app.core.db import session
from campaign_app.core.json_fields import base64_text
from campaign_app.core.seal import PrivateKey, SealedRecord, open_record
from campaign_app.petitions import queries
from campaign_app.petitions.copies import Copy
from campaign_app.petitions.key_exchange import _place
from campaign_app.petitions.models import OrganiserKey
from tests import given
from tests.accounts.people import send, signed_in, token_of
from tests.core.interop.cross_open import raw
from tests.petitions.consoling import audited, flashed, petition
from tests.petitions.test_organiser_keys import resealed, signed

HOME = "/console/settings/keys/"
HELD = {"holder": "Mina", "place": "Seoul office", "kind": "working"}


@pytest.fixture
def ada(app: Flask) -> FlaskClient:
    """Sign an administrator in who organises, too."""
    return signed_in(app, "administrator", "organiser", name="Ada")


def added(client: FlaskClient, private: PrivateKey, page: str = "add", **more: str) -> TestResponse:
    """Send the public half of a key."""
    return send(client, HOME + page, public_key=private.public.to_text(), **(HELD | more))


def told(client: FlaskClient, address: str, sent: object) -> TestResponse:
    """Send JSON as the modules of the pages do."""
    return client.post(HOME + address, json=sent, headers={"X-CSRFToken": token_of(client)})


def prove(client: FlaskClient, private: PrivateKey) -> TestResponse:
    """Ask for a test record, open it and answer."""
    asked = told(client, "prove/challenge", {"key_id": private.public.key_id}).json
    assert asked
    copies = {key_id: raw(copy) for key_id, copy in asked["record"]["copies"].items()}
    record = SealedRecord(raw(asked["record"]["box"]), copies)
    answer = open_record(record, private, **asked["where"])["answer"]
    return told(client, "prove/answer", {"row": asked["where"]["row"], "answer": answer})


def keys_of(app: Flask) -> list[OrganiserKey]:
    with app.app_context():
        session.rollback()
        return list(queries.organiser_keys())


def test_a_public_key_is_added_and_shown_by_its_fingerprint(app: Flask, ada: FlaskClient) -> None:
    private = PrivateKey.generate()
    text = private.public.to_text()
    answer = send(ada, HOME + "add", public_key=f"  {text[:40]}\n{text[40:]} \n", **HELD)
    assert "It counts once it is proven" in flashed(ada, answer)
    page = ada.get(HOME).text
    assert private.public.fingerprint in page
    assert "not proven yet" in page
    assert "Seoul office" in page
    assert audited(app, "key.added")[0].detail["key_id"] == private.public.key_id


def test_a_key_made_in_the_browser_is_taken_in_the_same_way(app: Flask, ada: FlaskClient) -> None:
    private = PrivateKey.generate()
    assert added(ada, private, "new", kind="recovery").status_code == 303
    (row,) = keys_of(app)
    assert (row.key_id, row.holder, row.place) == (private.public.key_id, "Mina", "Seoul office")
    assert (row.recovery, row.proven_at) == (True, None)


@pytest.mark.parametrize("page", ["new", "add"])
def test_a_whole_key_file_is_refused_and_not_shown_again(
    app: Flask, ada: FlaskClient, page: str
) -> None:
    made = keyfile.new("Mina", "correct horse battery staple")
    answer = send(ada, HOME + page, public_key=made.text, **HELD)
    assert answer.status_code == 400
    assert "Paste only the line that begins with lantern-p256:" in answer.text
    assert "PBKDF2" not in answer.text
    assert 'value="Mina"' in answer.text
    assert keys_of(app) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste the line"),
        ("lantern-p256:", "damaged"),
        ("lantern-p256:AAAA", "damaged"),
        ("lantern-p256:한국", "damaged"),
        ("lantern-p256:\0", "damaged"),
        ("ssh-rsa AAAA", "Paste only"),
    ],
)
def test_what_is_no_public_key_is_refused(ada: FlaskClient, text: str, words: str) -> None:
    answer = send(ada, HOME + "add", public_key=text, **HELD)
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize(
    ("field", "value"), [("holder", ""), ("place", ""), ("kind", "other"), ("holder", "x" * 121)]
)
def test_holder_place_and_purpose_must_be_said(
    app: Flask, ada: FlaskClient, field: str, value: str
) -> None:
    private = PrivateKey.generate()
    answer = added(ada, private, "new", **{field: value})
    assert answer.status_code == 400
    # The key is made already: its public half comes back, so that nothing is lost.
    assert private.public.to_text() in answer.text
    assert keys_of(app) == []


def test_a_key_is_added_once(ada: FlaskClient) -> None:
    private = PrivateKey.generate()
    added(ada, private)
    again = added(ada, private)
    assert again.status_code == 409
    assert "in use already" in again.text


def test_a_key_counts_once_its_holder_has_opened_a_test_record(
    app: Flask, ada: FlaskClient
) -> None:
    private = PrivateKey.generate()
    added(ada, private)
    answer = prove(ada, private)
    assert answer.status_code == 200
    assert answer.json
    assert answer.json["next"] == HOME
    assert "key is proven" in ada.get(HOME).text
    assert keys_of(app)[0].proven_at is not None
    assert audited(app, "key.proven")[0].subject == f"key:{keys_of(app)[0].id}"


def test_an_organiser_who_is_no_administrator_proves_a_key_and_adds_none(
    app: Flask, ada: FlaskClient
) -> None:
    private = PrivateKey.generate()
    added(ada, private)
    hana = signed_in(app, "organiser", name="Hana")
    assert prove(hana, private).status_code == 200
    assert hana.get(HOME).status_code == 200
    row = keys_of(app)[0].id
    for address in ("new", "add", f"{row}/retire"):
        assert hana.get(HOME + address).status_code == 404
    assert added(hana, PrivateKey.generate()).status_code == 404


def test_a_viewer_finds_no_keys(app: Flask, ada: FlaskClient) -> None:
    added(ada, PrivateKey.generate())
    viewer = signed_in(app, "viewer", name="Viewer")
    for address in ("", "new", "add", "prove", "1/reseal", "1/retire"):
        assert viewer.get(HOME + address).status_code == 404
    for address in ("prove/challenge", "prove/answer", "1/reseal"):
        assert told(viewer, address, {}).status_code == 404


def test_a_wrong_answer_is_refused_in_words(ada: FlaskClient) -> None:
    private = PrivateKey.generate()
    added(ada, private)
    asked = told(ada, "prove/challenge", {"key_id": private.public.key_id}).json
    assert asked
    answer = told(ada, "prove/answer", {"row": asked["where"]["row"], "answer": "0" * 64})
    assert answer.status_code == 409
    assert answer.json
    assert "did not prove" in answer.json["error"]
    unknown = told(ada, "prove/challenge", {"key_id": "0" * 16})
    assert unknown.status_code == 409


@pytest.mark.parametrize("address", ["prove/challenge", "prove/answer", "1/reseal"])
@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        {"key_id": 3, "row": 4},
        {"row": "x", "answer": "y"},
        {"using": "", "after": "x:y", "copies": []},
        {"using": "", "after": "99999999999999999999:" + "0" * 32, "copies": []},
        {"using": "", "after": "", "copies": [{"place": "", "copy": ""}]},
        {"using": "", "after": "", "copies": [{"place": "1:" + "0" * 32, "copy": "!"}]},
    ],
)
def test_what_no_module_sends_is_refused(
    app: Flask, ada: FlaskClient, world: given.World, address: str, sent: Any
) -> None:
    assert told(ada, address, sent).status_code == 400


def test_without_the_pages_token_nothing_is_taken(ada: FlaskClient) -> None:
    private = PrivateKey.generate()
    added(ada, private)
    answer = ada.post(HOME + "prove/challenge", json={"key_id": private.public.key_id})
    assert answer.status_code == 400


# ---- sealed to one more key, retired


def reseal_all(ada: FlaskClient, row: int, using: PrivateKey, to: PrivateKey) -> dict[str, Any]:
    """Do what the page does, in Python."""
    said: dict[str, Any] = (
        told(ada, f"{row}/reseal", {"using": using.public.key_id, "after": "", "copies": []}).json
        or {}
    )
    while said["records"]:
        made = []
        for one in said["records"]:
            place = _place(one["place"])
            assert place
            copy = resealed(Copy(one["petition"], place, raw(one["copy"])), using, to)
            made.append({"place": one["place"], "copy": base64_text(copy)})
        sent = {"using": using.public.key_id, "after": made[-1]["place"], "copies": made}
        said = told(ada, f"{row}/reseal", sent).json or {}
    return said


def test_records_are_sealed_to_a_third_key_and_the_first_one_goes(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    with app.app_context():
        signed(world, world.keys, 5)
    third = PrivateKey.generate()
    added(ada, third)
    prove(ada, third)
    row = next(key.id for key in keys_of(app) if key.key_id == third.public.key_id)
    assert "5 records are not sealed to it yet" in ada.get(HOME).text
    assert "5 records do not open" in ada.get(f"{HOME}{row}/reseal").text
    assert reseal_all(ada, row, world.keys[0], third) == {"written": 5, "left": 0, "records": []}
    assert audited(app, "key.resealed")[0].detail["records"] == 5
    assert "not sealed to it yet" not in ada.get(HOME).text
    first = next(key.id for key in keys_of(app) if key.key_id == world.keys[0].public.key_id)
    page = ada.get(f"{HOME}{first}/retire").text
    assert "Its copies of 5 records are deleted here." in page
    assert 'name="holder"' not in page
    assert "Retired" in flashed(ada, send(ada, f"{HOME}{first}/retire", holder=""))
    assert "exports that were made before still open with it" in ada.get(HOME).text
    assert audited(app, "key.retired")


def test_retiring_what_names_hang_by_asks_for_the_holder(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    with app.app_context():
        signed(world, world.keys, 2)
    third = PrivateKey.generate()
    added(ada, third)
    prove(ada, third)
    first = keys_of(app)[0].id
    assert "would then open with one key only" in ada.get(f"{HOME}{first}/retire").text
    refused = send(ada, f"{HOME}{first}/retire", holder="no")
    assert refused.status_code == 409
    assert "Nothing was retired" in refused.text
    assert "Retired" in flashed(ada, send(ada, f"{HOME}{first}/retire", holder="a laptop"))


def test_an_open_petition_keeps_its_two_keys(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    first = keys_of(app)[0].id
    answer = send(ada, f"{HOME}{first}/retire", holder="a laptop")
    assert answer.status_code == 409
    assert "need two proven keys" in answer.text
    assert keys_of(app)[0].retired_at is None


def test_nothing_is_sealed_to_a_key_that_is_not_proven(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    third = PrivateKey.generate()
    added(ada, third)
    row = next(key.id for key in keys_of(app) if key.key_id == third.public.key_id)
    assert ada.get(f"{HOME}{row}/reseal").status_code == 404
    sent = {"using": world.keys[0].public.key_id, "after": "", "copies": []}
    assert told(ada, f"{row}/reseal", sent).status_code == 409


# ---- said plainly


def test_the_page_says_how_many_keys_are_missing(app: Flask, ada: FlaskClient) -> None:
    assert "Two keys open them" in ada.get(HOME).text
    first, second = PrivateKey.generate(), PrivateKey.generate()
    added(ada, first)
    assert "No key is proven yet" in ada.get(HOME).text
    prove(ada, first)
    assert "Only one key is proven" in ada.get(HOME).text
    added(ada, second)
    prove(ada, second)
    assert "Only one key" not in ada.get(HOME).text


def test_without_keys_it_says_that_names_are_lost_and_counts_are_not(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    with app.app_context():
        signed(world, world.keys, 1)
        for key in session.query(OrganiserKey):
            key.retired_at = clock.now()
        session.commit()
    assert "the names are lost; the counts are not" in ada.get(HOME).text


def test_an_old_proof_is_asked_for_on_every_page(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    assert "60 days" not in ada.get("/console/petitions/").text
    with app.app_context():
        key = session.query(OrganiserKey).first()
        assert key
        key.proven_at = clock.now() - timedelta(days=61)
        session.commit()
    for address in ("/console/", "/console/petitions/", "/console/audit/", HOME):
        page = ada.get(address).text
        assert "A key has not been proven for 60 days" in page
        assert f'href="{HOME}prove"' in page
    viewer = signed_in(app, "viewer", name="Viewer")
    assert "60 days" not in viewer.get("/console/petitions/").text


def test_closing_a_petition_asks_for_a_proof(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    with app.app_context():
        for key in session.query(OrganiserKey):
            key.proven_at = clock.now() - timedelta(days=2)
        session.commit()
    address = f"/console/petitions/{world.petition_id}/close"
    assert "Prove a key" in ada.get(address).text
    refused = send(ada, address, name=world.slug)
    assert refused.status_code == 409
    assert "No key has been proven in the last 24 hours" in refused.text
    assert petition(app, world.petition_id).state == "open"
    said = send(ada, address, name=world.slug, without_proof="The office burnt")
    assert said.status_code == 303
    entry = audited(app, "petition.closed")[0]
    assert entry.detail == {"without_proof": "The office burnt"}


def test_after_a_proof_a_petition_closes_without_a_reason(
    app: Flask, ada: FlaskClient, world: given.World
) -> None:
    address = f"/console/petitions/{world.petition_id}/close"
    page = ada.get(address).text
    assert "A key was proven in the last 24 hours" in page
    assert "without_proof" not in page
    assert send(ada, address, name=world.slug).status_code == 303
    assert audited(app, "petition.closed")[0].detail == {}


def test_a_command_adds_a_key_that_waits_for_its_proof(app: Flask) -> None:
    private = PrivateKey.generate()
    run = app.test_cli_runner().invoke
    said = run(args=["petitions", "add-key", private.public.to_text(), "--holder", "Mina"])
    assert said.exit_code == 0
    assert "Nothing is sealed to it yet" in said.output
    assert keys_of(app)[0].proven_at is None
    again = run(args=["petitions", "add-key", private.public.to_text(), "--holder", "Mina"])
    assert again.exit_code == 1
    damaged = run(args=["petitions", "add-key", "lantern-p256:AAAA", "--holder", "Mina"])
    assert damaged.exit_code == 1
