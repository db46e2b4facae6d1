"""The tally cut one way, with names that people read: what the console shows and exports.

Here is no arithmetic on signatures: `tables.py` cuts, this names the rows, sorts and sums them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from babel.dates import format_interval, format_skeleton

from campaign_app.core.i18n import _l, country_name, locale, pick
from campaign_app.core.wall_clock import this_hour
from campaign_app.petitions import queries, states
from campaign_app.petitions.queries import Filters
from campaign_app.petitions.tables import OUTSIDE, Row, Standing
from campaign_app.petitions.tally_ground import (
    Ground,
    event_when,
    language_name,
    outside_an_event,
    shared_link,
)
from campaign_app.qr.models import SHARED
from campaign_app.qr.moves import shown_at

#: How a table is called in an address → what `queries.table` calls it.
CUTS: Final[Mapping[str, str]] = {
    "place": "location",
    "event": "event",
    "board": "placement",
    "language": "language",
    "country": "country",
    "hour": "hour",
    "day": "day",
}
CUT_NAMES: Final[Mapping[str, str]] = {
    "place": _l("Place"),
    "event": _l("Event"),
    "board": _l("Board"),
    "language": _l("Language"),
    "country": _l("Country"),
    "hour": _l("Hour"),
    "day": _l("Day"),
}
#: Cuts along time keep the order of time; the others put the largest first.
IN_TIME: Final = ("hour", "day")
#: As the tables head their columns; the public total adds up all but the last.
EVIDENCE_NAMES: Final[Mapping[str, str]] = {
    states.BY_MAIL: _l("Confirmed"),
    states.WITNESSED: _l("Witnessed on a tablet"),
    states.NO_MAILBOX: _l("Witnessed, no mailbox"),
    states.BY_STALL_CODE: _l("Witnessed by stall code"),
    states.ON_PAPER: _l("On paper"),
    states.UNCONFIRMED: _l("Awaiting"),
}
#: The same where the kinds of being witnessed are one: six columns are too many to read.
TOGETHER_NAMES: Final[Mapping[str, str]] = {
    states.BY_MAIL: _l("Confirmed"),
    states.WITNESSED: _l("Witnessed"),
    states.ON_PAPER: _l("On paper"),
    states.UNCONFIRMED: _l("Awaiting"),
}


@dataclass(slots=True)
class Line:
    """One row of a sheet: its name, what else to say of it, and its numbers."""

    key: str
    name: str
    row: Row
    #: Said below the name, line by line: the board and the event, the city, the date.
    more: tuple[str, ...] = ()
    #: As a chart names it: what tells it apart comes first. Empty: like its name.
    label: str = ""
    language: str = ""
    #: The code on the board, and how many of its hours a correction moved here or away.
    code_id: int | None = None
    hours_here: int = 0
    hours_away: int = 0
    #: Filters that keep only this row.
    narrows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the tally, summed up."""

    by: str
    lines: Sequence[Line]
    total: Row
    #: Whole hours that count elsewhere than they were written.
    hours_corrected: int
    #: Whether the kinds of being witnessed are told apart.
    apart: bool = True

    @property
    def names(self) -> Mapping[str, str]:
        """Name the evidence classes as this table tells them apart."""
        return EVIDENCE_NAMES if self.apart else TOGETHER_NAMES

    @property
    def classes(self) -> tuple[str, ...]:
        """Name the counted evidence classes that occur."""
        return tuple(one for one in self._counted if self.total.by_evidence[one])

    @property
    def _counted(self) -> tuple[str, ...]:
        return tuple(one for one in self.names if one != states.UNCONFIRMED)

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the classes to show beside the sum: a single one would only repeat it."""
        return self.classes if len(self.classes) > 1 else ()

    @property
    def absent(self) -> tuple[str, ...]:
        """Name the counted evidence classes that do not occur."""
        return tuple(one for one in self._counted if not self.total.by_evidence[one])


def sheet(
    ground: Ground, by: str, filters: Filters, *, each_hour: bool = False, apart: bool = True
) -> Sheet:
    """Cut the tally. Hours of all days are added up by the hour of the day unless asked not to."""
    rows = queries.table(ground.petition, CUTS[by], filters, stands=ground.standing)
    if by == "hour" and not each_hour:
        rows = _hours_of_the_day(rows)
    if not apart:
        rows = [row.together() for row in rows]
    moved = _hours_moved(ground.standing)
    name = _NAMES[by]
    lines = [name(ground, row) for row in rows]
    for line in lines if by == "board" else ():
        line.hours_here, line.hours_away = moved.here[line.key], moved.away[line.key]
    return Sheet(by, _in_order(lines, by), sum_of(rows), sum(moved.away.values()), apart)


def sum_of(rows: Iterable[Row]) -> Row:
    """Add rows up."""
    total = Row("")
    for row in rows:
        total.by_evidence.update(row.by_evidence)
    return total


def _hours_of_the_day(rows: Iterable[Row]) -> list[Row]:
    """Add the same hour of all days up: 2026-11-14T15 → T15."""
    by_hour: dict[str, Row] = {}
    for row in rows:
        key = row.key[10:]
        by_hour.setdefault(key, Row(key)).by_evidence.update(row.by_evidence)
    return list(by_hour.values())


def _in_order(lines: list[Line], by: str) -> list[Line]:
    if by in IN_TIME:
        return sorted(lines, key=lambda line: line.key)
    return sorted(lines, key=lambda line: (-line.row.counted, -line.row.awaiting, line.name))


# Corrections


@dataclass(frozen=True, slots=True)
class Moved:
    """Whole hours that corrections moved, by placement."""

    here: Counter[str]
    away: Counter[str]


def _hours_moved(standing: Standing) -> Moved:
    """Count the hours that count elsewhere; one that a later correction took back does not."""
    here: Counter[str] = Counter()
    away: Counter[str] = Counter()
    begun = this_hour() + 1
    for placement in {move.to_placement_id for move in standing.moves}:
        for source, spans in shown_at(standing.moves, placement).items():
            hours = sum(max(0, min(end, begun) - start) for start, end in spans)
            here[str(placement)] += hours
            away[str(source)] += hours
    return Moved(here, away)


# Names


def _place(ground: Ground, row: Row) -> Line:
    place = ground.places.get(_row(row.key))
    if place is None:
        return _outside(row, "place")
    return Line(
        row.key,
        pick(place.names),
        row,
        more=(f"{pick(place.cities)} · {country_name(place.country)}",),
        narrows={"place": row.key},
    )


def _event(ground: Ground, row: Row) -> Line:
    event = ground.events.get(_row(row.key))
    if event is None:
        return _outside(row, "event")
    more = (f"{pick(event.location.names)} · {event_when(event)}",)
    label = f"{short_day(event.starts_local[:10])} · {pick(event.titles)}"
    return Line(
        row.key, pick(event.titles), row, more=more, label=label, narrows={"event": row.key}
    )


def _row(key: str) -> int:
    """Read a row number; what has none is 0."""
    return int(key) if key.isdigit() else 0


def _outside(row: Row, name: str) -> Line:
    if row.key == SHARED:
        return Line(SHARED, shared_link(), row, narrows={name: SHARED})
    return Line(OUTSIDE, outside_an_event(), row, narrows={name: OUTSIDE})


def _board(ground: Ground, row: Row) -> Line:
    placement = ground.placements.get(int(row.key or 0))
    if placement is None:
        return Line(row.key or OUTSIDE, outside_an_event(), row)
    if placement.kind == SHARED:
        return Line(row.key, shared_link(), row)
    place = pick(placement.location.names) if placement.location else outside_an_event()
    event = placement.event
    begun = event.starts_local[:10] if event else placement.starts_at.date().isoformat()
    held = f"{pick(event.titles)}, {day_name(begun)}" if event else ""
    return Line(
        row.key,
        place,
        row,
        more=tuple(part for part in (placement.board, held) if part),
        label=" · ".join(part for part in (short_day(begun), place, placement.board) if part),
        code_id=placement.code_id,
    )


def _language(ground: Ground, row: Row) -> Line:
    return Line(
        row.key,
        language_name(row.key),
        row,
        language=row.key,
        narrows={"language": row.key},
    )


def _country(ground: Ground, row: Row) -> Line:
    return Line(row.key, country_name(row.key), row, narrows={"country": row.key})


def _hour(ground: Ground, row: Row) -> Line:
    begins = int(row.key[11:13] if row.key[0] != "T" else row.key[1:3])
    return Line(row.key, hour_name(begins), row)


def _day(ground: Ground, row: Row) -> Line:
    return Line(row.key, day_name(row.key), row, narrows={"day": row.key})


_NAMES: Final[Mapping[str, Callable[[Ground, Row], Line]]] = {
    "place": _place,
    "event": _event,
    "board": _board,
    "language": _language,
    "country": _country,
    "hour": _hour,
    "day": _day,
}


def hour_name(hour: int) -> str:
    """Name an hour by its beginning and its end."""
    ends = time((hour + 1) % 24)
    return str(format_interval(time(hour), ends, "Hm", locale=locale()))


def short_hour(hour: int) -> str:
    """Name an hour in as few letters as possible, below a column."""
    return f"{hour:02}"


def day_name(key: str) -> str:
    """Name a day with its weekday, which is how organisers think of it."""
    return str(format_skeleton("yMMMEd", datetime.fromisoformat(key), locale=locale()))


def short_day(key: str) -> str:
    """Name a day in as few letters as possible, below a column."""
    return str(format_skeleton("MMMd", datetime.fromisoformat(key), locale=locale()))
