"""Tallies as bars: counted signatures by how they are known, then those still awaited."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from campaign_app.core import charts
from campaign_app.core.charts import Bar, Chart, Part
from campaign_app.core.i18n import _, direction, number
from campaign_app.petitions import states
from campaign_app.petitions.tables import Row
from campaign_app.petitions.tally_sheet import (
    Line,
    Sheet,
    day_name,
    hour_name,
    short_day,
    short_hour,
)

#: The order in which the pieces of a bar follow each other.
PIECES: Final = (*states.COUNTED, states.UNCONFIRMED)
MOST_BARS: Final = 12
#: A longer time is drawn without the days on which nobody signed.
LONGEST_TIME: Final = 92
Keys = list[tuple[str, str]]


def _parts(row: Row) -> tuple[Part, ...]:
    return tuple(Part(f"ev-{evidence}", row.by_evidence[evidence]) for evidence in PIECES)


def _bar(label: str, row: Row, short: str = "") -> Bar:
    aside = f"+ {number(row.awaiting)}" if row.awaiting else ""
    return Bar(label, _parts(row), number(row.counted), short=short, aside=aside)


def keys(rows: Iterable[Row], names: Mapping[str, str]) -> Keys:
    """Say what the colours stand for, of those that occur."""
    seen = {evidence for row in rows for evidence in PIECES if row.by_evidence[evidence]}
    words = {one: str(name) for one, name in names.items()}
    words[states.UNCONFIRMED] = _("Awaiting, not counted")
    return [(f"ev-{one}", words[one]) for one in PIECES if one in seen]


def of_sheet(sheet: Sheet) -> Chart:
    """Draw a table: time stands up, everything else lies down, the largest first."""
    if sheet.by == "hour":
        return of_hours([line.row for line in sheet.lines])
    if sheet.by == "day":
        return _days(sheet.lines)
    bars = [_bar(line.label or line.name, line.row) for line in sheet.lines[:MOST_BARS]]
    return charts.lying(bars, mirrored=_mirrored())


def of_hours(rows: Iterable[Row]) -> Chart:
    """Draw the 24 hours of a day, empty ones too, so that days look alike."""
    known = {int(row.key.partition("T")[2]): row for row in rows}
    bars = [_bar(hour_name(hour), known.get(hour, Row("")), short_hour(hour)) for hour in range(24)]
    return charts.upright(bars, mirrored=_mirrored())


def _days(lines: Sequence[Line]) -> Chart:
    by_day = {line.key: line.row for line in lines}
    bars = [_bar(day_name(day), by_day.get(day, Row("")), short_day(day)) for day in _span(by_day)]
    return charts.upright(bars, mirrored=_mirrored())


def _span(days: Iterable[str]) -> list[str]:
    """List every day between the first and the last, unless that would be too many to see."""
    known = sorted(days)
    return every_day(known[0], known[-1]) or known if known else []


def every_day(first: str, last: str) -> list[str]:
    """List days without a gap; nothing if they are too many."""
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    length = (ends - begins).days + 1
    if length > LONGEST_TIME:
        return []
    return [(begins + timedelta(days=n)).isoformat() for n in range(length)]


def _mirrored() -> bool:
    return direction() == "rtl"
