"""Names go in time: the tally stays, nothing that could name a signer does, and it is proved."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.core.withdrawn_log import Deed, WithdrawnLog
from campaign_app.petitions import forgetting, jobs, keep_until, names_end, queries, recount, states
from campaign_app.petitions import services as petitions
from campaign_app.petitions.keeping_models import NamesDeleted, NamesWarned
from campaign_app.petitions.models import ConsentPart, Petition
from campaign_app.petitions.signing_models import (
    GivenConsent,
    Mailbox,
    Receipt,
    SealedCopy,
    Signature,
)
from tests import given
from tests.accounts import people
from tests.given import World
from tests.petitions.test_receipts import confirmed

SIGNERS = ("mina@example.org", "jean@example.org", "anna@example.org")


@pytest.fixture
def signed(app: Flask, client: FlaskClient, world: World) -> World:
    """Three have signed and confirmed; one of them withdrew; a fourth never confirmed."""
    receipts = [confirmed(app, client, world, email) for email in SIGNERS]
    client.post("/en/receipt/withdraw", data={"code": receipts[0], "sure": "yes"})
    given.sign(client, f"/q/{world.code}", email="late@example.org")
    return world


def close(app: Flask, world: World) -> None:
    with app.app_context():

        def work() -> None:
            petitions.close(queries.get(world.petition_id), world.slug, world.slug)

        db.transact(work)


def days_later(app: Flask, days: int, *work: Callable[[], Any]) -> None:
    """Let jobs run on a later day."""
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=days)):
        for job in work:
            job()
        session.rollback()


def count(app: Flask, table: type) -> int:
    with app.app_context():
        session.rollback()
        return session.scalar(select(func.count()).select_from(table)) or 0


def names(app: Flask) -> int:
    with app.app_context():
        session.rollback()
        query = select(func.count()).select_from(Signature).where(Signature.sealed.is_not(None))
        return session.scalar(query) or 0


def proofs(app: Flask) -> list[NamesDeleted]:
    with app.app_context():
        session.rollback()
        return list(session.scalars(select(NamesDeleted).order_by(NamesDeleted.id)))


def promise(app: Flask, world: World, day: str) -> None:
    """Let the wordings in force name a day."""
    with app.app_context():

        def work() -> None:
            for part in session.scalars(select(ConsentPart).where(ConsentPart.kind == "sign")):
                part.wording = f"I agree that my name is kept until {day}."

        db.transact(work)


def forget(app: Flask, days: int) -> None:
    days_later(app, days, *map(jobs.as_job, (names_end.warn, jobs.forget_names)))


def test_half_a_year_after_the_end_no_name_is_left_and_the_tally_stays(
    app: Flask, client: FlaskClient, signed: World
) -> None:
    close(app, signed)
    before = given.counted(app, signed.petition_id)
    assert before == (2, 1)
    promise(app, signed, "a day that nobody named")
    days_later(app, 30, jobs.let_go, names_end.warn, jobs.forget_names)
    assert names(app) == 2
    forget(app, 170)
    assert names(app) == 2  # warned, 14 days are not over
    forget(app, 184)
    assert names(app) == 0
    assert given.counted(app, signed.petition_id) == (2, 0)
    for table in (SealedCopy, Receipt, Mailbox):
        assert count(app, table) == 0, table
    assert count(app, Signature) == 3  # two that count and the one withdrawn
    assert count(app, GivenConsent) == 9
    with app.app_context():
        rows = session.scalars(select(Signature)).all()
        assert {row.blind_index for row in rows} == {None}
        assert {row.link_hash + row.code_hash for row in rows} == {b""}
        assert {row.text_id > 0 for row in rows} == {True}
        assert recount.check() == []


def test_the_proof_says_how_many_when_and_that_the_recount_agreed(
    app: Flask, signed: World
) -> None:
    close(app, signed)
    forget(app, 170)
    forget(app, 184)
    *_, proof = proofs(app)
    assert (proof.petition_id, proof.whole) == (signed.petition_id, True)
    assert proof.finished_at is not None
    assert proof.agreed_before
    assert proof.agreed_after
    assert proof.counted_before == proof.counted_after == 2
    with app.app_context():
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "names.deleted")
        ).one()
        assert entry.actor == "job"
        assert entry.subject == f"petition:{signed.petition_id}"
        assert entry.detail["recount_agrees"]


def test_running_again_changes_nothing(app: Flask, signed: World) -> None:
    close(app, signed)
    forget(app, 170)
    forget(app, 184)
    once = [(proof.id, proof.records, proof.finished_at) for proof in proofs(app)]
    forget(app, 185)
    forget(app, 400)
    assert [(proof.id, proof.records, proof.finished_at) for proof in proofs(app)] == once


def test_a_run_that_dies_in_the_middle_is_finished_by_the_next(
    app: Flask, signed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(app, signed)
    forget(app, 169)
    monkeypatch.setattr(forgetting, "MOST_AT_ONCE", 1)
    whole = forgetting.delete_some
    done: list[Any] = []

    def dying(*args: Any) -> Any:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(args)
        return whole(*args)

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "delete_some", dying)
        with pytest.raises(KeyboardInterrupt):
            forget(app, 184)
    assert 0 < names(app) + 1 < 4
    [open_one] = proofs(app)
    assert open_one.finished_at is None
    forget(app, 184)
    [proof] = proofs(app)
    assert (names(app), proof.id) == (0, open_one.id)
    assert proof.records == 3  # two that count and the one nobody confirmed
    assert proof.finished_at is not None


def test_nobodys_name_is_kept_longer_than_the_wording_they_agreed_to(
    app: Flask, client: FlaskClient, world: World
) -> None:
    """The first signs under a day that is moved afterwards; the second under the new one."""
    today = clock.today()
    early, late = today + timedelta(days=20), today + timedelta(days=300)
    promise(app, world, f"{early:%B} {early.day}, {early.year}")
    confirmed(app, client, world, SIGNERS[0])
    with app.app_context():

        def rewrite() -> None:
            for part in queries.parts(world.petition_id):
                if part.kind == "sign":
                    later = f"{late:%B} {late.day}, {late.year}"
                    _new_version(part, part.wording.split(" until ")[0] + f" until {later}.")

        db.transact(rewrite)
    client = app.test_client()
    with clock.frozen(clock.now() + timedelta(seconds=5)):
        confirmed(app, client, world, SIGNERS[1])
    forget(app, 19)
    assert names(app) == 2
    forget(app, 21)
    assert names(app) == 1
    assert given.counted(app, world.petition_id) == (2, 0)
    [proof] = proofs(app)
    assert (proof.whole, proof.records, proof.due_on) == (False, 1, early)
    with app.app_context():
        assert recount.check() == []
        assert keep_until.first_day(queries.get(world.petition_id)) is not None


def _new_version(part: ConsentPart, wording: str) -> None:
    part.retired_at = clock.now()
    facts = ("petition_id", "kind", "language", "country", "position", "required", "title")
    same = {name: getattr(part, name) for name in facts}
    session.add(
        ConsentPart(
            **same, version=part.version + 1, wording=wording, sha256="", created_at=clock.now()
        )
    )


def test_organisers_are_told_once_14_days_before(app: Flask, signed: World) -> None:
    people.let_in(app, "organiser", name="Boram")
    people.let_in(app, "viewer", name="Vera")
    close(app, signed)
    before = len(given.mails(app))
    for day in (160, 172, 173, 174):
        days_later(app, day, names_end.warn)
    with clock.frozen(clock.now() + timedelta(days=174)):
        given.send_mail(app)
    told = [
        mail for mail in given.mails(app)[before:] if "names will be deleted" in mail["Subject"]
    ]
    assert {str(mail["To"]).split("@")[0] for mail in told} == {"author", "reviewer", "boram"}
    assert "2 signatures" in given.text_of(told[0]) or "3 signatures" in given.text_of(told[0])
    assert f"/console/petitions/{signed.petition_id}" in given.text_of(told[0])
    assert count(app, NamesWarned) == 1


def test_after_a_long_standstill_names_wait_for_the_warning(app: Flask, signed: World) -> None:
    close(app, signed)
    promise(app, signed, "whenever")
    forget(app, 900)
    assert names(app) == 3
    forget(app, 913)
    assert names(app) == 3
    forget(app, 914)
    assert names(app) == 0


def test_a_mail_link_and_a_receipt_of_a_forgotten_signature_open_nothing(
    app: Flask, client: FlaskClient, world: World
) -> None:
    receipt = confirmed(app, client, world)
    link = given.link_of(given.mails(app)[0])
    close(app, world)
    forget(app, 170)
    forget(app, 184)
    assert client.post(link).status_code == 410
    assert client.post("/en/receipt", data={"code": receipt}).status_code == 400
    assert count(app, Receipt) == 0
    assert given.counted(app, world.petition_id) == (1, 0)


def test_what_was_deleted_is_written_where_a_restore_finds_it(app: Flask, signed: World) -> None:
    close(app, signed)
    forget(app, 170)
    forget(app, 184)
    log = WithdrawnLog(app.config["LANTERN"].key_dir)
    kinds = [line.why for line in log.lines() if line]
    assert kinds.count(Deed.WITHDRAWN) == 1
    assert kinds.count(Deed.LET_GO) == 1
    assert kinds.count(Deed.FORGOTTEN) == 3
    text = log.path.read_text("utf-8")
    assert re.fullmatch(r"(\n|(withdrawn|let-go|forgotten) \d+ [0-9a-f]{32}\n)+", text)


@pytest.mark.parametrize(
    ("language", "words", "days"),
    [
        ("en", "kept until June 1, 2027.", [date(2027, 6, 1)]),
        ("en", "kept until 1 June 2027, sealed", [date(2027, 6, 1)]),
        ("en", "kept until Jun 1, 2027", [date(2027, 6, 1)]),
        ("en", "by 2027-06-01", [date(2027, 6, 1)]),
        ("ko", "봉인하여 2027년 6월 1일까지 보관", [date(2027, 6, 1)]),
        ("ko", "2027년 11월 21일까지", [date(2027, 11, 21)]),
        ("ko", "2027. 6. 1.까지", [date(2027, 6, 1)]),
        ("fr", "jusqu’au 1er juin 2027", [date(2027, 6, 1)]),
        ("fr", "jusqu’au 12 décembre 2027.", [date(2027, 12, 12)]),
        ("en", "June 31, 2027 is no day, nor is 2027", []),
        ("en", "I am 14 or older.", []),
    ],
)
def test_the_day_is_read_from_the_words(language: str, words: str, days: list[date]) -> None:
    assert keep_until.days_in(words, language) == days


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_shipped_wording_names_its_day(app: Flask, world: World) -> None:
    with app.app_context():
        petition = queries.get(world.petition_id)
        promised = keep_until.promises(petition)
        required = [part for part in queries.parts(world.petition_id) if part.required]
        assert set(promised) == {part.id for part in required}
        assert len(set(promised.values())) == 1
        assert petition.closes_at is not None
        assert min(promised.values()) > petition.closes_at.date() + timedelta(days=180)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_petitions_day_counts_from_the_hand_over_once_there_was_one(app: Flask) -> None:
    with app.app_context():
        closed = datetime.fromisoformat("2026-01-10T12:00:00+00:00")
        petition = Petition(state=states.CLOSED, closed_at=closed, keep_months=6)
        assert keep_until.of_petition(petition) == date(2026, 7, 12)
        petition.state = states.DELIVERED
        petition.delivered_on = date(2026, 3, 10)
        assert keep_until.of_petition(petition) == date(2026, 9, 9)
        petition.state = states.OPEN
        assert keep_until.of_petition(petition) is None


def test_two_jobs_at_once_delete_each_name_once(app: Flask, signed: World) -> None:
    close(app, signed)
    forget(app, 169)
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=184)):
        [one] = forgetting.due(clock.today())
        first = db.transact(partial(forgetting.begin, one, agreed=True))
        again = db.transact(partial(forgetting.begin, one, agreed=True))
        assert first == again
        for _turn in range(2):
            db.transact(partial(forgetting.delete_some, one, first, None))
    [proof] = proofs(app)
    assert proof.records == 3
