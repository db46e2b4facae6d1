"""The tally cut by place, board, event, language, country or hour, corrections applied.

Everything here is arithmetic on cells: nothing reads the database but `tally.cells`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from campaign_app.petitions import states
from campaign_app.petitions.tally import Cell
from campaign_app.qr.queries import Move

SECONDS_AN_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Where:
    """What a placement says of its signatures."""

    placement_id: int
    event_id: int | None
    location_id: int | None
    board: str
    zone: str | None


@dataclass(slots=True)
class Row:
    """One line of a table: a key, and how many of each evidence class."""

    key: str
    by_evidence: Counter[str] = field(default_factory=Counter)

    @property
    def counted(self) -> int:
        """Add up what the public total contains."""
        return sum(self.by_evidence[evidence] for evidence in states.COUNTED)

    @property
    def awaiting(self) -> int:
        """Tell how many have not been proved yet."""
        return self.by_evidence[states.UNCONFIRMED]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where placements stand, what was corrected, and the petition's own zone."""

    placements: Mapping[int, Where]
    moves: Sequence[Move]
    zone: str

    def where(self, placement_id: int) -> Where | None:
        """Look a placement up; None is outside an event."""
        return self.placements.get(placement_id)


def resolved(cells: Sequence[Cell], moves: Sequence[Move]) -> list[Cell]:
    """Count each cell where it really stood: of the moves that name its hour the newest wins."""
    by_origin: dict[int, list[Move]] = defaultdict(list)
    for move in sorted(moves, key=lambda move: -move.order):
        by_origin[move.from_placement_id].append(move)
    if not by_origin:
        return list(cells)
    return [replace(cell, placement_id=_stood(cell, by_origin)) for cell in cells]


def _stood(cell: Cell, by_origin: Mapping[int, Sequence[Move]]) -> int:
    for move in by_origin.get(cell.placement_id, ()):
        if move.from_hour <= cell.hour < move.to_hour:
            return move.to_placement_id
    return cell.placement_id


Key = Callable[[Cell], str]


def key_of(by: str, standing: Standing) -> Key:
    """Say how a cell is named in a table cut by something."""
    return {
        "placement": lambda cell: str(cell.placement_id or ""),
        "event": lambda cell: _of_placement(cell, standing, "event_id"),
        "location": lambda cell: _of_placement(cell, standing, "location_id"),
        "board": lambda cell: _of_placement(cell, standing, "board"),
        "language": lambda cell: cell.language,
        "country": lambda cell: cell.country,
        "hour": lambda cell: local_hour(cell, standing),
        "day": lambda cell: local_hour(cell, standing)[:10],
    }[by]


def _of_placement(cell: Cell, standing: Standing, name: str) -> str:
    where = standing.where(cell.placement_id)
    value = getattr(where, name) if where else None
    return "" if value is None else str(value)


_zones: dict[str, tzinfo] = {}


def local_hour(cell: Cell, standing: Standing) -> str:
    """Name an hour by the clocks of the place, else of the petition: 2026-11-14T15."""
    where = standing.where(cell.placement_id)
    name = (where.zone if where else None) or standing.zone
    zone = _zones.setdefault(name, ZoneInfo(name))
    moment = datetime.fromtimestamp(cell.hour * SECONDS_AN_HOUR, UTC).astimezone(zone)
    return moment.strftime("%Y-%m-%dT%H")


def cut(cells: Sequence[Cell], by: str, standing: Standing) -> list[Row]:
    """Cut cells into rows by a key."""
    name = key_of(by, standing)
    rows: dict[str, Row] = {}
    for cell in cells:
        key = name(cell)
        row = rows.get(key) or rows.setdefault(key, Row(key))
        row.by_evidence[cell.evidence] += cell.n
    return [row for row in rows.values() if any(row.by_evidence.values())]


def grain_for(by: str, *, filters: set[str], corrected: bool) -> str:
    """Choose the coarsest grain that can answer, so that few rows are read."""
    needed = {_COLUMN_OF[by], *(_COLUMN_OF[name] for name in filters)} - {""}
    if {"hour", "placement_id"} & needed and (corrected or "hour" in needed):
        needed |= {"placement_id", "hour"}
    if not needed:
        return "total"
    if len(needed) == 1:
        return {"placement_id": "placement"}.get(next(iter(needed)), next(iter(needed)))
    return "hour" if needed == {"placement_id", "hour"} else "cell"


_COLUMN_OF: Final = {
    "total": "",
    "placement": "placement_id",
    "event": "placement_id",
    "location": "placement_id",
    "board": "placement_id",
    "language": "language",
    "country": "country",
    "hour": "hour",
    "day": "hour",
}
