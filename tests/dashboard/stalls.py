"""A month of stalls whose tally is known by heart: two places, two events, three boards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Flask

from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.wall_clock import hour_number
from campaign_app.events.models import Event
from campaign_app.petitions import tally
from campaign_app.qr.models import Correction, Placement
from tests import given
from tests.given import World

#: A Saturday afternoon in Seoul: 15:20 there, 07:20 in Geneva.
NOW: Final = datetime(2026, 11, 14, 6, 20, tzinfo=UTC)
HOUR: Final = hour_number(NOW)
Cell = tuple[int, int, str, str, str, int]


@dataclass(frozen=True)
class Stalls:
    """Row numbers that tests name."""

    world: World
    seoul: int
    geneva: int
    event: int
    past: int
    #: Placements: at Yonsei today, at Yonsei last week, in Geneva without an event.
    today: int
    before: int
    abroad: int

    @property
    def petition(self) -> int:
        return self.world.petition_id

    @property
    def page(self) -> str:
        return f"/console/petitions/{self.petition}/tallies"


def build(app: Flask) -> Stalls:
    """Build the stalls, and a tally of 100 counted and 9 awaited signatures."""
    world = given.world(app)
    with app.app_context():
        return db.transact(lambda: _build(world))


def _build(world: World) -> Stalls:
    geneva = given.location(
        "place-des-nations",
        kind="square",
        names={"en": "Place des Nations", "ko": "나시옹 광장"},
        cities={"en": "Geneva", "ko": "제네바", "fr": "Genève"},
        country="CH",
        zone="Europe/Zurich",
        language="fr",
    )
    event = _event(world.location_id, "Autumn stall", NOW - timedelta(hours=2))
    past = _event(world.location_id, "=First stall", NOW - timedelta(days=7))
    first = session.get(Placement, world.placement_id)
    assert first is not None
    first.event_id, first.board = event.id, "Board 1 – Escape routes"
    stalls = Stalls(
        world=world,
        seoul=world.location_id,
        geneva=geneva.id,
        event=event.id,
        past=past.id,
        today=first.id,
        before=_placement(
            world, event_id=past.id, location_id=first.location_id, board="Board 2 – Sent back"
        ),
        abroad=_placement(world, location_id=geneva.id, board="Board 2 – Sent back"),
    )
    tally.add((world.petition_id, *cell) for cell in _cells(stalls))
    return stalls


def _event(location_id: int, title: str, starts: datetime) -> Event:
    ends = starts + timedelta(hours=4)
    seoul = timedelta(hours=9)
    made = Event(
        location_id=location_id,
        kind="street_campaign",
        titles={"en": title, "ko": "가을 캠페인"},
        starts_local=(starts + seoul).strftime("%Y-%m-%dT%H:%M"),
        ends_local=(ends + seoul).strftime("%Y-%m-%dT%H:%M"),
        zone="Asia/Seoul",
        starts_at=starts,
        ends_at=ends,
    )
    session.add(made)
    session.flush()
    return made


def _placement(world: World, **changes: Any) -> int:
    """Let the board have stood somewhere else for a while, long ago."""
    facts: dict[str, Any] = {
        "code_id": world.code_id,
        "target": "petition",
        "target_id": world.petition_id,
        "language": "ko",
        "starts_at": NOW - timedelta(days=8),
        "ends_at": NOW - timedelta(days=6),
    }
    made = Placement(**(facts | changes))
    session.add(made)
    session.flush()
    return made.id


def _cells(stalls: Stalls) -> Sequence[Cell]:
    """List (placement, hour, language, country, evidence, n): 100 counted, 9 awaited."""
    week_ago = HOUR - 7 * 24
    return [
        (stalls.today, HOUR, "ko", "KR", "confirmed", 20),
        (stalls.today, HOUR, "ko", "KR", "unconfirmed", 5),
        (stalls.today, HOUR - 1, "en", "KR", "confirmed", 10),
        (stalls.today, HOUR - 1, "en", "US", "witnessed", 4),
        (stalls.before, week_ago, "ko", "KR", "confirmed", 30),
        (stalls.before, week_ago + 1, "en", "US", "confirmed", 6),
        (stalls.abroad, HOUR, "fr", "CH", "confirmed", 12),
        (stalls.abroad, HOUR - 10, "fr", "FR", "confirmed", 8),
        (0, HOUR - 20, "en", "US", "confirmed", 10),
        (0, HOUR, "fr", "FR", "unconfirmed", 4),
    ]


def correct(app: Flask, moves: Iterable[tuple[int, int, int, int]]) -> None:
    """Say for (from placement, to placement, from hour, to hour) where a board really stood."""

    def work() -> None:
        for source, to, begins, ends in moves:
            session.add(
                Correction(
                    from_placement_id=source,
                    to_placement_id=to,
                    from_hour=begins,
                    to_hour=ends,
                    reason="It stood at the other gate",
                    at=NOW,
                )
            )

    with app.app_context():
        db.transact(work)
