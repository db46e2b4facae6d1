"""Boards go along when an organiser moves an event from afar, and stay where they were put since."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask import Flask

from campaign_app.audit.models import AuditEntry
from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events.changing import CHANGED, Elsewhere
from campaign_app.outbox import registry
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.queries import history, standing
from campaign_app.qr.services import re_point
from campaign_app.stall.jobs import take_boards_along
from tests import given
from tests.stall.conftest import Stall


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Any:
    with app.app_context():
        yield


def move(stall: Stall, place: int) -> dict[str, int]:
    """Move the event in the console; give what the job is told."""
    event = transact(partial(changing.move, stall.event, Elsewhere(location_id=place)))
    return {"event": event.id, "sequence": event.sequence}


def stands_at(stall: Stall) -> int | None:
    session.rollback()
    now = standing(stall.world.code_id)
    assert now is not None
    return now.location_id


def test_the_server_itself_takes_the_boards_along(stall: Stall, app: Flask) -> None:
    move(stall, stall.exit_8)
    assert stands_at(stall) == stall.exit_1
    given.send_mail(app)
    assert stands_at(stall) == stall.exit_8
    entry = session.query(AuditEntry).filter_by(action="code.re_pointed").all()[-1]
    assert (entry.detail["event"], entry.detail["location"]) == (stall.event, stall.exit_8)


def test_done_twice_it_is_done_once(stall: Stall) -> None:
    told = move(stall, stall.exit_8)
    take_boards_along(told)
    stood = len(history(stall.world.code_id))
    take_boards_along(told)
    assert len(history(stall.world.code_id)) == stood


def test_two_moves_end_at_the_last_place_in_whatever_order_they_are_done(stall: Stall) -> None:
    told = [move(stall, place) for place in (stall.exit_8, stall.world.location_id)]
    for one in reversed(told):
        take_boards_along(one)
    assert stands_at(stall) == stall.world.location_id


def test_what_was_put_back_after_the_move_stays(stall: Stall) -> None:
    told = move(stall, stall.exit_8)
    take_boards_along(told)
    now = standing(stall.world.code_id)
    assert now is not None
    back = replace(StandsFor.of(now), location_id=stall.exit_1)
    transact(partial(re_point, stall.world.code_id, back))
    take_boards_along(told)
    assert stands_at(stall) == stall.exit_1


def test_a_job_about_nothing_does_nothing(stall: Stall) -> None:
    take_boards_along({"event": 999, "sequence": 1})
    take_boards_along({"event": stall.event, "sequence": 999})
    take_boards_along({"event": stall.event, "sequence": 1})
    assert stands_at(stall) == stall.exit_1


def test_volunteers_are_told_by_the_same_job(stall: Stall) -> None:
    """Several rooms take one topic."""
    assert {name.split(".")[1] for name in registry.handlers[CHANGED]} >= {"shifts", "stall"}
