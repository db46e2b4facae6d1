"""How long it takes to write a calendar of two thousand dates, and to say that it has not changed."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from bench import site
from campaign_app.calendars import feeds, ics
from campaign_app.core import clock, db, wall_clock
from campaign_app.core.db import session
from campaign_app.events.models import CONFIRMED, FILED, MOVED, Event, EventChange
from tests import given

EVENTS: Final = 2000
PLACES: Final = 40
#: Every tenth has moved, so that its news must be found and worded, too.
NEWS: Final = 10
FEED: Final = "/ko/calendar.ics"
USUAL: Final = 20
QUICK: Final = 3


@dataclass(frozen=True, slots=True)
class Feed:
    """Milliseconds: written for the first time, written again, asked for in vain; and its size."""

    first: float
    again: float
    unchanged: float
    bytes: int

    def result(self) -> Mapping[str, float]:
        """Give the numbers for the file of results."""
        return {
            "events": EVENTS,
            "first_ms": self.first,
            "again_ms": self.again,
            "unchanged_ms": self.unchanged,
            "bytes": self.bytes,
        }


def measure(url: str, folder: Path, repeats: int, *, events: int = EVENTS) -> Feed:
    """Fill a database with dates, then fetch the feed of all of them."""
    app, _environ = site.migrated(url, folder)
    with app.app_context():
        db.transact(lambda: fill(events))
    found = _fetched(app, repeats, events)
    site.close(app)
    return found


def fill(events: int) -> None:
    """Put dates on the calendar, three hours apart, and let some of them have moved."""
    places = [given.location(f"street-{number}").id for number in range(PLACES)]
    session.execute(insert(Event), [_row(number, places) for number in range(events)])
    moved = session.query(Event).filter_by(state=MOVED)
    session.execute(insert(EventChange), [_change(event, places) for event in moved])


def _row(number: int, places: list[int]) -> Mapping[str, object]:
    begins = clock.now().replace(second=0, microsecond=0) + timedelta(hours=3 * number)
    ends = begins + timedelta(hours=2)
    return {
        "location_id": places[number % PLACES],
        "kind": "street_campaign",
        "titles": {"ko": f"거리 캠페인 {number}", "en": f"Street campaign {number}"},
        "summaries": {"ko": "강제 북송을 멈추라고 함께 서명합니다. " * 5},
        "starts_local": wall_clock.show(begins, "Asia/Seoul"),
        "ends_local": wall_clock.show(ends, "Asia/Seoul"),
        "zone": "Asia/Seoul",
        "starts_at": begins,
        "ends_at": ends,
        "state": CONFIRMED if number % NEWS else MOVED,
        "permit_gate": FILED,
        "sequence": 2,
    }


def _change(event: Event, places: list[int]) -> Mapping[str, object]:
    after = {name: getattr(event, name) for name in ("state", "starts_local", "ends_local", "zone")}
    other = next(place for place in places if place != event.location_id)
    return {
        "event_id": event.id,
        "sequence": 2,
        "at": clock.now(),
        "kind": "moved",
        "before": {**after, "state": CONFIRMED, "location_id": other},
        "after": {**after, "location_id": event.location_id},
        "reason": "rain",
        "words": {},
    }


def _fetched(app: Flask, repeats: int, events: int) -> Feed:
    client = app.test_client()
    ics.forget()
    first, tag, size = _fetch(app, client, "", events)
    again = [_fetch(app, client, "", events)[0] for _ in range(repeats)]
    unchanged = [_fetch(app, client, tag, events)[0] for _ in range(repeats)]
    return Feed(round(first, 1), _middle(again), _middle(unchanged), size)


def _fetch(app: Flask, client: FlaskClient, tag: str, events: int) -> tuple[float, str, int]:
    """Ask as a calendar does, after what is kept for a moment has grown old."""
    feeds.init_app(app)
    headers = {"If-None-Match": tag} if tag else {}
    took, answer = _timed(
        lambda: client.get(FEED, headers=headers, base_url=f"https://{site.HOST}")
    )
    expected = (304, 0) if tag else (200, events)
    said = (answer.status_code, answer.data.count(b"BEGIN:VEVENT"))
    if said != expected:
        raise RuntimeError(f"the feed answered {said}, not {expected}")
    return took, answer.headers["ETag"], len(answer.data)


def _timed(ask: Callable[[], TestResponse]) -> tuple[float, TestResponse]:
    began = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - began) * 1000, answer


def _middle(times: list[float]) -> float:
    return round(statistics.median(times), 1)
