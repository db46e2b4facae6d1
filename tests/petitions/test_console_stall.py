"""Organisers see on the event's page how its stall codes fare, and give it others."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.audit import queries as audit
from campaign_app.core import clock, db
from campaign_app.core.db import session
from campaign_app.petitions import stall_code
from campaign_app.petitions.stall_models import MOST_WRONG_IN_ALL, StallSecret
from tests import given
from tests.accounts.people import send, signed_in
from tests.petitions.stalls import Stall, code_now, stall, typed, wrong


@pytest.fixture
def at(app: Flask) -> Stall:
    """Stand with a board at a stall."""
    return stall(app)


def address(at: Stall) -> str:
    """Address the button."""
    return f"/console/petitions/stall-codes/{at.event_id}/other"


def page(who: FlaskClient, at: Stall) -> str:
    """Open the event's page."""
    return who.get(f"/console/events/{at.event_id}").text


def spend(app: Flask, event_id: int) -> None:
    """Let strangers type all the wrong codes that there are."""
    with app.app_context():
        spent = StallSecret(event_id=event_id, wrong=MOST_WRONG_IN_ALL)
        db.transact(lambda: session.add(spent))


def test_other_codes_open_a_stall_again_that_strangers_have_shut(
    app: Flask, client: FlaskClient, at: Stall
) -> None:
    spend(app, at.event_id)
    organiser = signed_in(app, "organiser", name="Hana")
    assert "too many wrong ones" in page(organiser, at)
    answer = given.sign(client, at.board)
    assert typed(client, at.world.slug, answer, code_now(app, at.event_id)).status_code == 400

    done = send(organiser, address(at))

    assert done.status_code == 303
    assert "0 wrong stall codes were typed so far; 300 shut them." in page(organiser, at)
    assert typed(client, at.world.slug, answer, code_now(app, at.event_id)).status_code == 200
    with app.app_context():
        session.rollback()
        [entry] = audit.entries(action="stall_code.rotated")
        assert (entry.actor, entry.subject) == ("Hana", f"event:{at.event_id}")


def test_wrong_codes_show_as_they_are_typed(app: Flask, client: FlaskClient, at: Stall) -> None:
    answer = given.sign(client, at.board)
    typed(client, at.world.slug, answer, wrong(app, at.event_id))
    organiser = signed_in(app, "organiser", name="Hana")
    assert "1 wrong stall code was typed" in page(organiser, at)


def test_who_may_only_look_sees_no_button_and_has_none(app: Flask, at: Stall) -> None:
    viewer = signed_in(app, "viewer", name="Vera")
    assert "stall codes" not in page(viewer, at).lower()
    assert send(viewer, address(at)).status_code == 404
    with app.app_context():
        assert stall_code.generation(at.event_id) == 0


def test_without_its_token_and_without_an_event_nothing_changes(app: Flask, at: Stall) -> None:
    organiser = signed_in(app, "organiser", name="Hana")
    assert organiser.post(address(at)).status_code == 400
    assert send(organiser, "/console/petitions/stall-codes/999/other").status_code == 404
    with app.app_context():
        assert stall_code.generation(at.event_id) == 0


def test_long_after_the_stall_the_page_is_silent(app: Flask, at: Stall) -> None:
    organiser = signed_in(app, "organiser", name="Hana")
    with clock.frozen(clock.now() + timedelta(hours=6)):
        assert "stall code" not in page(organiser, at)
