"""Jobs that wait, and jobs that come again."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.outbox import periodic, queries, registry, worker
from campaign_app.outbox.models import Periodic
from campaign_app.outbox.services import enqueue_job, every, on, remove_job, retry_job
from tests.outbox.posting import waiting

NOON = datetime(2026, 5, 4, 12, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _running(app: Flask) -> None:
    """Every test here needs the application."""


def _enqueue(topic: str, **payload: Any) -> None:
    db.transact(partial(enqueue_job, topic, payload))


def _fail() -> None:
    raise LookupError("canary@mailbox.example")


def test_a_job_is_done_by_who_handles_its_topic() -> None:
    done: list[dict[str, Any]] = []
    on("events.changed", done.append)
    _enqueue("events.changed", event=5)
    assert worker.drain() == 1
    assert (done, list(waiting())) == ([{"event": 5}], [])


def test_a_job_may_change_the_database_and_post_more_jobs() -> None:
    done: list[str] = []
    on("first", lambda _payload: _enqueue("second"))
    on("second", lambda _payload: done.append("second"))
    _enqueue("first")
    worker.drain()
    assert done == ["second"]


def test_a_job_that_nobody_here_handles_waits_for_who_does() -> None:
    _enqueue("of.a.newer.version")
    assert worker.drain() == 0
    assert [row.tries for row in waiting()] == [0]


def test_a_job_of_the_future_waits() -> None:
    done: list[dict[str, Any]] = []
    on("later", done.append)
    with clock.frozen(NOON):
        db.transact(partial(enqueue_job, "later", {}, run_at=NOON + timedelta(hours=1)))
        worker.drain()
    assert done == []
    with clock.frozen(NOON + timedelta(hours=1)):
        worker.drain()
    assert done == [{}]


def test_while_a_job_runs_the_next_of_its_name_may_wait() -> None:
    seen: list[int] = []

    def job(payload: dict[str, Any]) -> None:
        seen.append(payload["number"])
        if payload["number"] == 1:
            db.transact(partial(enqueue_job, "tidy", {"number": 2}, dedupe="tidy"))

    on("tidy", job)
    db.transact(partial(enqueue_job, "tidy", {"number": 1}, dedupe="tidy"))
    worker.drain()
    assert seen == [1, 2]


def test_a_poisoned_job_stops_after_twelve_tries_and_waits_for_a_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    on("poison", lambda _payload: _fail())
    with clock.frozen(NOON):
        _enqueue("poison")
    for hour in range(20):
        with clock.frozen(NOON + timedelta(hours=hour)):
            worker.drain()
    [job] = queries.failed_jobs()
    assert (job.topic, job.tries, job.last_error) == ("poison", 12, "LookupError")
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text
    on("poison", lambda _payload: None)
    db.transact(partial(retry_job, job.id))
    worker.drain()
    assert list(waiting()) == []


def test_a_failed_job_can_be_given_up_and_a_waiting_one_cannot() -> None:
    on("poison", lambda _payload: _fail())
    _enqueue("poison")
    [row] = waiting()
    db.transact(partial(remove_job, row.id))
    assert len(waiting()) == 1
    row.failed = True
    session.commit()
    db.transact(partial(remove_job, row.id))
    assert list(waiting()) == []


def test_a_broken_job_does_not_stop_the_next() -> None:
    done: list[dict[str, Any]] = []
    on("broken", lambda _payload: _fail())
    on("fine", done.append)
    _enqueue("broken")
    _enqueue("fine")
    worker.drain()
    assert done == [{}]


def test_a_repeated_job_runs_at_its_distance_also_after_a_restart() -> None:
    rounds: list[int] = []
    every(minutes=5, name="trial.tidy")(lambda: rounds.append(1))
    for minutes, count in ((0, 1), (1, 1), (4.9, 1), (5, 2), (5.1, 2), (60, 3)):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            worker.drain()
            assert len(rounds) == count


def test_a_repeated_job_that_fails_is_tried_again_within_a_minute() -> None:
    rounds: list[int] = []

    @every(hours=24, name="trial.recount")
    def recount() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            _fail()

    with clock.frozen(NOON):
        worker.drain()
        assert [row.last_error for row in queries.troubled_repeats()] == ["LookupError"]
    with clock.frozen(NOON + timedelta(minutes=1)):
        worker.drain()
        assert queries.troubled_repeats() == []
        [row] = session.scalars(select(Periodic))
        assert row.last_ok_at == NOON + timedelta(minutes=1)
        assert row.due_at == NOON + timedelta(days=1, minutes=1)


def test_of_two_workers_one_gets_a_repeated_job_and_a_dead_one_loses_it() -> None:
    every(minutes=5, name="trial.tidy")(lambda: None)
    job = registry.repeated["trial.tidy"]
    with clock.frozen(NOON):
        assert db.transact(partial(periodic.claim, job))
        assert db.transact(partial(periodic.claim, job)) is None
        assert periodic.due([job]) == []
    with clock.frozen(NOON + timedelta(minutes=16)):
        assert periodic.due([job]) == [job]
        assert db.transact(partial(periodic.claim, job))


def test_an_unguarded_job_keeps_no_row() -> None:
    rounds: list[int] = []
    every(seconds=1, name="trial.roll", unguarded=True)(lambda: rounds.append(1))
    worker.drain()
    assert rounds == [1]
    assert session.scalars(select(Periodic)).all() == []


def test_an_unguarded_job_keeps_its_pace_and_slows_down_when_it_fails() -> None:
    rounds: list[int] = []
    every(seconds=30, name="trial.roll", unguarded=True)(lambda: rounds.append(1))
    every(seconds=0.001, name="trial.fails", unguarded=True)(_fail)
    metronome = worker.Metronome()
    for _step in range(5):
        metronome.step()
    assert rounds == [1]


def test_a_repeated_job_needs_a_distance() -> None:
    with pytest.raises(ValueError, match="distance"):
        every(name="trial.never")
