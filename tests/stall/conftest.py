"""A stall at Yongsan station with one board, its lead's link, and somebody who signs."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing
from campaign_app.events import services as events
from campaign_app.events.facts import EventFacts
from campaign_app.events.models import Event
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.services import re_point
from campaign_app.stall import leads
from tests import given
from tests.given import World

SEOUL = ZoneInfo("Asia/Seoul")
PIN = "2580"


@dataclass(frozen=True)
class Stall:
    """Everything a test of the lead's page may want to name."""

    world: World
    event: int
    letters: str
    exit_1: int
    exit_8: int
    token: str

    @property
    def page(self) -> str:
        """Give the address of the lead's page."""
        return f"/stall/{self.token}/"

    def open(self, client: FlaskClient, pin: str = PIN) -> int:
        """Type the PIN."""
        return client.post(f"{self.page}open", data={"pin": pin}).status_code


def _exit(number: str) -> int:
    station = {"ko": "용산역", "en": "Yongsan", "fr": "Yongsan"}
    made = given.location(
        f"yongsan-{number}",
        kind="station",
        names={
            "ko": f"용산역 {number}번 출구",
            "en": f"Yongsan station, exit {number}",
            "fr": f"Gare de Yongsan, sortie {number}",
        },
        stations=station,
        exit_number=number,
    )
    return made.id


def build(world: World) -> Stall:
    """Announce the stall of today, put its board there, and give it a lead."""
    exit_1, exit_8 = _exit("1"), _exit("8")
    now = clock.now().astimezone(SEOUL)
    # Since an hour, but never since yesterday: what changes must be said of today.
    starts = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=min(now.hour, 1))
    event = events.add_event(
        EventFacts(
            location_id=exit_1,
            kind="street_campaign",
            titles={"en": "At Yongsan station", "ko": "용산역 캠페인", "fr": "À Yongsan"},
            starts_local=_local(starts),
            ends_local=_local(starts + timedelta(hours=4)),
        )
    )
    session.execute(update(Event).where(Event.id == event.id).values(permit_gate="granted"))
    session.refresh(event)
    changing.confirm(event.id)
    board = StandsFor(
        target="petition",
        target_id=world.petition_id,
        event_id=event.id,
        location_id=exit_1,
        board="Board 2",
        language="en",
    )
    re_point(world.code_id, board)
    link = a_link("Haneul", PIN)
    leads.issue(event.id, link)
    return Stall(world, event.id, event.letters, exit_1, exit_8, link.token)


def a_link(alias: str, pin: str, *, token: str = "") -> leads.New:
    """Prepare somebody's link."""
    return leads.New(
        alias=alias,
        language="en",
        token=token or leads.draw_token(),
        pin_hash=leads.hash_pin(pin),
    )


def _local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def stall(app: Flask) -> Stall:
    """Stand at exit 1 since an hour, with a lead on the phone."""
    world = given.world(app)
    with app.app_context():
        return transact(partial(build, world))


def picture() -> BytesIO:
    """Take a photo with a camera that writes its name into it."""
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    Image.new("RGB", (40, 30), "#f2b134").save(out, "JPEG", exif=exif)
    return BytesIO(out.getvalue())


def shown(html: str, name: str) -> str:
    """Read a number that the page keeps fresh."""
    found = re.search(rf'data-live="{name}">([^<]*)<', html)
    assert found, name
    return found[1]
