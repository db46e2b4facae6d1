"""What no validator of others looks at in a calendar: bytes, folding, zones, GEO, escaping, versions."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONGEST: Final = 75
LINE: Final = re.compile(r"(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=[^;:]+)*):(?P<value>.*)")
BARE: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n")
CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: No comma or semicolon without a backslash, and no backslash that escapes nothing.
ESCAPED: Final = re.compile(r"(?:\\[\\;,nN]|[^\\,;])*")
ONCE: Final = (
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SEQUENCE",
    "LAST-MODIFIED",
    "STATUS",
    "SUMMARY",
)
STATUSES: Final = frozenset({"TENTATIVE", "CONFIRMED", "CANCELLED"})
TEXTS: Final = frozenset({
    "SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "PRODID", "UID",
})  # fmt: skip
SECOND: Final = timedelta(seconds=1)
LOCAL: Final = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Property:
    """One line, unfolded."""

    name: str
    params: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END."""

    name: str
    own: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """List what a property says."""
        return [one.value for one in self.own if one.name == name]

    def one(self, name: str) -> str:
        """Give what a property says, or nothing."""
        return next(iter(self.values(name)), "")

    def named(self, name: str) -> list["Component"]:
        """List parts of a kind."""
        return [part for part in self.parts if part.name == name]


Finding = str


def lint(data: bytes) -> list[Finding]:
    """Find everything that is wrong with a calendar."""
    wrong = [*_bytes(data)]
    calendar = Component("")
    wrong += _read(data, calendar)
    if wrong:
        return wrong
    (whole,) = calendar.parts or [calendar]
    checks: Sequence[Callable[[Component], Iterator[Finding]]] = (
        _calendar, _uids, _events, _times, _texts, _points, _zones,
    )  # fmt: skip
    return [finding for check in checks for finding in check(whole)]


def _bytes(data: bytes) -> Iterator[Finding]:
    if BARE.search(data):
        yield "a line does not end with CRLF"
    if not data.endswith(b"\r\n"):
        yield "the last line does not end"
    for line in data.split(b"\r\n")[:-1]:
        if len(line) > LONGEST:
            yield f"a line of {len(line)} octets"
        if not line.strip():
            yield "an empty line"
        try:
            line.decode()
        except UnicodeDecodeError:
            yield "a letter is cut in two by folding, or is not UTF-8"


def _read(data: bytes, root: Component) -> Iterator[Finding]:
    open_ = [root]
    lines = re.sub(b"\r\n[ \t]", b"", data).decode(errors="replace").split("\r\n")[:-1]
    for line in lines:
        match = LINE.fullmatch(line)
        if match is None or CONTROL.search(line):
            yield f"no property: {line[:40]!r}"
        elif match["name"] == "BEGIN":
            open_.append(Component(match["value"]))
            open_[-2].parts.append(open_[-1])
        elif match["name"] == "END":
            if len(open_) < 2 or open_.pop().name != match["value"]:
                yield f"END:{match['value']} closes nothing"
                return
        else:
            open_[-1].own.append(_property(match))
    if len(open_) > 1:
        yield f"{open_[-1].name} is never closed"


def _property(match: re.Match[str]) -> Property:
    pairs = (pair.partition("=") for pair in match["params"].split(";")[1:])
    return Property(match["name"], {name: value for name, _is, value in pairs}, match["value"])


def _calendar(whole: Component) -> Iterator[Finding]:
    if whole.name != "VCALENDAR" or whole.values("VERSION") != ["2.0"]:
        yield "no calendar of version 2.0"
    if len(whole.values("PRODID")) != 1:
        yield "not one PRODID"
    if whole.values("METHOD"):
        yield "METHOD belongs into mail"
    if not whole.parts:
        yield "a calendar without any part"


def _uids(whole: Component) -> Iterator[Finding]:
    uids = Counter(event.one("UID") for event in whole.named("VEVENT"))
    yield from (f"UID {uid} {n} times" for uid, n in uids.items() if n > 1)


def _events(whole: Component) -> Iterator[Finding]:
    for event in whole.named("VEVENT"):
        yield from (f"not one {name}" for name in ONCE if len(event.values(name)) != 1)
        if event.one("STATUS") not in STATUSES:
            yield f"STATUS {event.one('STATUS')}"
        if not event.one("SEQUENCE").isdecimal():
            yield "SEQUENCE is no number"
        if any(event.values(name) for name in ("RRULE", "RDATE", "EXDATE", "DURATION")):
            yield "a rule, where each date has its own event"
        stamps = event.one("DTSTAMP"), event.one("LAST-MODIFIED")
        yield from (f"{stamp} is not UTC" for stamp in stamps if not stamp.endswith("Z"))


def _times(whole: Component) -> Iterator[Finding]:
    explained = {zone.one("TZID"): zone for zone in whole.named("VTIMEZONE")}
    for event in whole.named("VEVENT"):
        times = [one for one in event.own if one.name in ("DTSTART", "DTEND")]
        for one in times:
            yield from _time(one, explained)
        try:
            starts, ends = (moment(one) for one in sorted(times, key=lambda one: one.name)[::-1])
        except (ValueError, KeyError):
            yield "a time that is none"
            continue
        if ends <= starts:
            yield f"{event.one('UID')} ends before it starts"


def moment(one: Property) -> datetime:
    """Read a time by what the world knows of its zone."""
    if one.value.endswith("Z"):
        return datetime.strptime(one.value, f"{LOCAL}Z").replace(tzinfo=UTC)
    return _local(one.value).replace(tzinfo=ZoneInfo(one.params["TZID"])).astimezone(UTC)


def _local(value: str) -> datetime:
    """Read what a clock shows, wherever it hangs."""
    return datetime.strptime(value, LOCAL)  # noqa: DTZ007 -- its zone stands beside it


def _time(one: Property, explained: Mapping[str, Component]) -> Iterator[Finding]:
    """Compare what the calendar itself says of a zone with what the world knows of it."""
    zone = one.params.get("TZID", "")
    if one.value.endswith("Z"):
        return
    if zone not in explained:
        yield f"TZID {zone} is not explained"
        return
    local = _local(one.value)
    there = local.replace(tzinfo=ZoneInfo(zone))
    if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != local:
        yield f"{one.value} never comes in {zone}"
    elif _explained_offset(explained[zone], local) != there.utcoffset():
        yield f"VTIMEZONE {zone} is wrong at {one.value}"


def _explained_offset(zone: Component, local: datetime) -> timedelta | None:
    """Read a VTIMEZONE as RFC 5545 means it: the latest onset holds, told by the clock before it."""
    moments = [
        (_local(part.one("DTSTART")) - _offset(part.one("TZOFFSETFROM")), part)
        for part in zone.parts
    ]
    for onset, part in sorted(moments, key=lambda pair: pair[0], reverse=True):
        if local - _offset(part.one("TZOFFSETFROM")) >= onset:
            return _offset(part.one("TZOFFSETTO"))
    return None


def _offset(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))


def _zones(whole: Component) -> Iterator[Finding]:
    zones = Counter(zone.one("TZID") for zone in whole.named("VTIMEZONE"))
    yield from (f"VTIMEZONE {zone} twice" for zone, n in zones.items() if n > 1)
    for zone in whole.named("VTIMEZONE"):
        if not zone.parts:
            yield f"VTIMEZONE {zone.one('TZID')} says nothing"
        yield from _onsets(zone)
        if zone.values("COMMENT"):
            yield "VTIMEZONE with a COMMENT, which libical refuses"


def _onsets(zone: Component) -> Iterator[Finding]:
    """Compare each change of the clocks with the world's: told by the clock that held until then."""
    there = ZoneInfo(zone.one("TZID"))
    for part in zone.parts:
        before, after = (_offset(part.one(f"TZOFFSET{name}")) for name in ("FROM", "TO"))
        onset = (_local(part.one("DTSTART")) - before).replace(tzinfo=UTC)
        real = [(onset - ago).astimezone(there).utcoffset() for ago in (SECOND, timedelta())]
        if real != [before, after]:
            yield f"VTIMEZONE {zone.one('TZID')} is wrong at {part.one('DTSTART')}"


def _texts(whole: Component) -> Iterator[Finding]:
    for component in (whole, *whole.named("VEVENT")):
        for one in component.own:
            if one.name in TEXTS and not ESCAPED.fullmatch(one.value):
                yield f"{one.name} is not escaped"


def _points(whole: Component) -> Iterator[Finding]:
    for event in whole.named("VEVENT"):
        for value in event.values("GEO"):
            try:
                latitude, longitude = map(float, value.split(";"))
            except ValueError:
                yield f"GEO {value}"
                continue
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                yield f"GEO {value} is not on the globe"


def parsed(data: bytes) -> Component:
    """Read a calendar that has no finding."""
    root = Component("")
    assert not list(_read(data, root))
    return root.parts[0]


#: What nobody may change without raising SEQUENCE.
SIGNIFICANT: Final = ("DTSTART", "DTEND", "STATUS")


def compare(older: bytes, newer: bytes) -> Iterator[Finding]:
    """Find what a later version of a feed must not do."""
    now = {event.one("UID"): event for event in parsed(newer).named("VEVENT")}
    for before in parsed(older).named("VEVENT"):
        after = now.get(before.one("UID"))
        if after is None:
            yield f"{before.one('UID')} vanished"
            continue
        old, new = int(before.one("SEQUENCE")), int(after.one("SEQUENCE"))
        changed = any(before.values(name) != after.values(name) for name in SIGNIFICANT)
        if new < old or (changed and new == old):
            yield f"SEQUENCE of {before.one('UID')} does not move: {old}, {new}"
        if new > old and after.one("LAST-MODIFIED") < before.one("LAST-MODIFIED"):
            yield f"LAST-MODIFIED of {before.one('UID')} goes back"
