"""The tally cut by place, board, event, language, country or hour, corrections applied.

Everything here is arithmetic on cells: nothing reads the database but `tally.cells`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from campaign_app.core.wall_clock import hour_number, start_of
from campaign_app.petitions import states
from campaign_app.petitions.tally import Cell
from campaign_app.qr.models import SHARED
from campaign_app.qr.moves import Move

#: The filter value that keeps what is counted outside an event, or at no place.
OUTSIDE: Final = "0"
#: Filters that look at where a board stands.
SPOTS: Final = ("event", "location", "board")
#: Half a day, and as much as any zone is away from UTC.
FARTHEST: Final = 12 + 15


@dataclass(frozen=True, slots=True)
class Where:
    """What a placement says of its signatures."""

    placement_id: int
    event_id: int | None
    location_id: int | None
    board: str
    zone: str | None
    #: A link that people share: at no event and no place, and told apart from them.
    shared: bool = False


@dataclass(slots=True)
class Row:
    """One line of a table: a key, and how many of each evidence class."""

    key: str
    by_evidence: Counter[str] = field(default_factory=Counter)

    @property
    def counted(self) -> int:
        """Add up what the public total contains."""
        return sum(self.by_evidence[evidence] for evidence in states.COUNTED)

    def together(self) -> "Row":
        """Show the kinds of being witnessed as one."""
        added = Counter(self.by_evidence)
        for kind in states.SEEN[1:]:
            added[states.SEEN[0]] += added.pop(kind, 0)
        return Row(self.key, added)

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
    return [
        replace(cell, placement_id=_stood(cell, by_origin))
        if cell.placement_id in by_origin
        else cell
        for cell in cells
    ]


def _stood(cell: Cell, by_origin: Mapping[int, Sequence[Move]]) -> int:
    for move in by_origin.get(cell.placement_id, ()):
        if move.from_hour <= cell.hour < move.to_hour:
            return move.to_placement_id
    return cell.placement_id


Key = Callable[[Cell], str]


def key_of(by: str, standing: Standing) -> Key:
    """Say how a cell is named in a table cut by something."""
    return {
        "total": lambda cell: "",
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
    if where and where.shared and name != "board":
        return SHARED
    value = getattr(where, name) if where else None
    return "" if value is None else str(value)


def local_hour(cell: Cell, standing: Standing) -> str:
    """Name an hour by the clocks of the place, else of the petition: 2026-11-14T15."""
    where = standing.where(cell.placement_id)
    return _shown((where.zone if where else None) or standing.zone, cell.hour)


@lru_cache(maxsize=65536)
def _shown(zone: str, hour: int) -> str:
    return start_of(hour).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H")


def cut(cells: Sequence[Cell], by: str, standing: Standing) -> list[Row]:
    """Cut cells into rows by a key."""
    name = key_of(by, standing)
    rows: dict[str, Row] = {}
    for cell in cells:
        key = name(cell)
        row = rows.get(key) or rows.setdefault(key, Row(key))
        row.by_evidence[cell.evidence] += cell.n
    return [row for row in rows.values() if any(row.by_evidence.values())]


def wanted(name: str, value: str) -> str:
    """Give the key that a filter keeps."""
    return "" if value == OUTSIDE and name in ("event", "location") else value


@dataclass(frozen=True, slots=True)
class Reading:
    """Which cells answer a question: as few as possible, never too few."""

    grain: str
    #: Columns to tell apart; the others are added up by the database.
    keep: frozenset[str]
    #: Placements whose hours must be told apart, since a correction moved some.
    by_hour: frozenset[int]
    #: What the database can narrow by itself.
    only: Mapping[str, list[Any]]
    #: Filters that must look at each cell again, once corrections are applied.
    left: tuple[str, ...]


def reading(by: str, narrow: Mapping[str, str], standing: Standing) -> Reading:
    """Plan how to read the cells for a table and its filters."""
    moved = frozenset(move.from_placement_id for move in standing.moves)
    left = tuple(name for name in narrow if name == "day" or (moved and name in SPOTS))
    met, keep = _columns_of((by, *narrow)), _columns_of((by, *left))
    by_hour = moved if "placement_id" in keep and "hour" not in met else frozenset[int]()
    return Reading(_GRAIN_OF.get(met, "cell"), keep, by_hour, _only(narrow, standing), left)


def _columns_of(names: Iterable[str]) -> frozenset[str]:
    """Name the columns that cuts and filters look at; an hour needs the clocks of its place."""
    columns = {_COLUMN_OF[name] for name in names} - {""}
    return frozenset(columns | {"placement_id"} if "hour" in columns else columns)


def _only(narrow: Mapping[str, str], standing: Standing) -> dict[str, list[Any]]:
    """Say which cells can matter at all: perhaps too many (hours around a day), never too few."""
    only: dict[str, list[Any]] = {
        name: [narrow[name]] for name in ("language", "country") if name in narrow
    }
    if "day" in narrow:
        noon = datetime.fromisoformat(narrow["day"]).replace(hour=12, tzinfo=UTC)
        middle = hour_number(noon)
        only["hour"] = list(range(middle - FARTHEST, middle + FARTHEST))
    spots = {name: narrow[name] for name in SPOTS if name in narrow}
    if spots:
        only["placement_id"] = _fitting(spots, standing)
    return only


def _fitting(spots: Mapping[str, str], standing: Standing) -> list[int]:
    """List the placements that all of these filters keep, and those whose hours count there."""
    kept = {0, *standing.placements}
    for name, value in spots.items():
        key = key_of(name, standing)
        kept &= {one for one in kept if key(Cell(one, 0, "", "", "", 0)) == wanted(name, value)}
    origins = {move.from_placement_id for move in standing.moves if move.to_placement_id in kept}
    return sorted(kept | origins)


_GRAIN_OF: Final = {
    frozenset[str](): "total",
    frozenset({"placement_id"}): "placement",
    frozenset({"language"}): "language",
    frozenset({"country"}): "country",
    frozenset({"placement_id", "hour"}): "hour",
}
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
