"""Questions to the receipts: the one of a number, those of a gift, those of a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.receipts import states
from campaign_app.receipts.models import GiftReceipt, ReceiptSeries

PAGE = 200


def by_number(text: str) -> GiftReceipt | None:
    """Find a receipt by its number as it stands on the paper, however it is typed."""
    book_entity, _hyphen, number = text.strip().upper().rpartition("-")
    named, _hyphen, year = book_entity.rpartition("-")
    if not (number.isdecimal() and year.isdecimal()) or max(len(number), len(year)) > 9:
        return None
    book = "test" if named.startswith("TEST-") else "live"
    return session.scalar(
        select(GiftReceipt).where(
            GiftReceipt.book == book,
            GiftReceipt.entity == named.removeprefix("TEST-").lower(),
            GiftReceipt.year == int(year),
            GiftReceipt.number == int(number),
        )
    )


def of_subject(subject: str) -> Sequence[GiftReceipt]:
    """List all receipts of a gift as they were written, cancelling ones among them."""
    query = select(GiftReceipt).where(GiftReceipt.subject == subject)
    return session.scalars(query.order_by(GiftReceipt.year, GiftReceipt.number)).all()


def standing_of(subject: str) -> GiftReceipt | None:
    """Find the receipt of a gift that counts now."""
    after = select(GiftReceipt.cancels_id).where(GiftReceipt.cancels_id.is_not(None))
    query = select(GiftReceipt).where(
        GiftReceipt.subject == subject,
        GiftReceipt.kind == states.ISSUED,
        GiftReceipt.id.not_in(after),
    )
    return session.scalar(query.order_by(GiftReceipt.turn.desc()).limit(1))


def cancelled_by(receipt: GiftReceipt) -> GiftReceipt | None:
    """Find what took a receipt back."""
    return session.scalar(select(GiftReceipt).where(GiftReceipt.cancels_id == receipt.id))


def series(book: str) -> Sequence[ReceiptSeries]:
    """List the years of all entities, the newest first."""
    query = select(ReceiptSeries).where(ReceiptSeries.book == book, ReceiptSeries.last > 0)
    return session.scalars(query.order_by(ReceiptSeries.year.desc(), ReceiptSeries.entity)).all()


@dataclass(frozen=True, slots=True)
class Of:
    """The receipts of an entity in a year."""

    book: str
    entity: str
    year: int


def written(of: Of, *, before: int | None = None) -> Sequence[GiftReceipt]:
    """List receipts, the newest number first, a page at a time."""
    query = select(GiftReceipt).filter_by(book=of.book, entity=of.entity, year=of.year)
    if before is not None:
        query = query.where(GiftReceipt.number < before)
    return session.scalars(query.order_by(GiftReceipt.number.desc()).limit(PAGE)).all()


def cancelled_among(receipts: Sequence[GiftReceipt]) -> dict[object, str]:
    """Tell which of these no longer count: id → number of what cancelled it."""
    ids = [one.id for one in receipts]
    query = select(GiftReceipt).where(GiftReceipt.cancels_id.in_(ids))
    return {one.cancels_id: one.name for one in session.scalars(query)}


def counting(of: Of) -> Sequence[GiftReceipt]:
    """List the receipts of gifts of a year that were not cancelled, by the day of the gift."""
    after = select(GiftReceipt.cancels_id).where(GiftReceipt.cancels_id.is_not(None))
    first, last = date(of.year, 1, 1), date(of.year, 12, 31)
    query = select(GiftReceipt).where(
        GiftReceipt.book == of.book,
        GiftReceipt.entity == of.entity,
        GiftReceipt.kind == states.ISSUED,
        GiftReceipt.given_on.between(first, last),
        GiftReceipt.id.not_in(after),
    )
    return session.scalars(query.order_by(GiftReceipt.given_on, GiftReceipt.number)).all()


def count(of: Of) -> int:
    """Count the receipts of a year."""
    query = select(func.count()).select_from(GiftReceipt)
    return session.scalar(query.filter_by(book=of.book, entity=of.entity, year=of.year)) or 0
