"""Whatever a phone sends, the lead's page answers, and never with a 500."""

from functools import partial
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core.db import transact
from campaign_app.shifts import kit
from campaign_app.shifts import services as crew
from campaign_app.shifts.services import ShiftPlan
from tests.accounts.people import signed_in, token_of
from tests.faults.nasty import FORM, NASTY, body_of
from tests.shifts import crewing
from tests.stall.conftest import Stall

#: Every field of every form of the room.
FIELDS = (
    "pin", "place", "minutes", "reason", "language", "where", "lasted", "who", "alias", "talked_to",
    "kind", "words", "photo", "alt", "faces", "words_en", "alt_en", "shown",
)  # fmt: skip


@pytest.fixture
def posts(stall: Stall, app: Flask) -> list[str]:
    """Name everything on the lead's page that takes a form, with rows that exist."""
    with app.app_context():
        plan = ShiftPlan(role="board", least=1, most=3)
        shift = transact(lambda: crew.add_shift(stall.event, plan).id)
        number = crewing.confirmed(shift, "Bora")
        transact(partial(kit.add, stall.event, ["Tent"]))
    says = [f"say/{deed}" for deed in ("move", "late", "postpone", "resume")]
    people = [f"crew/{one}/{deed}" for one in (number, uuid4()) for deed in ("came", "hours")]
    after = ["after/people", "after/incident", "after/photo", "photos/1/remove"]
    board = f"boards/{stall.world.code_id}"
    rest = ["language", "kit/1/pack", "kit/2147483647/pack", board, "hand-over"]
    return [f"{stall.page}{path}" for path in (*says, *people, *after, *rest)]


def test_the_lead_is_always_answered(stall: Stall, posts: list[str], client: FlaskClient) -> None:
    stall.open(client)
    broken = []
    for wrong, value in NASTY.items():
        body = body_of([(name, value) for name in FIELDS])
        for path in posts:
            status = client.post(path, data=body, content_type=FORM).status_code
            broken += [(path, wrong)] if status >= 500 else []
    assert broken == []


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_an_organiser_is_always_answered(stall: Stall, app: Flask) -> None:
    desk = signed_in(app, "organiser")
    token = ("csrf_token", token_of(desk).encode())
    paths = [f"/console/events/{stall.event}/{name}" for name in ("results", "lead", "lead/pin")]
    for wrong, value in NASTY.items():
        body = body_of([*((name, value) for name in FIELDS), token])
        for path in paths:
            status = desk.post(path, data=body, content_type=FORM).status_code
            assert status < 500, (path, wrong)
