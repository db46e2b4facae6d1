"""Sums as people read them: the gifts by card and bank, and beside them, never added, the cash."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.cash import queries as cash
from campaign_app.cash.queries import Line
from campaign_app.core import charts
from campaign_app.core.charts import Bar, Chart, Part
from campaign_app.core.i18n import _, direction
from campaign_app.core.money import Money
from campaign_app.core.opened_export import harmless
from campaign_app.donations import sums
from campaign_app.finance.frame import entity_name, written
from campaign_app.payments.flows import Purse, Span

#: Spreadsheets take a file for UTF-8 only if it says so.
BOM: Final = "\ufeff"
MOST_BARS: Final = 12
#: Cuts by which a counted box can be told apart, and its key.
OF_CASH: Final[Mapping[str, Callable[[Line], str]]] = {
    "event": lambda line: str(line.event_id),
    "place": lambda line: str(line.location_id),
    "currency": lambda line: line.currency,
    "month": lambda line: line.counted_on.isoformat()[:7],
}


@dataclass(frozen=True, slots=True)
class Column:
    """One purse of gifts, or of counted cash."""

    purse: Purse
    is_cash: bool

    @property
    def short(self) -> str:
        """Name it where the legal body is said already."""
        what = _("Cash counted") if self.is_cash else _("Card and bank")
        return f"{what}, {self.purse.currency}"

    @property
    def name(self) -> str:
        """Name it whole."""
        return f"{self.short}, {entity_name(self.purse.entity)}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with its cells in the order of the columns; None where there is nothing to count."""

    key: str
    name: str
    #: How many gifts, of each legal body.
    counts: Mapping[str, int]
    cells: Sequence[Money | None]

    @property
    def n(self) -> int:
        """Tell how many gifts there are."""
        return sum(self.counts.values())

    def only(self, entity: str, places: Sequence[int]) -> "Shown":
        """Keep one legal body."""
        counts = {entity: self.counts.get(entity, 0)}
        return Shown(self.key, self.name, counts, [self.cells[at] for at in places])


@dataclass(frozen=True, slots=True)
class Table:
    """What is shown."""

    by: str
    columns: Sequence[Column]
    rows: Sequence[Shown]
    total: Shown
    #: Whether boxes can be told apart this way.
    has_cash: bool

    def by_entity(self) -> list[tuple[str, "Table"]]:
        """Give each legal body its own table, of what it has something in."""
        entities = dict.fromkeys(one.purse.entity for one in self.columns)
        return [(entity, self._of(entity)) for entity in entities]

    def _of(self, entity: str) -> "Table":
        at = [n for n, one in enumerate(self.columns) if one.purse.entity == entity]
        rows = [row.only(entity, at) for row in self.rows]
        return Table(
            by=self.by,
            columns=[self.columns[n] for n in at],
            rows=[row for row in rows if any(cell is not None for cell in row.cells)],
            total=self.total.only(entity, at),
            has_cash=self.has_cash,
        )

    def charts(self) -> list[tuple[Column, Chart]]:
        """Draw each column in which there is something to compare: two currencies have no common length."""
        drawn = [(one, self._chart(at)) for at, one in enumerate(self.columns)]
        return [(one, chart) for one, chart in drawn if len(chart.bars) > 1]

    def _chart(self, at: int) -> Chart:
        filled = [(row, row.cells[at]) for row in self.rows]
        kind = "ev-witnessed" if self.columns[at].is_cash else "ev-confirmed"
        bars = [
            Bar(row.name, (Part(kind, max(0, money.minor)),), written(money))
            for row, money in filled
            if money is not None and money
        ]
        if self.by != "month":
            bars.sort(key=lambda bar: -bar.length)
        return charts.lying(bars[:MOST_BARS], mirrored=direction() == "rtl")


def table(book: str, by: str, span: Span) -> Table:
    """Sum gifts and boxes of a time, cut one way."""
    gifts, boxes = sums.table(book, by, span), _boxes(book, by, span)
    names = {row.key: row.name for row in gifts.rows} | _more_names(by, boxes, gifts)
    columns = [Column(purse, is_cash=False) for purse in gifts.purses]
    columns += [Column(purse, is_cash=True) for purse in _purses(boxes.values())]
    columns.sort(key=lambda one: (one.purse.entity, one.is_cash, one.purse))
    given = {row.key: row for row in gifts.rows}
    rows = [
        Shown(key, name, _counts(given.get(key)), _cells(columns, (given, boxes), key))
        for key, name in names.items()
    ]
    if by == "month":
        rows.sort(key=lambda row: row.key)
    sums_ = [_sum(rows, at, column) for at, column in enumerate(columns)]
    total = Shown("", _("All"), _counts(gifts.total), sums_)
    return Table(by, columns, rows, total, by in OF_CASH)


def _counts(row: sums.Row | None) -> dict[str, int]:
    """Count gifts by legal body."""
    found: Counter[str] = Counter()
    for purse, n in row.counts.items() if row else ():
        found[purse.entity] += n
    return dict(found)


def _boxes(book: str, by: str, span: Span) -> dict[str, dict[Purse, Money]]:
    """Sum what was counted in the time, per row of the table."""
    found: defaultdict[str, dict[Purse, Money]] = defaultdict(dict)
    if by not in OF_CASH:
        return found
    for line in cash.lines(book):
        if span.first <= line.counted_on <= span.last:
            purse, row = Purse(line.entity, line.currency), found[OF_CASH[by](line)]
            row[purse] = row.get(purse, Money.none(line.currency)) + line.counted
    return found


def _purses(rows: Iterable[Mapping[Purse, Money]]) -> set[Purse]:
    return {purse for row in rows for purse in row}


def _more_names(by: str, boxes: Iterable[str], gifts: sums.Table) -> dict[str, str]:
    """Name the rows that only have cash."""
    known = {row.key for row in gifts.rows}
    return sums.names(by, [key for key in boxes if key not in known])


def _cells(
    columns: Sequence[Column],
    known: tuple[Mapping[str, sums.Row], Mapping[str, Mapping[Purse, Money]]],
    key: str,
) -> list[Money | None]:
    given, boxes = known
    gifts = given[key].sums if key in given else {}
    return [(boxes.get(key, {}) if one.is_cash else gifts).get(one.purse) for one in columns]


def _sum(rows: Iterable[Shown], at: int, column: Column) -> Money:
    filled = [row.cells[at] for row in rows]
    return Money.sum_of([one for one in filled if one is not None], column.purse.currency)


def as_csv(found: Table) -> str:
    """Write a table for a spreadsheet: plain amounts, no cell that could become a formula."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write([str(sums.CUTS[found.by]), _("Gifts"), *(harmless(one.name) for one in found.columns)])
    for row in found.rows:
        cells = ["" if one is None else one.plain for one in row.cells]
        write([harmless(row.name), row.n, *cells])
    return BOM + out.getvalue()
