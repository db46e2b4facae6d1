"""Two years of dates in three zones, with all that is hard about them, and the files that others read.

The clocks change, dates move, are put off and called off; texts hold every mark that iCalendar and
JSON treat in their own way.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from flask import Flask

from campaign_app.core import clock
from campaign_app.core.db import session, transact
from campaign_app.events import changing, services
from campaign_app.events.changing import Elsewhere, Said
from campaign_app.events.facts import EventFacts, LocationFacts
from campaign_app.events.models import FILED, Act, Event, Location

NOW: Final = datetime(2026, 11, 2, 3, tzinfo=UTC)
MONTHS: Final = 24
LANGUAGES: Final = ("ko", "en", "fr")
#: Marks that mean something in iCalendar, HTML or JSON, letters of several bytes, no space to break at.
NASTY: Final = (
    "a, b; c: d \\ e \\n \"f\" 'g' <b>&amp;</b> </script><!-- \u2028 é\u0301 👩‍👩‍👧‍👦 "
    "BEGIN:VEVENT\r\nSUMMARY:x\n" + "가나다라마바사아자차카타파하" * 12 + " 인권, 자유; “끝”"
)
TITLES: Final = {
    "ko": "거리 서명, “강제북송을 멈춰라”; 정치범수용소 해체를 위한 아주 긴 제목의 한국어 행사 이름",
    "en": "Street campaign, “Close the camps”; sign here",
    "fr": "Campagne de rue\u202f: «\u00a0Fermez les camps\u00a0»\u202f; l’été à Genève",
}
#: Days on which the clocks change, and what is on then; two of them begin in the hour that comes twice.
CHANGES: Final = (
    ("palais", "2027-03-28T01:30", "2027-03-28T03:30"),
    ("palais", "2027-10-31T01:00", "2027-10-31T04:00"),
    ("palais", "2028-03-26T00:30", "2028-03-26T05:00"),
    ("plaza", "2027-03-14T01:30", "2027-03-14T03:30"),
    ("plaza", "2027-11-07T00:30", "2027-11-07T03:00"),
    ("plaza", "2028-03-12T01:59", "2028-03-12T03:00"),
    ("station", "2027-12-31T22:00", "2028-01-01T01:00"),
)
TWICE: Final = (
    (
        "palais",
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ),
    ("plaza", datetime(2027, 11, 7, 6, 30, tzinfo=UTC), datetime(2027, 11, 7, 7, 45, tzinfo=UTC)),
)


def build() -> None:
    """Fill an empty database with it, within an application context."""
    with clock.frozen(NOW):
        places = transact(_places)
        dates = transact(lambda: _dates(places))
    with clock.frozen(NOW + timedelta(hours=1)):
        transact(lambda: _happenings(dates, places))


def _places() -> dict[str, Location]:
    names = {"ko": "서울역, 1번 출구", "en": "Seoul Station; exit 1", "fr": "Gare de Séoul"}
    common: dict[str, Any] = {"kind": "station", "directions": {"en": NASTY}}
    made = {
        "station": LocationFacts(
            names=names, cities={"ko": "서울", "en": "Seoul", "fr": "Séoul"}, country="KR",
            zone="Asia/Seoul", language="ko", latitude=37.5547, longitude=126.9707,
            stations={"ko": "서울역", "en": "Seoul Station"}, exit_number="1", step_free=True,
            addresses={"ko": "서울 중구 한강대로 405", "en": "405 Hangang-daero, Jung-gu"}, **common,
        ),
        "palais": LocationFacts(
            names={"fr": "Place des Nations", "en": "Place des Nations"}, cities={"fr": "Genève"},
            country="CH", zone="Europe/Zurich", language="fr", latitude=46.2227, longitude=6.1397,
            **common,
        ),
        "plaza": LocationFacts(
            names={"en": "Ralph Bunche Park"}, cities={"en": "New York"}, country="US",
            zone="America/New_York", language="en", latitude=40.7497, longitude=-73.9694, **common,
        ),
        "line": LocationFacts(
            kind="online", names={"en": "Online"}, cities={"en": "Online"}, country="KR", zone="UTC",
            language="en",
        ),
    }  # fmt: skip
    return {slug: services.add_location(facts, slug=slug) for slug, facts in made.items()}


def _dates(places: dict[str, Location]) -> list[Event]:
    plan = [
        (slug, f"{_saturday(month)}T14:00", f"{_saturday(month)}T18:00")
        for month in range(MONTHS)
        for slug in ("station", "palais", "plaza")
    ]
    plan += [*CHANGES, ("line", "2027-02-01T12:00", "2027-02-01T13:30")]
    made = [services.add_event(_facts(places[slug], starts, ends)) for slug, starts, ends in plan]
    made += [_twice(places[slug], starts, ends) for slug, starts, ends in TWICE]
    made.append(_concert(places["station"]))
    for event in made:
        event.permit_gate = FILED
        session.flush()
        changing.confirm(event.id)
    services.add_event(_facts(places["station"], "2026-12-24T10:00", "2026-12-24T11:00"))
    return made


def _saturday(month: int) -> date:
    """Find the second Saturday of the month so many after the first."""
    years, number = divmod(NOW.month - 1 + month, 12)
    first = date(NOW.year + years, number + 1, 1)
    return first + timedelta(days=(5 - first.weekday()) % 7 + 7)


def _facts(place: Location, starts: str, ends: str, **more: Any) -> EventFacts:
    said: dict[str, Any] = {"kind": "street_campaign", "titles": TITLES} | more
    if place.kind == "online":
        said["kind"] = "online"
    return EventFacts(
        location_id=place.id, starts_local=starts, ends_local=ends,
        summaries={"en": NASTY, "ko": NASTY}, access_notes={"fr": NASTY}, **said,
    )  # fmt: skip


def _twice(place: Location, starts: datetime, ends: datetime) -> Event:
    """Begin in the hour that comes twice: the first time in Geneva, the second in New York."""
    made = services.add_event(_facts(place, "2027-10-10T10:00", "2027-10-10T11:00"))
    for name, value in changing.times(starts, ends, place.zone).items():
        setattr(made, name, value)
    return made


def _concert(place: Location) -> Event:
    facts = _facts(
        place, "2027-05-01T18:00", "2027-05-01T22:00", kind="concert",
        doors_local="2027-05-01T17:00", curfew_local="2027-05-01T22:30", causes={"en": NASTY},
    )  # fmt: skip
    made = services.add_event(facts)
    for position, name in enumerate(("밴드, 하나", 'The "Second"; Act', NASTY[:90])):
        starts, ends = f"2027-05-01T{18 + position}:00", f"2027-05-01T{18 + position}:45"
        act = Act(event_id=made.id, position=position, name=name, starts_local=starts)
        act.stage, act.ends_local = "Main; stage", ends
        session.add(act)
    return made


def _happenings(dates: Sequence[Event], places: dict[str, Location]) -> None:
    said = Said(reason="rain", words=dict.fromkeys(LANGUAGES, NASTY))
    monthly = [event.id for event in dates[3 : 3 * MONTHS]]
    other_time = Elsewhere(starts_local="2027-01-02T10:00", ends_local="2027-01-02T12:00")
    changing.move(monthly[0], other_time, said)
    changing.move(monthly[1], Elsewhere(location_id=places["station"].id), said)
    changing.postpone(monthly[2], said)
    changing.cancel(monthly[3], said)
    changing.cancel(monthly[4], said)
    changing.resume(monthly[4], said)
    changing.postpone(monthly[5])
    changing.move(monthly[5], other_time)
    changing.late(monthly[6], f"{dates[9].starts_local[:11]}15:00", said)
    changing.finish(dates[0].id)


def files(app: Flask) -> Iterator[tuple[str, str, int | None]]:
    """Name each feed and single date: its file, its address, the place that it is of."""
    with app.app_context():
        places = {place.slug: place.id for place in session.query(Location)}
        single = session.query(Event).filter_by(kind="concert").one()
    cities = {"station": "seoul", "palais": "geneve", "plaza": "new-york", "line": "online"}
    for language in LANGUAGES:
        yield f"{language}-all.ics", f"/{language}/calendar.ics", None
        yield f"{language}-concert.ics", f"/{language}/events/{single.letters}.ics", -single.id
        for slug, number in places.items():
            yield f"{language}-{slug}.ics", f"/{language}/calendar.ics?place={slug}", number
            yield (
                f"{language}-in-{slug}.ics",
                f"/{language}/calendar.ics?city={cities[slug]}",
                number,
            )


def expected(of: int | None) -> list[list[Any]]:
    """Say what a feed must hold, by the rows: what an engine makes of each date, in order."""
    status = {"postponed": "TENTATIVE", "cancelled": "CANCELLED"}
    found = [
        [
            event.uid,
            _utc(event.starts_at),
            _utc(event.ends_at),
            status.get(event.state, "CONFIRMED"),
        ]
        for event in session.query(Event)
        if event.state != "draft" and of in (None, event.location_id, -event.id)
    ]
    return sorted(found)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def export(app: Flask, folder: Path) -> None:
    """Write feeds, what they must hold, and the data of the pages."""
    client = app.test_client()
    wanted: dict[str, list[list[Any]]] = {}
    with clock.frozen(NOW + timedelta(hours=2)):
        for name, address, of in files(app):
            answer = client.get(address)
            assert answer.status_code == 200, address
            (folder / name).write_bytes(answer.data)
            with app.app_context():
                wanted[name] = expected(of)
        pages = {address: data_of(client.get(address).text) for address in addresses(app)}
    (folder / "expected.json").write_text(json.dumps(wanted), "utf-8")
    (folder / "jsonld.json").write_text(json.dumps(pages), "utf-8")


def read_pages(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the data of pages back."""
    pages: dict[str, list[dict[str, Any]]] = json.loads((folder / "jsonld.json").read_text("utf-8"))
    return pages


def addresses(app: Flask) -> list[str]:
    """List pages that carry data: every date, each place, and lists."""
    with app.app_context():
        letters = [one.letters for one in session.query(Event) if one.state != "draft"]
        slugs = [one.slug for one in session.query(Location)]
    told = [f"/{LANGUAGES[n % 3]}/events/{one}" for n, one in enumerate(letters)]
    told += [f"/{language}/places/{slug}" for language in LANGUAGES for slug in slugs]
    return [*told, "/ko/events/?month=2027-05", "/fr/events/?month=2027-05&city=geneve"]


class _Blocks(HTMLParser):
    """Collects what stands in data blocks, as a browser would cut them out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and ("type", "application/ld+json") in attrs

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)


def data_of(html: str) -> list[Any]:
    """Read the data blocks of a page."""
    reader = _Blocks()
    reader.feed(html)
    return [json.loads(one) for one in reader.found]


def rows_of(feed: str) -> list[str]:
    """Unfold a feed into its lines."""
    return re.sub("\r\n[ \t]", "", feed).split("\r\n")
