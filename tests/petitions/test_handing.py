"""A statement handed over makes its petition delivered; a mistake is taken back; answers are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.petitions import handing, queries, services, states
from campaign_app.petitions.handing import (
    NotHandedYet,
    RecordedAlready,
    StillRunning,
    TakenBackAlready,
)
from campaign_app.petitions.services import ChangedMeanwhile
from campaign_app.petitions.statement_models import Handover, Statement
from tests import given
from tests.given import World
from tests.petitions.consoling import audited, petition
from tests.petitions.stating import count, hand_over, reply, state, today


@pytest.fixture
def statement(app: Flask, world: World) -> Statement:
    """State the tally of a petition that people can still sign."""
    count(app, world.petition_id, 12)
    return state(app, world.petition_id)


def close(app: Flask, petition_id: int) -> None:
    with app.app_context():
        db.transact(lambda: services.close(queries.get(petition_id), "x", "x"))


def take_back(app: Flask, handover: Handover) -> None:
    with app.app_context():
        db.transact(
            lambda: handing.take_back(
                handing.handover_of(handover.petition_id, handover.id), "The wrong day"
            )
        )


def test_a_closed_petition_is_delivered_from_the_day_it_was_handed_over(
    app: Flask, world: World, statement: Statement
) -> None:
    close(app, world.petition_id)
    closed_at = petition(app, world.petition_id).closed_at
    hand_over(app, statement, ends_signing=False)
    now = petition(app, world.petition_id)
    assert (now.state, now.delivered_on, now.closed_at) == (states.DELIVERED, today(), closed_at)
    told = audited(app, "petition.delivered")[0].detail
    assert told["statement"] == statement.serial


def test_a_petition_that_runs_is_ended_only_by_saying_so(
    app: Flask, world: World, statement: Statement
) -> None:
    with pytest.raises(StillRunning):
        hand_over(app, statement, ends_signing=False)
    assert petition(app, world.petition_id).state == states.OPEN
    hand_over(app, statement)
    now = petition(app, world.petition_id)
    assert (now.state, now.closed_at is not None) == (states.DELIVERED, True)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_day_before_the_statement_or_ahead_of_today_is_refused(
    app: Flask, statement: Statement, days: int
) -> None:
    with pytest.raises(NotHandedYet):
        hand_over(app, statement, on=today() + timedelta(days=days))


def test_a_statement_of_another_petition_is_a_404(app: Flask, statement: Statement) -> None:
    with app.app_context():
        other = db.transact(lambda: given.petition("another")).id
    foreign = state(app, other)
    foreign.petition_id = statement.petition_id
    with pytest.raises(NotFound):
        hand_over(app, foreign)


def test_the_same_handover_sent_twice_is_recorded_once(app: Flask, statement: Statement) -> None:
    hand_over(app, statement)
    with pytest.raises(RecordedAlready):
        hand_over(app, statement)
    hand_over(app, statement, receivers={"en": "Ministry of Unification"})
    with app.app_context():
        assert len(handing.handovers(statement.petition_id)) == 2


def test_the_first_handover_dates_the_petition_whichever_was_recorded_first(
    app: Flask, world: World
) -> None:
    start = datetime(2026, 11, 2, 3, tzinfo=UTC)
    with clock.frozen(start):
        count(app, world.petition_id, 5)
        made = state(app, world.petition_id)
    with clock.frozen(start + timedelta(days=20)):
        hand_over(app, made, receivers={"en": "Ministry"})
        hand_over(app, made, on=start.date())
    assert petition(app, world.petition_id).delivered_on == start.date()


def test_taking_it_back_leads_to_where_it_was(
    app: Flask, world: World, statement: Statement
) -> None:
    handover = hand_over(app, statement)
    take_back(app, handover)
    now = petition(app, world.petition_id)
    assert (now.state, now.delivered_on, now.closed_at) == (states.OPEN, None, None)
    assert audited(app, "petition.delivery_undone")[0].detail["reason"] == "The wrong day"
    with pytest.raises(TakenBackAlready):
        take_back(app, handover)
    with app.app_context():
        session.rollback()
        assert handing.every_handover(world.petition_id)[0].undone_reason == "The wrong day"


def test_a_closed_one_is_closed_again(app: Flask, world: World, statement: Statement) -> None:
    close(app, world.petition_id)
    take_back(app, hand_over(app, statement))
    assert petition(app, world.petition_id).state == states.CLOSED


def test_while_another_handover_stands_it_stays_delivered(
    app: Flask, world: World, statement: Statement
) -> None:
    first = hand_over(app, statement)
    second = hand_over(app, statement, receivers={"en": "Ministry"})
    take_back(app, first)
    assert petition(app, world.petition_id).state == states.DELIVERED
    take_back(app, second)
    assert petition(app, world.petition_id).state == states.OPEN


def test_what_ended_a_month_ago_is_closed_not_opened(app: Flask, world: World) -> None:
    start = datetime(2026, 11, 2, 3, tzinfo=UTC)
    with clock.frozen(start):
        count(app, world.petition_id, 5)
        handover = hand_over(app, state(app, world.petition_id))
    with clock.frozen(start + timedelta(days=30)):
        take_back(app, handover)
    assert petition(app, world.petition_id).state == states.CLOSED


def test_a_better_answer_is_a_new_version_and_the_old_one_is_kept(
    app: Flask, statement: Statement
) -> None:
    handover = hand_over(app, statement)
    reply(app, handover, en="We have read it.")
    reply(app, handover, seen=1, en="We have read it.", ko="읽었습니다.")
    with app.app_context():
        session.rollback()
        newest, oldest = handing.versions(handover.id)
        assert newest.texts == {"en": "We have read it.", "ko": "읽었습니다."}
        assert (oldest.version, oldest.texts) == (1, {"en": "We have read it."})


def test_two_who_write_an_answer_at_once_do_not_overwrite_each_other(
    app: Flask, statement: Statement
) -> None:
    handover = hand_over(app, statement)
    reply(app, handover)
    with pytest.raises(ChangedMeanwhile):
        reply(app, handover, en="Somebody else's words")
    with app.app_context():
        session.rollback()
        assert len(handing.versions(handover.id)) == 1


def test_what_was_taken_back_is_not_answered(app: Flask, statement: Statement) -> None:
    handover = hand_over(app, statement)
    take_back(app, handover)
    with pytest.raises(TakenBackAlready):
        reply(app, handover)
