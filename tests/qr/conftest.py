"""A stall to test with: a place, an event, and a page that codes may lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from flask import Flask, Response, jsonify

from campaign_app import qr
from campaign_app.core.access import GATE
from campaign_app.core.db import transact
from campaign_app.events import services as events
from campaign_app.events.facts import EventFacts, LocationFacts
from campaign_app.qr import Pointed
from campaign_app.qr.facts import StandsFor
from campaign_app.qr.models import Placement
from campaign_app.qr.services import create_code

KIND = "page"
TITLES = {
    1: {"en": "Close the camps", "ko": "수용소를 폐쇄하라", "fr": "Fermez les camps"},
    2: {"en": "No forced repatriation"},
}


class Pages:
    """Pages of ours, as a room above would fill them in."""

    def show(self, pointed: Pointed) -> Response:
        return jsonify(did="show", id=pointed.target_id, placement=pointed.placement_id)

    def take(self, pointed: Pointed) -> Response:
        return jsonify(did="take", id=pointed.target_id, placement=pointed.placement_id)

    def choices(self) -> Sequence[tuple[int, str]]:
        return [(number, titles["en"]) for number, titles in TITLES.items()]

    def titles(self, target_id: int) -> Mapping[str, str]:
        return TITLES.get(target_id, {})


@dataclass(frozen=True)
class Stall:
    """Two places in Seoul, one event, and a board with its code at the event."""

    exit_1: int
    exit_8: int
    event: int
    board: Placement

    def stands_for(self, **changes: object) -> StandsFor:
        said: dict[str, object] = {
            "target": KIND,
            "target_id": 1,
            "event_id": self.event,
            "location_id": None,
            "board": "Board 2 – the map",
            "language": "ko",
        }
        return StandsFor(**(said | changes))  # type: ignore[arg-type]  # written by the tests


def place(name: str, **changes: object) -> LocationFacts:
    said: dict[str, object] = {
        "kind": "station",
        "names": {"en": name, "ko": f"{name} 역"},
        "cities": {"en": "Seoul", "ko": "서울"},
        "country": "KR",
        "zone": "Asia/Seoul",
        "language": "ko",
    }
    return LocationFacts(**(said | changes))  # type: ignore[arg-type]  # written by the tests


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    filler = Pages()
    monkeypatch.setitem(qr.TARGET, KIND, filler)
    return filler


@pytest.fixture
def stall(app: Flask, pages: Pages) -> Stall:
    with app.app_context():
        return transact(_stall)


def _stall() -> Stall:
    exit_1 = events.add_location(place("Yongsan station, exit 1"))
    exit_8 = events.add_location(place("Yongsan station, exit 8"))
    event = events.add_event(
        EventFacts(
            location_id=exit_1.id,
            kind="street_campaign",
            titles={"en": "Saturday at Yongsan"},
            starts_local="2026-11-14T12:00",
            ends_local="2026-11-14T18:00",
        )
    )
    said = Stall(exit_1.id, exit_8.id, event.id, Placement()).stands_for()
    return Stall(exit_1.id, exit_8.id, event.id, create_code(said))


@pytest.fixture
def organiser(app: Flask) -> None:
    """Open the console's door to whoever asks."""
    app.extensions[GATE] = lambda permission: None
