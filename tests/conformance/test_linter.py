"""The linter sees what it is for: each defect, sown into a calendar without one."""

from datetime import UTC, datetime

import pytest

from campaign_app.calendars import zones
from campaign_app.calendars.ics import Cover, Entry, calendar
from tests.conformance.linter import compare, lint

ENTRY = Entry(
    uid="4c9a0e0e-1f7a-4a55-9b7c-2f6f4b7d9a11", sequence=3,
    changed_at=datetime(2026, 11, 2, tzinfo=UTC),
    starts_at=datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    ends_at=datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    zone="Europe/Zurich", status="CONFIRMED", summary="Fermez, les; camps",
    description="제네바 유엔 앞에서 서명합니다. " * 9, location="Place des Nations, Genève",
    url="https://ngo.example/fr/events/abcdefgh", category="Rue", geo=(46.2227, 6.1397),
)  # fmt: skip
COVER = Cover(name="PSCORE, Genève", description="d", url="https://ngo.example/", source="")
GOOD = calendar(COVER, [ENTRY], "Europe/Zurich")


def test_a_calendar_without_a_defect_has_no_finding() -> None:
    assert lint(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (b"\r\nVERSION", b"\nVERSION", "CRLF"),
        (b"END:VCALENDAR\r\n", b"END:VCALENDAR", "does not end"),
        (b"\r\n ", b"", "octets"),
        (b"UID:", b"\r\nUID:", "empty line"),
        ("서명".encode(), "서".encode() + b"\r\n \xeb\xaa\r\n \x85", "cut in two"),
        (b"CLASS:PUBLIC", b"CLASS PUBLIC", "no property"),
        (b"END:VEVENT", b"END:VTODO", "closes nothing"),
        (b"END:VCALENDAR\r\n", b"", "never closed"),
        (b"VERSION:2.0", b"VERSION:1.0", "version 2.0"),
        (b"PRODID:-//Lantern//Calendar//EN\r\n", b"", "PRODID"),
        (b"CALSCALE:GREGORIAN", b"METHOD:PUBLISH", "METHOD"),
        (b"SEQUENCE:3\r\n", b"", "not one SEQUENCE"),
        (b"SEQUENCE:3", b"SEQUENCE:three", "no number"),
        (b"STATUS:CONFIRMED", b"STATUS:POSTPONED", "STATUS POSTPONED"),
        (b"CLASS:PUBLIC", b"RRULE:FREQ=DAILY", "a rule"),
        (b"DTSTAMP:20261102T000000Z", b"DTSTAMP:20261102T000000", "not UTC"),
        (b"TZID=Europe/Zurich:20270328T033000", b"TZID=Europe/Zurich:20270328T010000", "before it"),
        (b"TZID=Europe/Zurich:20270328T033000", b"TZID=Europe/Zurich:20270328T023000", "never comes"),
        (b"TZID=Europe/Zurich:2027", b"TZID=Europe/Paris:2027", "not explained"),
        (b"DTSTART:20270328T020000", b"DTSTART:20270328T030000", "is wrong at"),
        (b"TZOFFSETTO:+0200", b"TZOFFSETTO:+0100", "is wrong at"),
        (b"TZID:Europe/Zurich", b"TZID:Europe/Zurich\r\nCOMMENT:short", "COMMENT"),
        (b"SUMMARY:Fermez\\, les\\; camps", b"SUMMARY:Fermez, les; camps", "not escaped"),
        (b"SUMMARY:Fermez\\, ", b"SUMMARY:Fermez\\x ", "not escaped"),
        (b"GEO:46.2227;6.1397", b"GEO:46.2227,6.1397", "GEO"),
        (b"GEO:46.2227;6.1397", b"GEO:146.2227;6.1397", "globe"),
    ],
)  # fmt: skip
def test_each_defect_is_found(old: bytes, new: bytes, finding: str) -> None:
    assert old in GOOD
    assert any(finding in said for said in lint(GOOD.replace(old, new)))


def test_the_same_name_twice_is_found() -> None:
    event = GOOD[GOOD.index(b"BEGIN:VEVENT") : GOOD.index(b"END:VCALENDAR")]
    assert f"UID {ENTRY.uid} 2 times" in lint(GOOD.replace(event, event + event))


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (b"STATUS:CONFIRMED", b"STATUS:CANCELLED", "does not move"),
        (b"20270328T013000", b"20270328T010000", "does not move"),
        (b"SEQUENCE:3", b"SEQUENCE:2", "does not move"),
        (b"UID:4", b"UID:5", "vanished"),
    ],
)
def test_a_version_that_contradicts_the_one_before_is_found(
    old: bytes, new: bytes, finding: str
) -> None:
    assert list(compare(GOOD, GOOD)) == []
    assert finding in " ".join(compare(GOOD, GOOD.replace(old, new)))


def test_a_change_that_moves_its_number_is_none() -> None:
    moved = GOOD.replace(b"SEQUENCE:3", b"SEQUENCE:4").replace(b"CONFIRMED", b"CANCELLED")
    assert list(compare(GOOD, moved)) == []
    back = moved.replace(b"LAST-MODIFIED:20261102", b"LAST-MODIFIED:20261101")
    assert "goes back" in " ".join(compare(GOOD, back))


@pytest.mark.parametrize(
    "zone", ["Asia/Seoul", "Europe/Zurich", "America/New_York", "Europe/Dublin"]
)
def test_the_rules_of_a_zone_are_short_and_ascii(zone: str) -> None:
    written = zones.rules(zone, 2026, 2027).decode("ascii")
    assert written.count("DTSTART") == (1 if zone == "Asia/Seoul" else 5)
    assert all(len(line) < 75 for line in written.splitlines())
