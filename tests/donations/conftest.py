"""A house whose till is the demo's, with a code that stands for giving at a stall."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from campaign_app.core.db import session, transact
from campaign_app.donations.board import KIND
from campaign_app.events.models import Campaign
from campaign_app.qr import services as qr
from campaign_app.qr.facts import StandsFor
from config import Config
from tests import given
from tests.given import World
from tests.payments.giving import Giving
from tests.stall.conftest import build


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Give settings with the demo's bank, in which everything shows at once."""
    return Config.for_tests(
        database_url=database_url, instance_dir=tmp_path, payments="local", page_seconds=0
    )


@dataclass
class Stall:
    """A stall at which a code asks for gifts."""

    world: World
    event_id: int
    campaign_id: int
    letters: str
    code_id: int
    placement_id: int

    @property
    def tent(self) -> str:
        """Address what the table tent holds."""
        return f"/q/{self.letters}"


@pytest.fixture
def giving(app: Flask) -> Giving:
    """Give a till, its bank, and everybody who gives."""
    return Giving(app)


@pytest.fixture
def stall(app: Flask) -> Stall:
    """Put up a stall with a table tent, next to the board of a petition."""
    world = given.world(app)
    with app.app_context():
        return transact(lambda: put_up(world))


def put_up(world: World) -> Stall:
    """Build it in the caller's transaction."""
    event = build(world).event
    campaign = Campaign(slug="camps", names={"ko": "수용소", "en": "The camps", "fr": "Les camps"})
    session.add(campaign)
    session.flush()
    tent = qr.create_code(
        StandsFor(
            target=KIND,
            target_id=campaign.id,
            event_id=event,
            location_id=world.location_id,
            board="Table tent 1",
            language="ko",
        )
    )
    session.flush()
    return Stall(world, event, campaign.id, tent.code.letters, tent.code_id, tent.id)
