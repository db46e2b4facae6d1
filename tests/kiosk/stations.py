"""A stall at Yonsei University with an open petition, its intake key, and tablets enrolled there."""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select, update

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.core.seal import PublicKey
from campaign_app.events import services as events
from campaign_app.events.facts import EventFacts
from campaign_app.events.models import CONFIRMED, Event
from campaign_app.kiosk import door, keys
from campaign_app.kiosk.models import Install, StallPetition
from campaign_app.kiosk.models import Tablet as TabletRow
from campaign_app.petitions import states
from campaign_app.petitions.models import ConsentPart, Petition, PetitionText
from tests import given
from tests.given import World
from tests.kiosk.tablet import Paper, Tablet

SEOUL: Final = ZoneInfo("Asia/Seoul")


@dataclass
class Station:
    """Everything a test may want to name."""

    world: World
    event_id: int
    event: str
    letters: str
    tablet_id: int
    #: As the Python tablet holds it.
    tablet: Tablet = field(repr=False)


def station(app: Flask, world: World | None = None) -> Station:
    """Open a petition, announce a stall that runs since an hour, enrol "Tablet 3" there."""
    world = world or given.world(app)
    with app.app_context():
        return transact(partial(_build, world))


def _build(world: World) -> Station:
    event = an_event(world.location_id)
    session.add(StallPetition(event_id=event.id, position=1, petition_id=world.petition_id))
    paper = paper_of(world.petition_id, "ko")
    number, tablet = enrolled(event, paper)
    return Station(world, event.id, event.uid, event.letters, number, tablet)


def an_event(location_id: int, *, began: timedelta = timedelta(hours=1)) -> Event:
    """Announce a stall of four hours that began a while ago."""
    starts = (clock.now() - began).astimezone(SEOUL)
    made = events.add_event(
        EventFacts(
            location_id=location_id,
            kind="street_campaign",
            titles={"en": "At Yonsei", "ko": "연세대 앞 캠페인", "fr": "À Yonsei"},
            starts_local=_local(starts),
            ends_local=_local(starts + timedelta(hours=4)),
        )
    )
    values = {"permit_gate": "granted", "state": CONFIRMED}
    session.execute(update(Event).where(Event.id == made.id).values(**values))
    session.refresh(made)
    return made


def _local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def enrolled(event: Event, paper: Paper, name: str = "Tablet 3") -> tuple[int, Tablet]:
    """Enrol a tablet at an event, by its rows; give its number and what it then knows."""
    row = TabletRow(
        name=name,
        event_id=event.id,
        language="ko",
        pin_salt=secrets.token_bytes(16),
        pin_hash=secrets.token_bytes(32),
    )
    session.add(row)
    session.flush()
    return row.id, installed(row, event, paper)


def installed(row: TabletRow, event: Event, paper: Paper) -> Tablet:
    """Enrol a tablet (anew): a new install with a new token; the one before ends."""
    session.execute(
        update(Install)
        .where(Install.tablet_id == row.id, Install.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    install, token = uuid.uuid4(), door.new_token()
    session.add(Install(uid=install, tablet_id=row.id, token_hash=door.hash_of(token)))
    key = PublicKey.from_text(keys.of_event(event.id).public_key)
    session.flush()
    return Tablet(install, token, event.uid, key, paper)


def another(app: Flask, at: Station, name: str = "Tablet 4") -> tuple[int, Tablet]:
    """Enrol one more tablet at the same stall."""
    with app.app_context():
        return transact(
            lambda: enrolled(session.get_one(Event, at.event_id), at.tablet.paper, name)
        )


def paper_of(petition_id: int, language: str, country: str = "") -> Paper:
    """Read what a petition asks to sign, as the pack says it."""
    petition = session.get_one(Petition, petition_id)
    text = session.scalars(
        select(PetitionText.sha256).where(
            PetitionText.petition_id == petition_id,
            PetitionText.language == language,
            PetitionText.state == states.APPROVED,
        )
    ).one()
    parts = session.scalars(
        select(ConsentPart)
        .where(
            ConsentPart.petition_id == petition_id,
            ConsentPart.language == language,
            ConsentPart.country == country,
            ConsentPart.retired_at.is_(None),
        )
        .order_by(ConsentPart.position)
    ).all()
    return Paper(
        petition=petition.uid,
        text=text or "",
        parts=[part.sha256 for part in parts],
        required=[part.sha256 for part in parts if part.required],
    )
