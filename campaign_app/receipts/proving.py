"""Whether the receipts are whole: no gap, no number twice, none that says another amount than its facts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.core.i18n import _l
from campaign_app.receipts import states
from campaign_app.receipts.models import GiftReceipt, ReceiptSeries, named

#: So many rows come from the database at once.
AT_ONCE: Final = 1000
#: What is found, in words for people.
WORDS: Final[Mapping[str, str]] = {
    "has a gap": _l("A number without a receipt"),
    "is older than its number": _l("A receipt whose day does not fit its number"),
    "ends elsewhere than its series": _l("Receipts that end before the last number given out"),
    "has no series": _l("Receipts of a year that gave out no numbers"),
    "says another amount than it counts": _l("A receipt that says another amount than it counts"),
    "cancels something else": _l("A receipt that takes back something else than it says"),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something among the receipts that cannot be."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What of a receipt is compared; its words are read once and not held."""

    id: UUID
    entity: str
    year: int
    number: int
    issued_on: date
    cancels_id: UUID | None
    is_cancelling: bool
    subject: str
    minor: int
    name: str
    #: Its facts say the amount that it counts.
    agrees: bool


def count(book: str) -> int:
    """Count the receipts of a book."""
    query = select(func.count()).select_from(GiftReceipt).where(GiftReceipt.book == book)
    return session.scalar(query) or 0


def prove(book: str) -> list[Flaw]:
    """Count each series from 1 again and compare each receipt with what it cancels.

    Constraints and the held series make each of these impossible; the proof is for a database that was
    mended by hand or restored in part.
    """
    flaws: list[Flaw] = []
    found = [_looked(one) for one in _every(book)]
    last: dict[tuple[str, int], int] = {}
    for (entity, year), series in groupby(found, lambda one: (one.entity, one.year)):
        numbers = [one.number for one in series]
        last[entity, year] = numbers[-1]
        flaws += [Flaw("has a gap", f"{entity} {year}: {n}") for n in _missing(numbers)]
    flaws += list(_out_of_order(found))
    return flaws + list(_handed_out(book, last)) + list(_unlike(found))


#: What is read of each receipt: not the closed name, and no object for each.
_READ: Final = (
    GiftReceipt.id, GiftReceipt.book, GiftReceipt.entity, GiftReceipt.year, GiftReceipt.number,
    GiftReceipt.issued_on, GiftReceipt.cancels_id, GiftReceipt.kind, GiftReceipt.subject,
    GiftReceipt.minor, GiftReceipt.currency, GiftReceipt.facts,
)  # fmt: skip


def _every(book: str) -> Iterable[Any]:
    """Read all receipts in the order of their numbers, some at a time."""
    query = select(*_READ).where(GiftReceipt.book == book)
    ordered = query.order_by(GiftReceipt.entity, GiftReceipt.year, GiftReceipt.number)
    return session.execute(ordered.execution_options(yield_per=AT_ONCE))


def _looked(row: Any) -> Looked:
    return Looked(
        id=row.id,
        entity=row.entity,
        year=row.year,
        number=row.number,
        issued_on=row.issued_on,
        cancels_id=row.cancels_id,
        is_cancelling=row.kind == states.CANCELLING,
        subject=row.subject,
        minor=row.minor,
        name=named(row.book, row.entity, row.year, row.number),
        agrees=(row.facts.get("minor"), row.facts.get("currency")) == (row.minor, row.currency),
    )


def _missing(numbers: list[int]) -> list[int]:
    return sorted(set(range(1, numbers[-1] + 1)) - set(numbers))


def _out_of_order(found: Sequence[Looked]) -> Iterator[Flaw]:
    """Compare days with numbers: a higher number is never written on an earlier day, nor in another year."""
    for one, after in pairwise(found):
        same = (one.entity, one.year) == (after.entity, after.year)
        if same and after.issued_on < one.issued_on:
            yield Flaw("is older than its number", after.name)
    for one in found:
        if one.issued_on.year != one.year:
            yield Flaw("is older than its number", one.name)


def _handed_out(book: str, last: dict[tuple[str, int], int]) -> Iterator[Flaw]:
    """Compare with how many numbers were given out: the last receipts may be what is missing."""
    for row in session.scalars(select(ReceiptSeries).where(ReceiptSeries.book == book)):
        if row.last != last.pop((row.entity, row.year), 0):
            yield Flaw("ends elsewhere than its series", f"{row.entity} {row.year}")
    for entity, year in last:
        yield Flaw("has no series", f"{entity} {year}")


def _unlike(found: Sequence[Looked]) -> Iterator[Flaw]:
    known = {one.id: one for one in found}
    for one in found:
        other = known.get(one.cancels_id) if one.cancels_id else None
        if not one.agrees:
            yield Flaw("says another amount than it counts", one.name)
        if one.is_cancelling and (
            other is None or (other.subject, other.minor) != (one.subject, one.minor)
        ):
            yield Flaw("cancels something else", one.name)
