"""The page behind a code says what changed at the event of its board."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events.changing import Elsewhere
from campaign_app.events.models import Location
from campaign_app.qr.models import Placement
from tests import given
from tests.events.planned import SATURDAY, exit_of, gated, stall


@pytest.fixture(autouse=True)
def on_saturday() -> Iterator[None]:
    with clock.frozen(SATURDAY):
        yield


def test_a_board_says_the_news_of_its_event_while_it_is_near(app: Flask) -> None:
    world = given.world(app)
    with app.app_context():
        event = stall(session.get_one(Location, world.location_id))
        gated(event)
        transact(lambda: changing.confirm(event.id))
        stand = update(Placement).values(event_id=event.id)
        transact(lambda: session.execute(stand.where(Placement.id == world.placement_id)))
        exit_8 = exit_of("8")
    client = app.test_client()

    def shown(path: str = f"/q/{world.code}?lang=en") -> str:
        return client.get(path).text

    assert '<p class="notice news"></p>' in shown()
    with app.app_context():
        transact(lambda: changing.move(event.id, Elsewhere(location_id=exit_8.id)))
    assert "Today at Yongsan station, exit 8, not Yonsei University." in shown()
    sent = client.post(f"/q/{world.code}?lang=en", data={})
    assert "Today at Yongsan station, exit 8" in sent.text
    assert "Today at" not in shown(f"/en/petitions/{world.slug}")
    for away in (timedelta(days=-2), timedelta(hours=9)):
        with clock.frozen(SATURDAY + away):
            assert "exit 8" not in shown()
