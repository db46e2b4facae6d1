"""Questions to the boxes. What is counted and what is banked are two numbers, never one sum.

    of_event(event_id)      boxes of a stall, counted and banked per currency
    totals(book)            per legal body and currency
    lines(book)             per box and currency, with event, place and day, to be summed in any way

`counted` is all that was ever counted; `banked` is the part of it that the bank's statement shows. A
count that is not posted yet is in neither, and stands in no page.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from campaign_app.cash import states
from campaign_app.cash.models import (
    BoxOpening,
    CashAmount,
    CashBox,
    CashCounter,
    CashDeposit,
    CashReceipt,
    CountSheet,
)
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.money import EXPONENTS, Money
from campaign_app.donations.models import Donation
from campaign_app.donations.states import SETTLED
from campaign_app.events.models import Event
from campaign_app.payments.opening import till

Sums = dict[str, Money]
#: In which order currencies stand beside each other.
ORDER: Final = tuple(EXPONENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One currency out of one box at one stall."""

    opening_id: int
    box: str
    event_id: int
    location_id: int
    entity: str
    currency: str
    counted_on: date
    how: str
    counted: Money
    banked: Money
    #: The day on the bank's statement.
    banked_on: date | None
    #: Since when it is on its way to the bank.
    sent_on: date | None

    @property
    def waits(self) -> Money:
        """Give what the bank has not shown yet."""
        return self.counted - self.banked

    @property
    def days(self) -> int:
        """Tell for how many days it has waited since it was counted."""
        return (clock.today() - self.counted_on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The two numbers of a legal body in one currency."""

    entity: str
    currency: str
    counted: Money
    banked: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OfEvent:
    """The boxes of one stall."""

    boxes: Sequence[BoxOpening]
    counted: Mapping[str, Money]
    banked: Mapping[str, Money]


def of_event(event_id: int) -> OfEvent:
    """Tell what a stall's boxes hold, as far as it is known."""
    found = lines(till().book, BoxOpening.event_id == event_id)
    return OfEvent(
        boxes=openings(event_id=event_id),
        counted=summed(one.counted for one in found),
        banked=summed(one.banked for one in found),
    )


def totals(book: str, since: date | None = None, until: date | None = None) -> Sequence[Total]:
    """Sum the two numbers up, by the day of the count and the day on the statement."""
    counted = _within(BoxOpening.counted_on, since, until)
    banked = and_(
        _within(CashDeposit.arrived_on, since, until), CashDeposit.state == states.ARRIVED
    )
    sums = (func.sum(case((when, CashAmount.minor), else_=0)) for when in (counted, banked))
    key = BoxOpening.entity, CashAmount.currency
    query = (
        select(*key, *sums)
        .select_from(CashAmount)
        .join(BoxOpening)
        .outerjoin(CashDeposit)
        .where(BoxOpening.book == book)
        .group_by(*key)
        .order_by(*key)
    )
    return [
        Total(
            entity=entity,
            currency=currency,
            counted=Money(int(one), currency),
            banked=Money(int(other), currency),
        )
        for entity, currency, one, other in session.execute(query)
    ]


def _within(
    on: InstrumentedAttribute[Any], since: date | None, until: date | None
) -> ColumnElement[bool]:
    return and_(
        on.is_not(None),
        on >= since if since else true(),
        on <= until if until else true(),
    )


def summed(amounts: Iterable[Money]) -> Sums:
    """Add amounts up, each currency for itself; without those of which there is nothing."""
    found: Sums = {}
    for money in amounts:
        found[money.currency] = found.get(money.currency, Money.none(money.currency)) + money
    return {currency: found[currency] for currency in ORDER if found.get(currency)}


def lines(book: str, *wanted: ColumnElement[bool]) -> Sequence[Line]:
    """List every amount that was counted, or those wanted, the oldest first."""
    query = (
        select(CashAmount)
        .join(BoxOpening)
        .outerjoin(CashDeposit)
        .where(BoxOpening.book == book, *wanted)
        .order_by(BoxOpening.counted_on, BoxOpening.id, CashAmount.currency)
    )
    return [_line(row) for row in session.scalars(query)]


def _line(row: CashAmount) -> Line:
    opening, deposit = row.opening, row.deposit
    home = deposit is not None and deposit.state == states.ARRIVED
    if opening.counted_on is None or opening.how is None:
        raise AssertionError("an amount is written with its day")
    return Line(
        opening_id=opening.id,
        box=opening.box.number,
        event_id=opening.event_id,
        location_id=opening.event.location_id,
        entity=opening.entity,
        currency=row.currency,
        counted_on=opening.counted_on,
        how=opening.how,
        counted=row.money,
        banked=row.money if home else Money.none(row.currency),
        banked_on=deposit.arrived_on if deposit is not None and home else None,
        sent_on=deposit.sent_on if deposit is not None else None,
    )


# Boxes


def boxes() -> Sequence[CashBox]:
    """List every box by its number."""
    return session.scalars(select(CashBox).order_by(CashBox.number)).all()


def free_boxes() -> Sequence[CashBox]:
    """List the boxes that can go to a stall."""
    in_use = select(BoxOpening.box_id).where(BoxOpening.counted_at.is_(None))
    query = select(CashBox).where(CashBox.rests_at.is_(None), CashBox.id.not_in(in_use))
    return session.scalars(query.order_by(CashBox.number)).all()


def where_now() -> Mapping[int, BoxOpening]:
    """Tell at which stall each box is that is in use."""
    query = select(BoxOpening).where(BoxOpening.counted_at.is_(None))
    return {one.box_id: one for one in session.scalars(query)}


def opening(row: int) -> BoxOpening | None:
    """Find an opening."""
    return session.get(BoxOpening, row)


def openings(*, event_id: int | None = None) -> Sequence[BoxOpening]:
    """List the openings, or those at one stall, the newest last."""
    query = select(BoxOpening).order_by(BoxOpening.id)
    if event_id is not None:
        query = query.where(BoxOpening.event_id == event_id)
    return session.scalars(query).all()


def events_of(openings: Collection[int]) -> Mapping[int, Event]:
    """Tell at which event each of these openings stood."""
    query = select(BoxOpening).where(BoxOpening.id.in_(openings))
    return {one.id: one.event for one in session.scalars(query)}


def amounts(opening_id: int) -> Sequence[CashAmount]:
    """List what was counted in a box."""
    query = select(CashAmount).where(CashAmount.opening_id == opening_id)
    return sorted(session.scalars(query), key=lambda one: ORDER.index(one.currency))


def counters(opening_id: int) -> Sequence[CashCounter]:
    """List who counts a box now, or counted it."""
    query = select(CashCounter).where(
        CashCounter.opening_id == opening_id, CashCounter.ended_at.is_(None)
    )
    return session.scalars(query.order_by(CashCounter.letter)).all()


def sheets(opening_id: int) -> Sequence[CountSheet]:
    """List every sheet that was handed in for a box, in all rounds."""
    query = select(CountSheet).join(CashCounter).where(CashCounter.opening_id == opening_id)
    return session.scalars(query.order_by(CountSheet.round, CountSheet.id)).all()


# Receipts for cash


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Receipts that were given for what lies in a box."""

    given: int
    declined: int
    sums: Mapping[str, Money]


def receipts(found: BoxOpening) -> Receipts:
    """Count them and add them up, less what was returned."""
    query = (
        select(Donation.currency, func.count(), func.sum(Donation.minor - Donation.returned))
        .join(CashReceipt, CashReceipt.donation_id == Donation.id)
        .where(CashReceipt.opening_id == found.id, Donation.state == SETTLED)
        .group_by(Donation.currency)
    )
    rows = session.execute(query).all()
    return Receipts(
        given=sum(count for _currency, count, _total in rows),
        declined=found.declined,
        sums=summed(Money(int(total), currency) for currency, _count, total in rows),
    )


def receipts_exceed(found: BoxOpening) -> Sums:
    """Tell by how much receipts say more than was counted; nothing before the count."""
    if found.counted_at is None:
        return {}
    counted = {one.currency: one.money for one in amounts(found.id)}
    over = {}
    for currency, money in receipts(found).sums.items():
        more = money - counted.get(currency, Money.none(currency))
        if more.minor > 0:
            over[currency] = more
    return over


# Deposits


def deposits(book: str) -> Sequence[CashDeposit]:
    """List what went to the bank, the newest first."""
    query = select(CashDeposit).where(CashDeposit.book == book)
    return session.scalars(query.order_by(CashDeposit.sent_on.desc(), CashDeposit.id.desc())).all()


def deposit(row: int) -> CashDeposit | None:
    """Find a deposit."""
    return session.get(CashDeposit, row)


def bags_of(deposit_id: int) -> Sequence[CashAmount]:
    """List the bags of a deposit."""
    query = select(CashAmount).where(CashAmount.deposit_id == deposit_id)
    return session.scalars(query.order_by(CashAmount.opening_id)).all()


def bags_for(book: str, entity: str, currency: str) -> Sequence[CashAmount]:
    """List the bags that can go to an account."""
    query = (
        select(CashAmount)
        .join(BoxOpening)
        .where(
            BoxOpening.book == book,
            BoxOpening.entity == entity,
            CashAmount.currency == currency,
            CashAmount.deposit_id.is_(None),
        )
    )
    return session.scalars(query.order_by(BoxOpening.counted_on, BoxOpening.id)).all()


# What somebody must look at


def not_banked(book: str) -> Sequence[Line]:
    """List what is counted and not yet at the bank, the oldest first."""
    waits = or_(CashAmount.deposit_id.is_(None), CashDeposit.state != states.ARRIVED)
    return [one for one in lines(book, waits) if one.waits]


def still_here(book: str) -> Sequence[Line]:
    """List what is counted and that nobody carried to the bank, the oldest first."""
    return [one for one in not_banked(book) if one.sent_on is None]


def on_the_way(book: str) -> Sequence[CashDeposit]:
    """List what was carried to the bank and that its statement does not show yet, the oldest first."""
    query = select(CashDeposit).where(CashDeposit.book == book, CashDeposit.state == states.SENT)
    return session.scalars(query.order_by(CashDeposit.sent_on, CashDeposit.id)).all()


def by_one_still_open(book: str) -> Sequence[BoxOpening]:
    """List what one person counted alone, and neither the bank nor somebody of ours has confirmed."""
    contradicted = (
        select(CashAmount.opening_id)
        .join(CashDeposit)
        .join(in_bags := _in_bags(), in_bags.c.deposit_id == CashDeposit.id)
        .where(func.coalesce(CashDeposit.arrived_minor, 0) != in_bags.c.minor)
    )
    query = select(BoxOpening).where(
        BoxOpening.book == book,
        BoxOpening.how == states.BY_ONE,
        BoxOpening.looked_by == "",
        or_(BoxOpening.state != states.BANKED, BoxOpening.id.in_(contradicted)),
    )
    return session.scalars(query.order_by(BoxOpening.id)).all()


def _in_bags() -> Subquery:
    """Sum what was in the bags of each deposit; of what was exchanged on the way, what the slip said."""
    exchanged = func.max(case((CashAmount.currency != CashDeposit.currency, 1), else_=0)) == 1
    minor = case((exchanged, func.max(CashDeposit.minor)), else_=func.sum(CashAmount.minor))
    query = select(CashAmount.deposit_id, minor.label("minor")).join(CashDeposit)
    return query.group_by(CashAmount.deposit_id).subquery()


def to_count(book: str) -> Sequence[BoxOpening]:
    """List the boxes that came back and nobody has finished counting."""
    query = select(BoxOpening).where(BoxOpening.book == book, BoxOpening.state.in_(states.TO_COUNT))
    return session.scalars(query.order_by(BoxOpening.id)).all()


def receipts_unexplained(book: str) -> Sequence[BoxOpening]:
    """List the boxes whose receipts say more than was in them, without a reason yet."""
    said = func.sum(Donation.minor - Donation.returned)
    of_the_same = and_(
        CashAmount.opening_id == CashReceipt.opening_id, CashAmount.currency == Donation.currency
    )
    over = (
        select(CashReceipt.opening_id)
        .join(Donation, Donation.id == CashReceipt.donation_id)
        .outerjoin(CashAmount, of_the_same)
        .where(Donation.state == SETTLED)
        .group_by(CashReceipt.opening_id, Donation.currency)
        .having(said > func.coalesce(func.max(CashAmount.minor), 0))
    )
    query = select(BoxOpening).where(
        BoxOpening.book == book,
        BoxOpening.receipts_reason == "",
        BoxOpening.counted_at.is_not(None),
        BoxOpening.id.in_(over),
    )
    return session.scalars(query.order_by(BoxOpening.id)).all()


def deposits_unexplained(book: str) -> Sequence[CashDeposit]:
    """List the deposits that arrived as another amount, without a reason yet."""
    query = select(CashDeposit).where(
        CashDeposit.book == book,
        CashDeposit.state == states.ARRIVED,
        CashDeposit.arrived_minor != CashDeposit.minor,
        CashDeposit.arrival_reason == "",
    )
    return session.scalars(query.order_by(CashDeposit.sent_on.desc(), CashDeposit.id.desc())).all()
