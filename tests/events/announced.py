"""Places and events that the public may know of, and what their pages say of themselves."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.events import changing, services
from campaign_app.events.facts import EventFacts, LocationFacts
from campaign_app.events.models import GRANTED, Event, Location
from tests.asked import questions

SEOUL = {"ko": "서울", "en": "Seoul", "fr": "Séoul"}
GENEVA = {"fr": "Genève", "en": "Geneva", "ko": "제네바"}
NEW_YORK = {"en": "New York", "ko": "뉴욕"}


def place(slug: str, **changes: object) -> Location:
    said: dict[str, object] = {
        "kind": "station",
        "names": {"ko": "용산역 1번 출구", "en": "Yongsan station, exit 1"},
        "cities": SEOUL,
        "country": "KR",
        "zone": "Asia/Seoul",
        "language": "ko",
        "latitude": 37.5295,
        "longitude": 126.9654,
    }
    return services.add_location(LocationFacts(**(said | changes)), slug=slug)  # type: ignore[arg-type]  # written by the tests


def geneva() -> Location:
    return place(
        "nations", names={"fr": "Place des Nations"}, cities=GENEVA, country="CH",
        zone="Europe/Zurich", language="fr", latitude=46.2226, longitude=6.1391,
    )  # fmt: skip


def new_york() -> Location:
    return place(
        "plaza", names={"en": "Dag Hammarskjöld Plaza"}, cities=NEW_YORK, country="US",
        zone="America/New_York", language="en", latitude=40.7524, longitude=-73.9688,
    )  # fmt: skip


def planned(where: Location, starts: str = "2026-12-12T14:00", **changes: object) -> Event:
    ends = datetime.fromisoformat(starts) + timedelta(hours=4)
    said: dict[str, object] = {
        "location_id": where.id,
        "kind": "street_campaign",
        "titles": {"en": "Saturday at the station", "ko": "토요일 캠페인"},
        "starts_local": starts,
        "ends_local": ends,
    }
    return services.add_event(EventFacts(**(said | changes)))  # type: ignore[arg-type]  # written by the tests


def told(where: Location, starts: str = "2026-12-12T14:00", **changes: object) -> Event:
    """Plan an event and announce it."""
    event = planned(where, starts, **changes)
    event.permit_gate = GRANTED
    session.flush()
    return changing.confirm(event.id)


def letters_of(app: Flask, make: Callable[[], Event]) -> str:
    """Do something with the database and give the letters of the event that comes of it."""
    with app.app_context():
        letters: str = db.transact(lambda: make().letters)
        return letters


def alternates(html: str) -> set[tuple[str, str]]:
    """List a page's other languages as search engines read them."""
    return set(re.findall(r'rel="alternate" hreflang="([^"]+)" href="([^"]+)"', html))


def asked(app: Flask, client: FlaskClient, path: str) -> int:
    """Count the questions that a page asks."""
    with app.app_context(), questions() as seen:
        assert client.get(path).status_code == 200
    return len(seen)
