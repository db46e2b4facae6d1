"""A statement is the tally of one moment: counted twice, numbered without a gap, never changed."""

import hashlib
import json
import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.petitions import queries, services, statements, tally
from campaign_app.petitions.models import PetitionText
from campaign_app.petitions.signing_models import TallyCounter
from campaign_app.petitions.statement_models import Statement
from campaign_app.petitions.statements import CountsDiffer, NothingToState
from tests import given
from tests.given import World
from tests.petitions.consoling import audited
from tests.petitions.stating import count, facts_of, state


def test_it_holds_what_was_counted_and_what_was_signed(app: Flask, world: World) -> None:
    count(app, world.petition_id, 9, at=datetime(2026, 10, 31, 16, tzinfo=UTC))  # November there
    count(app, world.petition_id, 6, country="FR", language="fr")
    count(app, world.petition_id, 7, country="FR", evidence="witnessed", language="fr")
    given.sign(app.test_client(), f"/en/petitions/{world.slug}")
    with clock.frozen(datetime(2026, 12, 2, tzinfo=UTC)):
        said = facts_of(state(app, world.petition_id))
    assert said["total"] == 22
    assert said["awaiting"] == 1
    assert said["by_evidence"] == {
        "confirmed": 15,
        "witnessed": 7,
        "no_mailbox": 0,
        "stall_code": 0,
        "paper": 0,
    }
    assert said["by_country"]["shown"] == [["FR", 13], ["KR", 9]]
    assert said["by_language"]["shown"] == [["fr", 13], ["en", 9]]
    assert said["by_month"][0] == ["2026-11", 9 if clock.now().month != 11 else 22]
    assert [text["language"] for text in said["texts"]] == ["en", "ko", "fr"]
    assert said["texts"][0]["addressee"] == "UN Human Rights Council"
    assert said["texts"][0]["body"].startswith("## Why")


def test_each_text_stands_with_the_hash_that_was_signed(app: Flask, world: World) -> None:
    count(app, world.petition_id, 5)
    said = facts_of(state(app, world.petition_id))
    with app.app_context():
        for text in said["texts"]:
            live = queries.approved_text(world.petition_id, text["language"])
            assert live
            assert text["sha256"] == live.sha256


def test_the_hash_is_that_of_the_data_and_the_data_name_their_number(
    app: Flask, world: World
) -> None:
    made = state(app, world.petition_id)
    assert hashlib.sha256(made.data.encode()).hexdigest() == made.sha256
    assert json.loads(made.data)["number"] == made.serial
    assert made.data == statements.canonical(json.loads(made.data))
    assert audited(app, "statement.made")[0].detail["sha256"] == made.sha256


def test_later_signatures_and_later_words_change_nothing(app: Flask, world: World) -> None:
    count(app, world.petition_id, 8)
    made = state(app, world.petition_id)
    count(app, world.petition_id, 8)
    with app.app_context():
        db.transact(lambda: given.approved(
            queries.get(world.petition_id), "en", world.author_id, world.reviewer_id
        ))  # fmt: skip
        session.rollback()
        kept = session.get_one(Statement, made.id)
        assert (kept.data, kept.sha256) == (made.data, made.sha256)
    newer = facts_of(state(app, world.petition_id))
    assert newer["total"] == 16
    assert newer["texts"][0]["revision"] == 2
    assert [older["revision"] for older in newer["texts"][0]["earlier"]] == [1]


def test_it_says_where_one_person_alone_approved(app: Flask, world: World) -> None:
    with app.app_context():
        live = queries.approved_text(world.petition_id, "fr")
        assert live
        db.transact(lambda: setattr(session.get(PetitionText, live.id), "alone_reason", "Alone"))
    texts = {text["language"]: text for text in facts_of(state(app, world.petition_id))["texts"]}
    assert (texts["fr"]["one_person"], texts["en"]["one_person"]) == (True, False)


def test_what_the_classes_mean_is_frozen_in_each_language(app: Flask, world: World) -> None:
    meanings = facts_of(state(app, world.petition_id))["meanings"]
    assert set(meanings) == {"ko", "en", "fr"}
    assert "proved the mailbox" in meanings["en"]["confirmed"]
    assert len({words["confirmed"] for words in meanings.values()}) == 3


def test_numbers_count_up_within_the_year_over_all_petitions(app: Flask, world: World) -> None:
    with app.app_context():
        other = db.transact(lambda: given.petition("another")).id
    with clock.frozen(datetime(2026, 12, 31, 14, 59, tzinfo=UTC)):
        first, second = state(app, world.petition_id), state(app, other)
    with clock.frozen(datetime(2026, 12, 31, 15, 0, tzinfo=UTC)):  # midnight in Seoul
        third = state(app, world.petition_id)
    assert [made.serial for made in (first, second, third)] == ["2026-001", "2026-002", "2027-001"]


def test_no_number_is_skipped_or_given_twice_in_a_race(app: Flask, world: World) -> None:
    begin = threading.Barrier(6)
    failures: list[BaseException] = []

    def run(fails: bool) -> None:
        with app.app_context():
            facts = statements.taken(world.petition_id)
            begin.wait(20)
            try:
                db.transact(lambda: _written(world.petition_id, facts, fails))
            except ZeroDivisionError:
                pass
            except BaseException as error:  # noqa: BLE001 -- shown below
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number % 3 == 0,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with app.app_context():
        session.rollback()
        numbers = session.scalars(select(Statement.number).order_by(Statement.number)).all()
    assert numbers == [1, 2, 3, 4]


def _written(petition_id: int, facts: statements.Facts, fails: bool) -> None:
    """Write a statement; some crash before it is kept."""
    statements.write(petition_id, facts)
    if fails:
        raise ZeroDivisionError


def test_none_is_made_while_tally_and_recount_differ(app: Flask, world: World) -> None:
    count(app, world.petition_id, 5)
    with app.app_context():
        while db.transact(tally.roll):
            pass
        db.transact(lambda: session.execute(update(TallyCounter).values(n=TallyCounter.n + 1)))
    with pytest.raises(CountsDiffer):
        state(app, world.petition_id)
    with app.app_context():
        assert statements.of(world.petition_id) == []


def test_none_is_made_of_what_nobody_could_sign(app: Flask) -> None:
    with app.app_context():
        draft = db.transact(lambda: services.create(given.plan())).id
    with pytest.raises(NothingToState):
        state(app, draft)


@pytest.mark.parametrize(
    "typed", ["2026", "2026-", "-1", "2026-x", "٢٠٢٦-١", "2026-" + "9" * 30, ""]
)
def test_what_is_no_number_finds_no_statement(app: Flask, typed: str) -> None:
    with app.app_context():
        assert statements.numbered(typed) is None
