"""Keys as rules: proven before they count, retired without losing a name by accident."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign_app.core import clock, db, seal
from campaign_app.core.db import session
from campaign_app.core.seal import PrivateKey, SealedRecord, open_record, seal_record
from campaign_app.petitions import copies, desk, jobs, organiser_keys, queries, services
from campaign_app.petitions.models import KeyChallenge, OrganiserKey
from campaign_app.petitions.organiser_keys import (
    Challenge,
    KeysNeeded,
    KeyThere,
    NewKey,
    NotProven,
    TypeTheHolder,
    UnknownKey,
)
from campaign_app.petitions.services import CannotOpen
from campaign_app.petitions.signing_models import SealedCopy, Signature
from tests import given
from tests.given import World


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def added(private: PrivateKey, holder: str = "Mina", **more: object) -> OrganiserKey:
    new = NewKey(public=private.public, holder=holder, place="Seoul", **more)  # type: ignore[arg-type]
    return db.transact(lambda: organiser_keys.add(new))


def opened(private: PrivateKey, asked: Challenge) -> str:
    """Do what the holder's browser does."""
    where = {"purpose": "proof", "petition": asked.key_id, "row": asked.id.hex}
    return str(open_record(asked.record, private, **where)["answer"])


def asked(private: PrivateKey) -> Challenge:
    return db.transact(lambda: organiser_keys.challenge(private.public.key_id))


def proven(private: PrivateKey) -> None:
    question = asked(private)
    said = opened(private, question)
    db.transact(lambda: organiser_keys.prove(question.id, said))


def signed(world: World, keys: list[PrivateKey], count: int = 1) -> list[Signature]:
    """Add sealed, confirmed records without ceremony."""

    return db.transact(lambda: [signature(world, keys) for _ in range(count)])


def signature(world: World, keys: list[PrivateKey]) -> Signature:
    number = uuid4()
    where = {"purpose": "signature", "petition": world.uid, "row": number.hex}
    record = seal_record({"name": "김미나"}, to=[key.public for key in keys], **where)
    made = Signature(
        petition_id=world.petition_id,
        id=number,
        text_id=queries.texts(world.petition_id)[0].id,
        state="confirmed",
        evidence="confirmed",
        language="en",
        country="KR",
        hour=494000,
        blind_index=number.bytes,
        sealed=record.box,
        link_hash=b"",
        code_hash=b"",
    )
    session.add(made)
    session.flush()
    for key_id, wrapped in record.copies.items():
        session.add(
            SealedCopy(
                petition_id=world.petition_id,
                signature_id=number,
                key_id=key_id,
                wrapped=wrapped,
            )
        )
    return made


def row_of(private: PrivateKey) -> OrganiserKey:
    session.rollback()
    found = queries.key(private.public.key_id)
    assert found
    return found


# ---- proven before it counts


@pytest.mark.usefixtures("inside")
def test_a_new_key_gets_nothing_until_it_is_proven() -> None:
    private = PrivateKey.generate()
    added(private)
    assert queries.keys_in_use() == 0
    assert desk.public_keys() == ()
    proven(private)
    assert queries.keys_in_use() == 1
    assert desk.public_keys() == (private.public,)
    assert row_of(private).proven_at is not None


@pytest.mark.usefixtures("inside")
def test_a_petition_opens_with_two_proven_keys_only() -> None:
    made = db.transact(given.petition)
    keys = [PrivateKey.generate(), PrivateKey.generate()]
    for one in keys:
        added(one)
    for one in keys:
        with pytest.raises(CannotOpen):
            db.transact(lambda: services.open_petition(queries.get(made.id)))
        proven(one)
    db.transact(lambda: services.open_petition(queries.get(made.id)))


@pytest.mark.usefixtures("inside")
def test_an_answer_counts_once() -> None:
    private = PrivateKey.generate()
    added(private)
    question = asked(private)
    said = opened(private, question)
    db.transact(lambda: organiser_keys.prove(question.id, said))
    with pytest.raises(NotProven):
        db.transact(lambda: organiser_keys.prove(question.id, said))


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("said", ["", "0" * 64, "가" * 64, "\ud800"])
def test_a_wrong_answer_proves_nothing_and_spoils_nothing(said: str) -> None:
    private = PrivateKey.generate()
    added(private)
    question = asked(private)
    with pytest.raises(NotProven):
        db.transact(lambda: organiser_keys.prove(question.id, said))
    assert queries.keys_in_use() == 0
    db.transact(lambda: organiser_keys.prove(question.id, opened(private, question)))
    assert queries.keys_in_use() == 1


@pytest.mark.usefixtures("inside")
def test_a_late_answer_and_an_unknown_question_prove_nothing() -> None:
    private = PrivateKey.generate()
    added(private)
    question = asked(private)
    said = opened(private, question)
    with clock.frozen(clock.now() + timedelta(minutes=11)), pytest.raises(NotProven):
        db.transact(lambda: organiser_keys.prove(question.id, said))
    with pytest.raises(NotProven):
        db.transact(lambda: organiser_keys.prove(uuid4(), said))


@pytest.mark.usefixtures("inside")
def test_one_keys_answer_proves_no_other_key() -> None:
    mine, theirs = PrivateKey.generate(), PrivateKey.generate()
    added(mine)
    added(theirs, "Nari")
    own, other = asked(mine), asked(theirs)
    with pytest.raises(NotProven):
        db.transact(lambda: organiser_keys.prove(other.id, opened(mine, own)))
    assert row_of(theirs).proven_at is None


@pytest.mark.usefixtures("inside")
def test_nobody_is_asked_about_a_key_that_is_unknown_or_retired() -> None:
    private = PrivateKey.generate()
    with pytest.raises(UnknownKey):
        asked(private)
    row = added(private).id
    question = asked(private)
    db.transact(lambda: organiser_keys.retire(session.get_one(OrganiserKey, row)))
    with pytest.raises(UnknownKey):
        asked(private)
    with pytest.raises(UnknownKey):
        db.transact(lambda: organiser_keys.prove(question.id, opened(private, question)))


@pytest.mark.usefixtures("inside")
def test_the_database_holds_no_answer_and_forgets_old_questions() -> None:
    private = PrivateKey.generate()
    added(private)
    question = asked(private)
    kept = session.scalars(select(KeyChallenge)).one()
    assert opened(private, question).encode() not in kept.answer_hash
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        asked(private)
        assert session.scalar(select(func.count()).select_from(KeyChallenge)) == 1


@pytest.mark.usefixtures("inside")
def test_a_key_is_added_once_and_a_retired_one_comes_back_unproven() -> None:
    private = PrivateKey.generate()
    row = added(private)
    proven(private)
    with pytest.raises(KeyThere):
        added(private)
    db.transact(lambda: organiser_keys.retire(session.get_one(OrganiserKey, row.id)))
    added(private, "Nari", recovery=True)
    again = row_of(private)
    assert (again.holder, again.recovery, again.proven_at, again.retired_at) == (
        "Nari",
        True,
        None,
        None,
    )


@pytest.mark.usefixtures("inside")
def test_after_sixty_days_a_proof_is_too_old_but_still_counts() -> None:
    private = PrivateKey.generate()
    added(private)
    proven(private)
    assert organiser_keys.state().stale == 0
    with clock.frozen(clock.now() + timedelta(days=61)):
        assert organiser_keys.state().stale == 1
        assert queries.keys_in_use() == 1


# ---- sealed to one more key


def in_the_browser(world: World, using: PrivateKey, to: PrivateKey, most: int = 10**6) -> int:
    """Re-seal in batches as static/js/key_reseal.js does; stop after some, like a closed page."""
    after, done = None, 0
    while done < most:
        batch = copies.lacking(to.public.key_id, using.public.key_id, after)
        if not batch:
            break
        made = {copy.place: resealed(copy, using, to) for copy in batch}
        db.transact(lambda made=made: copies.store(to.public.key_id, made))  # type: ignore[misc]
        after, done = batch[-1].place, done + len(batch)
    return done


def resealed(copy: copies.Copy, using: PrivateKey, to: PrivateKey) -> bytes:
    """Open a data key and close it for another key, by the parts that seal.py is made of."""
    binding = seal._binding("signature", copy.petition_uid, copy.place.row.hex)
    info = seal._info(binding, using.public.key_id)
    data_key = seal._SUITE.decrypt(copy.wrapped, using.secret, info)
    return seal._closed_for(to.public, data_key, binding)


def opens(world: World, private: PrivateKey) -> int:
    """Count the records that a key opens."""
    session.rollback()
    count = 0
    for row in session.scalars(select(Signature).where(Signature.sealed.is_not(None))):
        found = session.scalars(
            select(SealedCopy).where(
                SealedCopy.signature_id == row.id, SealedCopy.key_id == private.public.key_id
            )
        ).all()
        where = {"purpose": "signature", "petition": world.uid, "row": row.id.hex}
        for copy in found:
            record = SealedRecord(row.sealed or b"", {copy.key_id: copy.wrapped})
            assert open_record(record, private, **where) == {"name": "김미나"}
            count += 1
    return count


def test_a_third_key_opens_everything_after_a_stop_in_the_middle(
    inside: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "AT_ONCE", 7)
    signed(world, world.keys, 30)
    third = PrivateKey.generate()
    added(third)
    proven(third)
    assert copies.missing(third.public.key_id) == 30
    assert in_the_browser(world, world.keys[0], third, most=10) == 14
    assert copies.missing(third.public.key_id) == 16
    assert in_the_browser(world, world.keys[1], third) == 16
    assert copies.missing(third.public.key_id) == 0
    assert opens(world, third) == 30


def test_a_copy_is_written_once_whoever_sends_it_again(inside: Flask, world: World) -> None:
    signed(world, world.keys, 2)
    third = PrivateKey.generate()
    added(third)
    batch = copies.lacking(third.public.key_id, world.keys[0].public.key_id)
    made = {copy.place: resealed(copy, world.keys[0], third) for copy in batch}
    other = {copy.place: resealed(copy, world.keys[0], third) for copy in batch}
    assert db.transact(lambda: copies.store(third.public.key_id, made)) == 2
    assert db.transact(lambda: copies.store(third.public.key_id, other)) == 0
    kept = session.scalars(
        select(SealedCopy.wrapped).where(SealedCopy.key_id == third.public.key_id)
    )
    assert set(kept) == set(made.values())


def test_what_is_no_copy_is_left_out(inside: Flask, world: World) -> None:
    rows = signed(world, world.keys, 3)
    places = [copies.Place(world.petition_id, row.id) for row in rows]
    junk = dict(zip(places, [b"", bytes(113), b"\4" + bytes(112)], strict=True))
    assert db.transact(lambda: copies.store("0" * 16, junk)) == 0


def test_who_withdraws_meanwhile_leaves_no_copy_behind(inside: Flask, world: World) -> None:
    (row,) = signed(world, world.keys)
    third = PrivateKey.generate()
    added(third)
    (copy,) = copies.lacking(third.public.key_id, world.keys[0].public.key_id)
    made = {copy.place: resealed(copy, world.keys[0], third)}

    def withdraw() -> None:
        found = session.get_one(Signature, (row.petition_id, row.id))
        found.state, found.sealed, found.blind_index = "withdrawn", None, None

    db.transact(withdraw)
    assert db.transact(lambda: copies.store(third.public.key_id, made)) == 0
    nowhere = {copies.Place(world.petition_id, uuid4()): made[copy.place]}
    assert db.transact(lambda: copies.store(third.public.key_id, nowhere)) == 0


# ---- retired


def test_an_open_petition_keeps_its_two_keys(inside: Flask, world: World) -> None:
    with pytest.raises(KeysNeeded):
        db.transact(lambda: organiser_keys.retire(row_of_inside(world.keys[0])))
    assert queries.keys_in_use() == 2


def row_of_inside(private: PrivateKey) -> OrganiserKey:
    found = queries.key(private.public.key_id)
    assert found
    return found


def test_a_key_without_proof_can_go_at_any_time(inside: Flask, world: World) -> None:
    third = PrivateKey.generate()
    added(third)
    db.transact(lambda: organiser_keys.retire(row_of_inside(third)))
    assert row_of(third).retired_at is not None


def test_names_that_hang_by_a_key_ask_for_its_holder(inside: Flask, world: World) -> None:
    signed(world, world.keys, 3)
    third = PrivateKey.generate()
    added(third, "Nari Kim")
    proven(third)
    found = organiser_keys.consequences(row_of(world.keys[0]))
    assert (found.lost, found.thin, found.all) == (0, 3, 3)
    for typed in ("", "Nari"):
        with pytest.raises(TypeTheHolder):
            db.transact(
                lambda typed=typed: organiser_keys.retire(  # type: ignore[misc]
                    row_of_inside(world.keys[0]), typed
                )
            )
    db.transact(lambda: organiser_keys.retire(row_of_inside(world.keys[0]), " A  Laptop"))
    assert row_of(world.keys[0]).retired_at is not None
    assert organiser_keys.consequences(row_of(world.keys[1])).lost == 3


def test_a_retired_key_opens_nothing_here_and_the_others_open_all(
    inside: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "AT_ONCE", 4)
    signed(world, world.keys, 10)
    third = PrivateKey.generate()
    added(third)
    proven(third)
    in_the_browser(world, world.keys[0], third)
    assert not organiser_keys.consequences(row_of(world.keys[0])).grave
    db.transact(lambda: organiser_keys.retire(row_of_inside(world.keys[0])))
    assert copies.of_retired_keys()
    jobs.delete_copies()
    assert not copies.of_retired_keys()
    assert opens(world, world.keys[0]) == 0
    assert opens(world, world.keys[1]) == opens(world, third) == 10
    assert desk.public_keys() == (world.keys[1].public, third.public)
    jobs.delete_copies()  # and again, when there is nothing to do


def test_without_keys_the_names_are_lost_and_it_is_known(inside: Flask, world: World) -> None:
    signed(world, world.keys, 1)
    assert not organiser_keys.state().names
    db.transact(lambda: session.query(OrganiserKey).update({OrganiserKey.retired_at: clock.now()}))
    assert organiser_keys.state().names
