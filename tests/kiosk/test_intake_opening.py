"""What was delivered is opened, judged as its hour would have judged it, and counts once or waits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.seal import PublicKey, SealedRecord
from campaign_app.core.sealed_record import Signer
from campaign_app.kiosk import keys, opening, standing
from campaign_app.kiosk.models import Intake
from campaign_app.outbox.models import OutboxRow
from campaign_app.outbox.services import enqueue_job
from campaign_app.petitions import confirming, consents, receipts, services, witnessing
from campaign_app.petitions.models import Block, ConsentPart, OrganiserKey, Petition
from campaign_app.petitions.signing_models import GivenConsent, SealedCopy, Signature
from campaign_app.petitions.wording import Wording
from campaign_app.qr.models import Placement
from tests import given
from tests.kiosk import intake, stations
from tests.kiosk.stations import Station
from tests.kiosk.tablet import Item, hour, receipt, signature


def deliver(app: Flask, client: FlaskClient, station: Station) -> None:
    """Send what is held, and let the job open it."""
    station.tablet.deliver(client)
    intake.opened(app, station)


def change(app: Flask, statement: Any) -> None:
    """Change rows behind everybody's back."""
    with app.app_context():
        transact(lambda: session.execute(statement))


def test_a_signature_counts_as_witnessed_and_opens_for_the_organisers_alone(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    code = receipt()
    item = station.tablet.sign(name=" 김미나 ", email="Mina@Example.org", receipt=code)
    deliver(app, client, station)
    assert intake.state(app, item) == "counted"
    assert intake.counted(app, station) == {"witnessed": 1}
    with app.app_context():
        row = session.scalars(select(Signature)).one()
        assert (row.id, row.hour, row.country, row.language) == (item.id, hour(), "KR", "ko")
        copies = session.scalars(select(SealedCopy)).all()
        record = SealedRecord(row.sealed or b"", {copy.key_id: copy.wrapped for copy in copies})
        for key in station.world.keys:
            signer = Signer.unseal(record, key, petition=station.world.uid, row=row.id.hex)
            assert (signer.name, signer.email) == ("김미나", "Mina@Example.org")
            assert signer.text_sha256 == station.tablet.paper.text
        assert len(session.scalars(select(GivenConsent)).all()) == len(
            station.tablet.paper.required
        )
        placement = session.get(Placement, row.placement_id)
        assert placement is not None
        assert (placement.event_id, placement.board) == (station.event_id, "Tablet 3")
        found = receipts.find(code)
        assert found is not None
        assert found.counts
        assert session.get_one(Intake, item.id).sealed is None


def test_the_witnessed_replaces_the_unconfirmed_of_the_same_mailbox_and_cancels_its_mail(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    given.sign(client, f"/q/{station.world.code}", "mina@gmail.com")
    assert given.counted(app, station.world.petition_id) == (0, 1)
    station.tablet.sign(email="Mi.Na+x@Gmail.com")
    deliver(app, client, station)
    assert given.counted(app, station.world.petition_id) == (1, 0)
    assert intake.counted(app, station) == {"witnessed": 1}
    with app.app_context():
        mails = session.scalars(select(OutboxRow.template).where(OutboxRow.is_mail)).all()
        assert mails == [witnessing.WITNESSED_MAIL]


def test_whoever_counts_already_is_a_duplicate(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    given.sign(client, f"/q/{station.world.code}", "mina@example.org")
    given.send_mail(app)
    client.post(given.link_of(given.mails(app)[0]))
    once = station.tablet.sign(email="mina@example.org")
    jo = [station.tablet.sign(email="jo@example.org") for _time in range(2)]
    deliver(app, client, station)
    assert intake.state(app, once) == "duplicate"
    assert sorted(intake.state(app, item) for item in jo) == ["counted", "duplicate"]
    assert intake.counted(app, station) == {"confirmed": 1, "witnessed": 1}


def test_without_a_mailbox_only_tablet_and_number_tell_two_apart(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    for _signer in range(2):
        station.tablet.sign(name="Kim Min-ji")
    deliver(app, client, station)
    assert intake.counted(app, station) == {"no_mailbox": 2}


WRONG: dict[str, dict[str, Any]] = {
    "unknown_petition": {"petition": "f" * 32},
    "unknown_text": {"text": "f" * 64},
    "no_consent": {"parts": []},
    "bad_name": {"name": "=1+1"},
    "bad_mailbox": {"email": "mina@@example"},
    "unreadable": {"receipt": "short"},
}


@pytest.mark.parametrize("reason", sorted(WRONG))
def test_what_is_wrong_waits_with_its_reason_and_keeps_its_envelope(
    app: Flask, client: FlaskClient, station: Station, reason: str
) -> None:
    item, good = station.tablet.sign(**WRONG[reason]), station.tablet.sign()
    deliver(app, client, station)
    assert intake.state(app, item) == f"quarantined: {reason}"
    assert intake.state(app, good) == "counted"
    with app.app_context():
        assert session.get_one(Intake, item.id).sealed == item.sealed


@pytest.mark.parametrize(
    "payload",
    [{}, {"v": 2}, {"v": 1, "kind": "sign"}, {"v": 1, "kind": "void", "of": "x", "hour": 1}],
)
def test_an_envelope_that_holds_no_signature_waits(
    app: Flask, client: FlaskClient, station: Station, payload: dict[str, Any]
) -> None:
    item = station.tablet.put(payload)
    deliver(app, client, station)
    assert intake.state(app, item) == "quarantined: unreadable"


@pytest.mark.parametrize(
    "wrong",
    [{"country": "XX"}, {"language": "xx"}, {"hour": "now"}, {"name": 7}, {"parts": ["\0"]}],
)
def test_fields_that_no_tablet_writes_are_unreadable(
    app: Flask, client: FlaskClient, station: Station, wrong: dict[str, Any]
) -> None:
    item = station.tablet.sign(**wrong)
    deliver(app, client, station)
    assert intake.state(app, item) == "quarantined: unreadable"


def test_an_envelope_opens_only_for_its_event_install_and_name(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    for seq in (1, 2):
        item = tablet.sealed(signature(tablet.paper), seq=seq)
        moved = tablet.sealed(signature(tablet.paper), seq=seq)
        tablet.held.append(Item(item.id, item.event, item.kid, seq, moved.sealed))
        tablet.next_seq += 1
    unknown = tablet.sign()
    tablet.held[-1] = Item(unknown.id, unknown.event, "0" * 16, unknown.seq, unknown.sealed)
    swapped, other, keyless = tablet.held
    deliver(app, client, station)
    assert intake.state(app, swapped) == "quarantined: cannot_open"
    assert intake.state(app, other) == "quarantined: cannot_open"
    assert intake.state(app, keyless) == "quarantined: no_key"


def test_a_mailbox_or_domain_that_is_blocked_waits(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    with app.app_context():
        transact(
            lambda: session.add(
                Block(domain="spam.example", reason="floods", created_at=clock.now())
            )
        )
    item = station.tablet.sign(email="mina@mail.spam.example")
    deliver(app, client, station)
    assert intake.state(app, item) == "quarantined: blocked"


def test_without_two_organisers_keys_it_waits_until_there_are(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign()
    change(app, update(OrganiserKey).values(retired_at=clock.now()))
    deliver(app, client, station)
    assert intake.state(app, item) == "quarantined: too_few_keys"
    change(app, update(OrganiserKey).values(retired_at=None))
    with app.app_context():
        opening.open_again([item.id])
    assert intake.state(app, item) == "counted"


def test_a_text_and_a_wording_that_were_withdrawn_since_count_still(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign()

    def rewrite() -> None:
        petition = session.get_one(Petition, station.world.petition_id)
        other = replace(given.draft("ko"), body="Because of this, too.")
        text = services.write(petition, other, station.world.author_id)
        services.send_to_review(text)
        services.approve(text, station.world.reviewer_id, others=True)
        old = session.scalars(
            select(ConsentPart).where(ConsentPart.language == "ko", ConsentPart.kind == "sign")
        ).one()
        words = Wording(
            kind=old.kind,
            country=old.country,
            position=old.position,
            required=True,
            title=old.title,
            text=old.wording + " 새로",
        )
        consents.add_part(petition, "ko", words)

    with app.app_context():
        transact(rewrite)
        paper = stations.paper_of(station.world.petition_id, "ko")
        session.rollback()
    assert paper.text != station.tablet.paper.text
    assert paper.required != station.tablet.paper.required
    deliver(app, client, station)
    assert intake.state(app, item) == "counted"


def test_what_was_signed_before_the_petition_closed_counts_and_nothing_after(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    before, after = station.tablet.sign(), station.tablet.sign(hour=hour() + 2)

    def close() -> None:
        petition = session.get_one(Petition, station.world.petition_id)
        services.close(petition, petition.slug, petition.slug, without_proof="a test")

    with app.app_context(), clock.frozen(clock.now() + timedelta(hours=1)):
        transact(close)
    with clock.frozen(clock.now() + timedelta(hours=5)):
        deliver(app, client, station)
    assert intake.state(app, before) == "counted"
    assert intake.state(app, after) == "quarantined: not_open"


def test_a_clock_that_is_off_leaves_no_consent_out(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    newer = update(ConsentPart).where(ConsentPart.language == "ko")
    change(app, newer.values(created_at=clock.now() + timedelta(hours=2)))
    item = station.tablet.sign(parts=[], hour=272_000)
    deliver(app, client, station)
    assert intake.state(app, item) == "quarantined: no_consent"


def test_a_clock_in_2001_or_2040_counts_in_the_events_hours(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    old, young = station.tablet.sign(hour=272_000), station.tablet.sign(hour=620_000)
    deliver(app, client, station)
    assert [intake.state(app, item) for item in (old, young)] == ["counted", "counted"]
    with app.app_context():
        hours = dict(session.execute(select(Signature.id, Signature.hour)).all())
    assert hours[young.id] == hour()
    assert hours[old.id] == hour() - 4


# Voids


def test_a_void_takes_one_away_and_the_mail_with_it(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign(email="mina@example.org")
    deliver(app, client, station)
    assert intake.counted(app, station) == {"witnessed": 1}
    void = station.tablet.void(item)
    deliver(app, client, station)
    assert [intake.state(app, one) for one in (item, void)] == ["voided", "void"]
    assert intake.counted(app, station) == {}
    with app.app_context():
        assert session.scalars(select(OutboxRow.template).where(OutboxRow.is_mail)).all() == []
        assert session.scalars(select(Signature.sealed)).all() == [None]
    again = station.tablet.sign(email="mina@example.org")
    deliver(app, client, station)
    assert intake.state(app, again) == "counted"


def test_what_is_voided_before_it_is_opened_never_counts(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign()
    void = station.tablet.void(item)
    deliver(app, client, station)
    assert [intake.state(app, one) for one in (item, void)] == ["voided", "void"]
    with app.app_context():
        assert session.scalars(select(Signature.id)).all() == []


def test_a_void_that_comes_first_waits_for_what_it_takes_back(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    tablet = station.tablet
    item = tablet.sign()
    tablet.held.remove(item)
    void = tablet.void(item)
    deliver(app, client, station)
    assert intake.state(app, void) == "quarantined: nothing_to_void"
    tablet.held.append(item)
    deliver(app, client, station)
    assert [intake.state(app, one) for one in (item, void)] == ["voided", "void"]
    assert intake.counted(app, station) == {}


@pytest.mark.parametrize("void_first", [False, True])
def test_a_tablet_that_was_sent_on_voids_what_it_took_before(
    app: Flask, client: FlaskClient, station: Station, void_first: bool
) -> None:
    tablet = station.tablet
    item = tablet.sign()
    if void_first:
        tablet.held.remove(item)
    deliver(app, client, station)
    here, key = tablet.event, tablet.key
    with app.app_context():
        elsewhere = transact(lambda: stations.an_event(station.world.location_id))
        tablet.event = elsewhere.uid
        tablet.key = transact(lambda: PublicKey.from_text(keys.of_event(elsewhere.id).public_key))
    void = tablet.void(item)
    tablet.deliver(client)
    with app.app_context():
        opening.open_event(elsewhere.id)
    if void_first:
        assert intake.state(app, void) == "quarantined: nothing_to_void"
        tablet.event, tablet.key = here, key
        tablet.held.append(item)
        deliver(app, client, station)
    assert [intake.state(app, one) for one in (item, void)] == ["voided", "void"]
    assert intake.counted(app, station) == {}


def test_a_duplicate_is_voided_without_taking_the_first_away(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    first = station.tablet.sign(email="jo@example.org")
    deliver(app, client, station)
    second = station.tablet.sign(email="jo@example.org")
    deliver(app, client, station)
    void = station.tablet.void(second)
    deliver(app, client, station)
    assert [intake.state(app, one) for one in (first, second, void)] == [
        "counted",
        "voided",
        "void",
    ]
    assert intake.counted(app, station) == {"witnessed": 1}


def test_a_void_of_a_void_of_another_tablet_or_twice_takes_nothing_more(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    _number, other = stations.another(app, station)
    item, kept = station.tablet.sign(), station.tablet.sign()
    void = station.tablet.void(item)
    twice, of_void = station.tablet.void(item), station.tablet.void(void)
    foreign = other.void(kept)
    other.deliver(client)
    deliver(app, client, station)
    assert intake.state(app, kept) == "counted"
    assert intake.state(app, twice) == "void"
    assert intake.state(app, of_void) == "quarantined: nothing_to_void"
    assert intake.state(app, foreign) == "quarantined: nothing_to_void"
    assert intake.counted(app, station) == {"no_mailbox": 1}


# Killed, and at once


class Killed(BaseException):
    """The process dies here."""


STEPS: dict[str, tuple[Any, str]] = {
    "opened": (standing, "placement_for"),
    "placed": (witnessing, "prepare"),
    "sealed": (witnessing, "store"),
    "its delta": (confirming, "settle"),
    "its receipt": (confirming, "keep_receipt"),
    "written": (opening, "_settle"),
    "its void": (opening, "_take_back"),
    "voiding": (witnessing, "void"),
}


@pytest.mark.parametrize("step", sorted(STEPS))
def test_killed_at_any_step_it_counts_once_when_the_job_runs_again(
    app: Flask, client: FlaskClient, station: Station, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = station.tablet.sign(email="jo@example.org")
    station.tablet.deliver(client)
    if step == "voiding":
        intake.opened(app, station)
    items = [station.tablet.sign() for _signer in range(3)]
    voids = [station.tablet.void(items[0]), station.tablet.void(first)]
    station.tablet.deliver(client)
    owner, name = STEPS[step]
    died = dying_after(getattr(owner, name), 1 if step in ("opened", "its void", "voiding") else 2)
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, died)
        with pytest.raises(Killed):
            intake.opened(app, station)
    intake.opened(app, station)
    assert intake.counted(app, station) == {"no_mailbox": 2}
    assert [intake.state(app, one) for one in voids] == ["void", "void"]
    assert [intake.state(app, one) for one in items] == ["voided", "counted", "counted"]


def dying_after(work: Callable[..., Any], times: int) -> Callable[..., Any]:
    """Let a function work so often, then die after the last time."""
    left = [times]

    def dying(*told: Any, **named: Any) -> Any:
        done = work(*told, **named)
        left[0] -= 1
        if left[0] <= 0:
            raise Killed
        return done

    return dying


def test_two_workers_at_once_count_each_once(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    _number, other = stations.another(app, station)
    for number in range(30):
        station.tablet.sign(email=f"signer{number}@example.org")
        other.sign(email=f"signer{number}@example.org")
    station.tablet.deliver(client)
    other.deliver(client)
    gate = threading.Barrier(3)

    def work(_worker: int) -> None:
        gate.wait()
        intake.opened(app, station)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    intake.opened(app, station)
    assert intake.counted(app, station) == {"witnessed": 30}
    with app.app_context():
        states = session.scalars(select(Intake.state)).all()
    assert sorted(states) == ["counted"] * 30 + ["duplicate"] * 30


def test_the_worker_opens_what_came_and_the_sweeper_what_it_left(
    app: Flask, client: FlaskClient, station: Station
) -> None:
    item = station.tablet.sign()
    station.tablet.deliver(client)
    given.send_mail(app)
    assert intake.state(app, item) == "counted"
    left = station.tablet.sign()
    station.tablet.deliver(client)
    change(app, delete(OutboxRow).where(OutboxRow.topic == "kiosk.open"))
    with app.app_context(), clock.frozen(clock.now() + timedelta(minutes=5)):
        transact(partial(enqueue_job, "kiosk.open", {"event": 999_999}))
        given.send_mail(app)
    assert intake.state(app, left) == "counted"


def test_the_private_half_lies_outside_the_database(app: Flask, station: Station) -> None:
    with app.app_context():
        key = keys.current(station.event_id)
        assert key is not None
        folder = app.config["LANTERN"].key_dir / "intake"
        assert [path.name for path in folder.glob("*.key")] == [f"{key.seed_name}.key"]
