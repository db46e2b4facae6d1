"""Other people's readers of calendars and of schema.org, in an environment of their own.

read_calendars.py FOLDER reads what tests/conformance/world.py wrote there and prints one finding a
line. It runs with requirements-conformance.txt installed and knows nothing of Lantern.
"""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import ics
import recurring_ical_events
import schema_org
import vobject
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

#: Between these lies all that an engine must find.
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 12, 31, tzinfo=UTC)
#: uid, begin, end, status
Read = Iterator[tuple[Any, datetime, datetime, Any]]
NO_TIME: Final = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:x\r\nSUMMARY:x\r\n"
    "DTSTAMP:20261102T030000Z\r\nDTSTART:tomorrow\r\nDTEND:tomorrow\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def main() -> None:
    """Read every calendar with every engine, and every block of data."""
    folder = Path(sys.argv[1])
    for finding in (*_calendars(folder), *_pages(folder), *_asleep()):
        print(finding)


def _calendars(folder: Path) -> Iterator[str]:
    wanted = json.loads((folder / "expected.json").read_text("utf-8"))
    tasks = [
        (engine, folder / name, expected) for name, expected in wanted.items() for engine in ENGINES
    ]
    with ProcessPoolExecutor() as pool:
        yield from (finding for found in pool.map(_one, tasks) for finding in found)


def _one(task: tuple[str, Path, list[Any]]) -> list[str]:
    """Let one engine read one calendar; some take seconds for it."""
    engine, path, expected = task
    found = compared(path.read_bytes().decode(), expected, ENGINES[engine])
    return [f"{engine}: {path.name}: {wrong}" for wrong in found]


def _pages(folder: Path) -> Iterator[str]:
    pages = json.loads((folder / "jsonld.json").read_text("utf-8"))
    for address, blocks in pages.items():
        for block in blocks:
            yield from (f"schema-org-py: {address}: {wrong}" for wrong in schema(block))


def _asleep() -> Iterator[str]:
    """Make sure that each of them would have noticed."""
    for engine, read in ENGINES.items():
        if not list(compared(NO_TIME, [], read)):
            yield f"{engine} does not notice a time that is none"
    for name, broken in BROKEN.items():
        if not list(schema(broken)):
            yield f"schema-org-py does not notice a {name}"


def compared(text: str, expected: list[Any], read: Callable[[str], Read]) -> Iterator[str]:
    """Let an engine read a calendar, and compare what it makes of each date."""
    try:
        found = sorted([str(uid), utc(a), utc(b), str(status)] for uid, a, b, status in read(text))
    except Exception as refused:  # noqa: BLE001 -- whatever it says is the finding
        yield f"{type(refused).__name__}: {str(refused)[:300]}"
        return
    if found != expected:
        missing = [one for one in expected if one not in found]
        extra = [one for one in found if one not in expected]
        yield f"{len(found)} dates for {len(expected)}; missing {missing[:2]}, instead {extra[:2]}"


def utc(moment: datetime) -> str:
    """Write a moment in UTC; a time without a zone is none."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_ical(text: str) -> Read:
    """Read as Home Assistant does."""
    for event in IcsCalendarStream.calendar_from_ics(text).timeline:
        yield event.uid, event.start, event.end, event.status and event.status.value


def by_vobject(text: str) -> Read:
    """Read and validate against its tables."""
    calendar = vobject.readOne(text)
    calendar.validate(raiseException=True)
    for event in calendar.contents.get("vevent", []):
        yield event.uid.value, event.dtstart.value, event.dtend.value, event.status.value


def by_ics(text: str) -> Read:
    """Read by a grammar of its own."""
    for event in ics.Calendar(text).events:
        yield event.uid, event.begin.datetime, event.end.datetime, event.status


def by_recurring(text: str) -> Read:
    """Expand as an engine that knows rules."""
    calendar = Calendar.from_ical(text)
    for component in calendar.walk():
        if component.errors:
            raise ValueError(component.errors)
    for event in recurring_ical_events.of(calendar).between(SINCE, UNTIL):
        yield event["UID"], event["DTSTART"].dt, event["DTEND"].dt, event["STATUS"]


ENGINES: Final = {
    "ical": by_ical,
    "vobject": by_vobject,
    "ics": by_ics,
    "recurring-ical-events": by_recurring,
}
BROKEN: Final[dict[str, dict[str, Any]]] = {
    "wrong key": {"@type": "Event", "name": "x", "startdate": "2026-11-02T10:00:00+09:00"},
    "wrong status": {"@type": "Event", "eventStatus": "https://schema.org/EventMoved"},
    "wrong type": {"@type": "Event", "location": {"@type": "Place", "geo": {"@type": "Person"}}},
}
#: What belongs to JSON-LD and not to the vocabulary.
WORDS: Final = frozenset({"@type", "@context", "@id"})
#: Moments, which JSON can only write as text.
MOMENTS: Final = frozenset({"startDate", "endDate", "previousStartDate", "doorTime"})
ENUMS: Final = {
    "eventStatus": schema_org.EventStatusType,
    "eventAttendanceMode": schema_org.EventAttendanceModeEnumeration,
}


def schema(block: dict[str, Any]) -> Iterator[str]:
    """Build each thing of a block by the vocabulary; one that does not fit is refused."""
    for thing in block.get("@graph", [block]):
        try:
            built(thing)
        except Exception as refused:  # noqa: BLE001 -- whatever it says is the finding
            yield f"{type(refused).__name__}: {str(refused)[:300]}"


def built(value: Any) -> Any:
    """Turn JSON into the vocabulary's own classes, from the inside out."""
    if isinstance(value, list):
        return [built(one) for one in value]
    if not isinstance(value, dict):
        return value
    said = {key: read(key, one) for key, one in value.items() if key not in WORDS}
    return getattr(schema_org, value["@type"])(**said)


def read(key: str, value: Any) -> Any:
    """Read a moment or a member of an enumeration where JSON has but text."""
    if key in MOMENTS:
        return datetime.fromisoformat(value)
    return ENUMS[key](value) if key in ENUMS else built(value)


if __name__ == "__main__":
    main()
