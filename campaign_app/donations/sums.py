"""What was given: card and bank gifts that settled, less what went back, cut one way.

Cash counted in boxes is not in here, and neither is a gift of cash with a receipt: its money lies in a box
and is counted there. Amounts of two currencies, or of two legal bodies, are never added.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from babel.dates import format_skeleton
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from campaign_app.core.db import session
from campaign_app.core.i18n import _, _l, day, locale, pick
from campaign_app.core.money import Money
from campaign_app.donations import states, words
from campaign_app.donations.models import Donation
from campaign_app.events.models import Campaign, Event, Location
from campaign_app.payments.flows import Purse, Span
from campaign_app.qr.models import Placement

#: Ways whose money is counted here.
BY_BANK: Final = (states.CARD, states.TRANSFER)
CUTS: Final = {
    "event": _l("Event"),
    "place": _l("Place"),
    "placement": _l("Code"),
    "way": _l("Way of giving"),
    "currency": _l("Currency"),
    "campaign": _l("Campaign"),
    "month": _l("Month"),
}
#: Cut → the column that tells rows apart.
_COLUMNS: Final[Mapping[str, InstrumentedAttribute[Any]]] = {
    "event": Donation.event_id,
    "place": Donation.location_id,
    "placement": Donation.placement_id,
    "way": Donation.way,
    "currency": Donation.currency,
    "campaign": Donation.campaign_id,
    "month": Donation.settled_on,
}


@dataclass(slots=True)
class Row:
    """What was given in one event, at one place, in one way …"""

    key: str
    name: str
    #: How many gifts, and how much.
    counts: Counter[Purse] = field(default_factory=Counter)
    sums: dict[Purse, Money] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Tell how many gifts there are in all purses: gifts may be added where money may not."""
        return self.counts.total()

    def add(self, purse: Purse, minor: int, n: int) -> None:
        """Count some more."""
        known = self.sums.get(purse, Money.none(purse.currency))
        self.sums[purse] = known + Money(minor, purse.currency)
        self.counts[purse] += n


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a cut, and their sum."""

    by: str
    rows: Sequence[Row]
    total: Row

    @property
    def purses(self) -> list[Purse]:
        """List the columns: every purse that occurs."""
        return sorted(self.total.sums)


def table(book: str, by: str, span: Span) -> Table:
    """Sum the gifts of a time; of one that went back, what stayed."""
    column = _COLUMNS[by]
    found = _grouped(book, column, Donation.settled_on.between(span.first, span.last))
    rows: dict[str, Row] = {}
    total = Row("", "")
    for value, purse, minor, n in found:
        key = _key(by, value)
        rows.setdefault(key, Row(key, "")).add(purse, minor, n)
        total.add(purse, minor, n)
    _name(by, rows.values())
    return Table(by, _ordered(by, rows.values()), total)


def _grouped(
    book: str, column: InstrumentedAttribute[Any], within: ColumnElement[bool]
) -> Iterable[tuple[Any, Purse, int, int]]:
    purse = (Donation.entity, Donation.currency)
    query = (
        select(column, *purse, func.sum(Donation.minor - Donation.returned), func.count())
        .where(Donation.book == book, Donation.state == states.SETTLED)
        .where(Donation.way.in_(BY_BANK), within)
        .group_by(column, *purse)
    )
    for value, entity, currency, minor, n in session.execute(query):
        yield value, Purse(entity, currency), int(minor), n


def _key(by: str, value: Any) -> str:
    if value is None:
        return ""
    return str(value.isoformat()[:7]) if by == "month" else str(value)


def _ordered(by: str, rows: Iterable[Row]) -> list[Row]:
    """Put months in their order, and everything else so that the most gifts stand first."""
    if by == "month":
        return sorted(rows, key=lambda row: row.key)
    return sorted(rows, key=lambda row: (-row.n, row.name, row.key))


def of_event(event_id: int, book: str) -> tuple[int, Mapping[Purse, Money]]:
    """Tell how many gifts one event brought, and how much: no donor, no single gift."""
    total = Row("", "")
    for _value, purse, minor, n in _grouped(book, Donation.event_id, Donation.event_id == event_id):
        total.add(purse, minor, n)
    return total.n, total.sums


def standing(book: str, state: str) -> Mapping[Purse, Money]:
    """Sum the gifts by card and bank that stand in a state now."""
    query = (
        select(Donation.entity, Donation.currency, func.sum(Donation.minor))
        .where(Donation.book == book, Donation.state == state, Donation.way.in_(BY_BANK))
        .group_by(Donation.entity, Donation.currency)
    )
    return {
        Purse(entity, currency): Money(int(minor), currency)
        for entity, currency, minor in session.execute(query)
    }


def settled(book: str, span: Span) -> Mapping[Purse, Money]:
    """Sum the gifts of a time that settled, less what went back."""
    return table(book, "currency", span).total.sums


# Names


def _name(by: str, rows: Iterable[Row]) -> None:
    """Give each row the name that people know it by."""
    listed = list(rows)
    known = names(by, [row.key for row in listed if row.key])
    for row in listed:
        row.name = known.get(row.key, row.key) if row.key else _("From anywhere")


def names(by: str, keys: Sequence[str]) -> dict[str, str]:
    """Name rows by their keys."""
    if by == "way":
        return {key: str(words.WAYS[key]) for key in keys}
    if by == "month":
        return {key: _month(key) for key in keys}
    if by == "currency":
        return {key: key for key in keys}
    model, name = _NAMED[by]
    found = session.scalars(select(model).where(model.id.in_([int(key) for key in keys])))
    return {str(one.id): name(one) for one in found}


def _month(key: str) -> str:
    year, month = map(int, key.split("-"))
    return format_skeleton("yMMMM", date(year, month, 1), locale=locale())


def _event_name(one: Event) -> str:
    return f"{pick(one.titles)}, {day(date.fromisoformat(one.starts_local[:10]), 'medium')}"


def _placement_name(one: Placement) -> str:
    where = one.location or (one.event.location if one.event else None)
    return f"{one.board}, {pick(where.names)}" if where else one.board


_NAMED: Final[Mapping[str, tuple[Any, Callable[[Any], str]]]] = {
    "event": (Event, _event_name),
    "place": (Location, lambda one: pick(one.names)),
    "placement": (Placement, _placement_name),
    "campaign": (Campaign, lambda one: pick(one.names)),
}
