"""What the server does for names: hands out what is sealed, takes signatures out, notes lists."""

import base64
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.seal import SealedRecord
from campaign_app.core.sealed_record import Signer
from campaign_app.petitions import jobs, names_lists, recount, sealed_feed, states
from campaign_app.petitions.models import OrganiserKey
from campaign_app.petitions.names_models import NamesDownload
from campaign_app.petitions.signing_models import Mailbox, SealedCopy
from tests import given
from tests.accounts.people import let_in, send, sign_in, signed_in, token_of
from tests.given import World
from tests.petitions.consoling import HOME, audited
from tests.petitions.signers import CROWD, read, signed

REASON = "The name of a cartoon figure"
ASKED = {"reason": "Hand-over in Geneva", "promised": "y", "whose": "agreed", "names": "4"}


@pytest.fixture
def mina(app: Flask) -> FlaskClient:
    """Sign an organiser in."""
    return signed_in(app, "organiser")


@pytest.fixture
def rows(app: Flask, world: World) -> list[uuid.UUID]:
    """Let five people sign and confirm."""
    return signed(app, world)


def fetch(client: FlaskClient, world: World, after: str = "", key: int = 0) -> TestResponse:
    """Ask for a page of sealed records."""
    key_id = world.keys[key].public.key_id
    return send(client, f"{HOME}{world.petition_id}/open/records", key=key_id, after=after)


def deed(client: FlaskClient, world: World, row: uuid.UUID, what: str, reason: str = REASON) -> Any:
    """Do something to one signature."""
    return send(client, f"{HOME}{world.petition_id}/signatures/{row}/{what}", reason=reason)


def agree(app: Flask, world: World, counted: int) -> None:
    """The tally says this number, and so does the recount."""
    assert given.counted(app, world.petition_id) == (counted, 0)
    with app.app_context():
        assert recount.check() == []


def opened(line: dict[str, Any], world: World, key: int = 0) -> Signer:
    """Open a line as the browser does."""
    private = world.keys[key]
    copies = {private.public.key_id: base64.b64decode(line["copy"])}
    record = SealedRecord(base64.b64decode(line["box"]), copies)
    return Signer.unseal(record, private, petition=world.uid, row=line["row"])


# Records


def test_an_organiser_gets_records_that_only_a_key_opens(
    mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    answer = fetch(mina, world, key=1)
    assert answer.headers["Cache-Control"] == "no-store"
    for name, email, *_more in CROWD:
        assert name not in answer.text
        assert email not in answer.text
    found = answer.get_json()
    assert found["next"] is None
    assert {line["row"] for line in found["rows"]} == {row.hex for row in rows}
    names = {opened(line, world, key=1).name for line in found["rows"]}
    assert names == {name for name, *_more in CROWD}


def test_the_page_itself_holds_no_record(
    mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    page = mina.get(f"{HOME}{world.petition_id}/open")
    assert page.status_code == 200
    assert rows[0].hex not in page.text
    assert world.keys[0].public.key_id in page.text


def test_pages_follow_each_other_without_gap_or_repetition(
    mina: FlaskClient, world: World, rows: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_feed, "ROWS_AT_ONCE", 2)
    met: list[str] = []
    after: str | None = ""
    while after is not None:
        found = fetch(mina, world, after).get_json()
        assert len(found["rows"]) <= 2
        met += [line["row"] for line in found["rows"]]
        after = found["next"]
    assert met == sorted(row.hex for row in rows)


def test_the_trail_says_once_a_sitting_who_opened_the_names(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    now = clock.now()
    for hours in (0, 0, 2):
        with clock.frozen(now + timedelta(hours=hours)):
            client = app.test_client()
            sign_in(client, "mina@example.org")
            assert fetch(client, world).status_code == 200
    entries = audited(app, "signatures.opened")
    assert [(one.actor, one.detail["count"]) for one in entries] == [("Mina", 5), ("Mina", 5)]


def test_who_withdrew_or_never_confirmed_is_not_among_them(
    app: Flask, client: FlaskClient, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    given.sign(client, f"/en/petitions/{world.slug}")
    deed(mina, world, rows[0], "withdraw")
    deed(mina, world, rows[1], "invalidate")
    found = {line["row"]: line["state"] for line in fetch(mina, world).get_json()["rows"]}
    assert set(found) == {row.hex for row in rows[1:]}
    assert found[rows[1].hex] == "invalidated"


@pytest.mark.parametrize("wrong", [{"key": "0" * 16}, {"after": "nonsense"}, {"after": "\x00"}])
def test_nonsense_gets_nothing_and_leaves_no_trace(
    app: Flask, mina: FlaskClient, world: World, wrong: dict[str, str]
) -> None:
    asked = {"key": world.keys[0].public.key_id, "after": ""} | wrong
    assert send(mina, f"{HOME}{world.petition_id}/open/records", **asked).status_code == 400
    assert not audited(app, "signatures.opened")


def test_a_retired_key_and_one_that_was_never_proven_fetch_nothing(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    retired, unproven = (key.public.key_id for key in world.keys)
    with app.app_context():
        db.transact(lambda: _put_aside(retired, unproven))
    for number, key_id in enumerate((retired, unproven)):
        assert fetch(mina, world, key=number).status_code == 400
        assert key_id not in mina.get(f"{HOME}{world.petition_id}/open").text
    assert not audited(app, "signatures.opened")


def _put_aside(retired: str, unproven: str) -> None:
    for key in session.scalars(select(OrganiserKey)):
        if key.key_id == retired:
            key.retired_at = clock.now()
        if key.key_id == unproven:
            key.proven_at = None


def test_without_the_token_nothing_is_handed_out_or_done(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    for path in ("open/records", "lists", "lists/1/deleted", f"signatures/{rows[0]}/withdraw"):
        data = ASKED | {"key": world.keys[0].public.key_id}
        assert mina.post(f"{HOME}{world.petition_id}/{path}", data=data).status_code == 400, path
    agree(app, world, 5)


@pytest.mark.parametrize("roles", [("viewer",), ("administrator",)])
def test_who_may_not_organise_finds_nothing_here(
    app: Flask, world: World, rows: list[uuid.UUID], roles: tuple[str, ...]
) -> None:
    client = signed_in(app, *roles, name="Vera")
    home = f"{HOME}{world.petition_id}"
    for path in ("/open", "/lists"):
        assert client.get(f"{home}{path}").status_code == 404, path
    for path in ("/open/records", "/lists", f"/signatures/{rows[0]}/invalidate"):
        assert send(client, f"{home}{path}", reason=REASON).status_code == 404, path
    assert "/open" not in client.get(home).text
    agree(app, world, 5)


# One signature


def test_invalidating_takes_one_away_and_keeps_the_record_sealed(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    answer = deed(mina, world, rows[3], "invalidate")
    assert answer.get_json() == {
        "done": True,
        "state": "invalidated",
        "counts": False,
        "counted": 4,
    }
    agree(app, world, 4)
    row = read(app, rows[3])
    assert row.state == states.INVALIDATED
    assert row.sealed
    [entry] = audited(app, "signature.invalidated")
    assert (entry.actor, entry.detail) == ("Mina", {"row": rows[3].hex, "reason": REASON})


def test_an_invalidation_is_undone_by_a_deed_of_its_own(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    deed(mina, world, rows[3], "invalidate")
    assert deed(mina, world, rows[3], "restore", "A real name after all").get_json()["done"]
    assert not deed(mina, world, rows[3], "restore").get_json()["done"]
    agree(app, world, 5)
    assert (
        len(audited(app, "signature.invalidated")) == len(audited(app, "signature.restored")) == 1
    )


def test_withdrawing_at_the_signers_wish_leaves_nothing_to_open(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    answer = deed(mina, world, rows[0], "withdraw", "A letter of the signer")
    assert answer.get_json()["counted"] == 4
    agree(app, world, 4)
    row = read(app, rows[0])
    assert (row.state, row.sealed, row.blind_index) == (states.WITHDRAWN, None, None)
    with app.app_context():
        left = session.scalars(select(SealedCopy).where(SealedCopy.signature_id == rows[0]))
        assert not list(left)
        assert session.query(Mailbox).count() == 4
    [entry] = audited(app, "signature.withdrawn")
    assert (entry.actor, entry.detail["reason"]) == ("Mina", "A letter of the signer")


def test_what_was_invalidated_can_still_be_withdrawn_and_counts_once_only(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    deed(mina, world, rows[0], "invalidate")
    assert deed(mina, world, rows[0], "withdraw").get_json()["done"]
    assert not deed(mina, world, rows[0], "restore").get_json()["done"]
    assert not deed(mina, world, rows[0], "invalidate").get_json()["done"]
    agree(app, world, 4)
    assert read(app, rows[0]).sealed is None


@pytest.mark.parametrize(
    "reason", ["", "   ", "asked by mina@example.org", "mina＠example.org", "x" * 301]
)
@pytest.mark.parametrize("what", ["withdraw", "invalidate"])
def test_without_a_reason_that_names_nobody_nothing_happens(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID], reason: str, what: str
) -> None:
    answer = deed(mina, world, rows[0], what, reason)
    assert answer.status_code == 400
    assert set(answer.get_json()["errors"]) == {"reason"}
    agree(app, world, 5)


def test_a_row_of_another_petition_is_not_found(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID]
) -> None:
    with app.app_context():
        other = db.transact(lambda: given.petition("another")).id
    for what in ("withdraw", "invalidate", "restore"):
        address = f"{HOME}{other}/signatures/{rows[0]}/{what}"
        assert send(mina, address, reason=REASON).status_code == 404
        assert deed(mina, world, uuid.uuid4(), what).status_code == 404
    agree(app, world, 5)


@pytest.mark.parametrize("deeds", [("invalidate",), ("withdraw",), ("invalidate", "withdraw")])
def test_many_at_once_take_one_away(
    app: Flask, mina: FlaskClient, world: World, rows: list[uuid.UUID], deeds: tuple[str, ...]
) -> None:
    home, token = f"{HOME}{world.petition_id}/signatures/{rows[0]}", token_of(mina)
    clients = [app.test_client() for _ in range(8)]
    for client in clients:
        assert sign_in(client, "mina@example.org").status_code == 302
    tokens = [token_of(client) for client in clients]

    def act(number: int) -> bool:
        data = {"csrf_token": tokens[number], "reason": REASON}
        path = f"{home}/{deeds[number % len(deeds)]}"
        return bool(clients[number].post(path, data=data).get_json()["done"])

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(act, range(8)))
    assert token
    assert 1 <= sum(done) <= len(deeds)
    agree(app, world, 4)
    assert read(app, rows[0]).state == {"invalidate": "invalidated"}.get(
        "".join(deeds), "withdrawn"
    )


# Lists


def ask_for_list(client: FlaskClient, world: World, **changes: str) -> TestResponse:
    """Ask for a list of names."""
    by = (clock.today() + timedelta(days=30)).isoformat()
    fields = ASKED | {"delete_by": by} | changes
    return send(client, f"{HOME}{world.petition_id}/lists", **fields)


def downloads(app: Flask) -> list[NamesDownload]:
    """Read the lists that were noted."""
    with app.app_context():
        session.rollback()
        return list(session.scalars(select(NamesDownload).order_by(NamesDownload.id)))


def test_a_list_is_noted_with_who_what_for_and_until_when(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    assert ask_for_list(mina, world).status_code == 201
    [row] = downloads(app)
    assert (row.whose, row.names, row.reason) == ("agreed", 4, "Hand-over in Geneva")
    assert row.delete_by == clock.today() + timedelta(days=30)
    [entry] = audited(app, "names.listed")
    assert entry.actor == "Mina"
    assert entry.detail["reason"] == "Hand-over in Geneva"
    page = mina.get(f"{HOME}{world.petition_id}/lists").text
    for said in ("Mina", "Hand-over in Geneva", "I have deleted it"):
        assert said in page
    assert "1 list of these names" in mina.get(f"{HOME}{world.petition_id}/open").text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("reason", ""),
        ("reason", "for anna@example.org"),
        ("promised", ""),
        ("whose", "nobody"),
        ("names", ""),
        ("names", "-1"),
        ("names", "many"),
        ("delete_by", ""),
        ("delete_by", "tomorrow"),
        ("delete_by", "2020-01-01"),
        ("delete_by", "9999-12-31"),
    ],
)
def test_a_list_that_is_not_asked_for_rightly_is_not_noted(
    app: Flask, mina: FlaskClient, world: World, field: str, wrong: str
) -> None:
    answer = ask_for_list(mina, world, **{field: wrong})
    assert answer.status_code == 400
    assert field in answer.get_json()["errors"]
    assert downloads(app) == []


def test_everybody_is_listed_only_with_a_reason_of_its_own(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    answer = ask_for_list(mina, world, whose="everybody")
    assert set(answer.get_json()["errors"]) == {"why_everybody"}
    assert (
        ask_for_list(mina, world, whose="everybody", why_everybody="A court asks").status_code
        == 201
    )
    [row] = downloads(app)
    assert (row.whose, row.why_everybody) == ("everybody", "A court asks")


def test_only_the_holder_can_say_that_a_list_is_deleted(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    ask_for_list(mina, world)
    path = f"{HOME}{world.petition_id}/lists/{downloads(app)[0].id}/deleted"
    claire = signed_in(app, "organiser", name="Claire")
    assert "I have deleted it" not in claire.get(f"{HOME}{world.petition_id}/lists").text
    assert send(claire, path).status_code == 404
    assert downloads(app)[0].deleted_at is None
    assert send(mina, path).status_code == 303
    assert send(mina, path).status_code == 404
    assert downloads(app)[0].deleted_at is not None
    assert [one.actor for one in audited(app, "names.list_deleted")] == ["Mina"]
    assert "list of these names" not in mina.get(f"{HOME}{world.petition_id}/open").text


def remind(app: Flask) -> list[Any]:
    """Let the job run and the mail go; list what reached Mina."""
    with app.app_context():
        jobs.remind_lists()
    given.send_mail(app)
    return [mail for mail in given.mails(app) if "mina@example.org" in str(mail["To"])]


def test_the_holder_is_reminded_on_the_day_and_every_week_until_they_say_deleted(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    ask_for_list(mina, world)
    day = clock.now() + timedelta(days=30)
    with clock.frozen(day - timedelta(days=1)):
        assert remind(app) == []
    for _twice in range(2):
        with clock.frozen(day):
            [mail] = remind(app)
    text = given.text_of(mail)
    assert "4 names" in text
    assert f"/console/petitions/{world.petition_id}/lists" in text
    assert "김미나" not in text
    late = mina.get(f"{HOME}{world.petition_id}/lists")
    assert "overdue" not in late.text
    with clock.frozen(day + timedelta(days=2)):
        assert len(remind(app)) == 1
        client = app.test_client()
        sign_in(client, "mina@example.org")
        assert "overdue" in client.get(f"{HOME}{world.petition_id}/lists").text
    for weeks in (1, 2):
        with clock.frozen(day + timedelta(weeks=weeks) - timedelta(hours=1)):
            assert len(remind(app)) == weeks
        with clock.frozen(day + timedelta(weeks=weeks)):
            assert len(remind(app)) == len(remind(app)) == weeks + 1
            due = downloads(app)[0].id
            if weeks == 2:
                client = app.test_client()
                sign_in(client, "mina@example.org")
                send(client, f"{HOME}{world.petition_id}/lists/{due}/deleted")
    with clock.frozen(day + timedelta(weeks=3)):
        assert len(remind(app)) == 3


def test_two_workers_write_one_reminder(app: Flask, mina: FlaskClient, world: World) -> None:
    ask_for_list(mina, world)
    with clock.frozen(clock.now() + timedelta(days=30)), app.app_context():
        one, other = names_lists.due(), names_lists.due()
        session.rollback()
        assert db.transact(lambda: names_lists.remind(one)) == 1
        assert db.transact(lambda: names_lists.remind(other)) == 0


def test_who_has_deleted_the_list_hears_nothing(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    ask_for_list(mina, world)
    send(mina, f"{HOME}{world.petition_id}/lists/{downloads(app)[0].id}/deleted")
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert remind(app) == []


def test_the_reminder_speaks_the_language_in_which_the_list_was_made(
    app: Flask, world: World
) -> None:
    let_in(app, "organiser")
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    sign_in(client, "mina@example.org")
    ask_for_list(client, world)
    with clock.frozen(clock.now() + timedelta(days=30)):
        [mail] = remind(app)
    assert downloads(app)[0].language == "fr"
    assert str(mail["Content-Language"]) == "fr"


def test_dates_are_written_as_json_knows_them(app: Flask, mina: FlaskClient, world: World) -> None:
    ask_for_list(mina, world)
    detail = audited(app, "names.listed")[0].detail
    assert json.dumps(detail)
    assert date.fromisoformat(detail["delete_by"]) > clock.today()
