"""Questions to the boxes. What is counted and what is banked are two numbers, never one sum.

    of_event(event_id)      boxes of a stall, counted and banked per currency
    totals(book)            per legal body and currency
    lines(book)             per box and currency, with event, place and day, to be summed in any way

`counted` is all that was ever counted; `banked` is the part of it that the bank's statement shows. A
count that is not posted yet is in neither, and stands in no page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, func, select

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
    found = [one for one in lines(till().book) if one.event_id == event_id]
    return OfEvent(
        boxes=openings(event_id=event_id),
        counted=summed(one.counted for one in found),
        banked=summed(one.banked for one in found),
    )


def totals(book: str, since: date | None = None, until: date | None = None) -> Sequence[Total]:
    """Sum the two numbers up, by the day of the count and the day on the statement."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines(book):
        found.setdefault((line.entity, line.currency), []).append(line)
    return [
        Total(
            entity=entity,
            currency=currency,
            counted=_sum((x.counted for x in of if _in(x.counted_on, since, until)), currency),
            banked=_sum((x.banked for x in of if _in(x.banked_on, since, until)), currency),
        )
        for (entity, currency), of in sorted(found.items())
    ]


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return Money.sum_of(amounts, currency)


def _in(on: date | None, since: date | None, until: date | None) -> bool:
    return on is not None and (since is None or since <= on) and (until is None or on <= until)


def summed(amounts: Iterable[Money]) -> Sums:
    """Add amounts up, each currency for itself; without those of which there is nothing."""
    found: Sums = {}
    for money in amounts:
        found[money.currency] = found.get(money.currency, Money.none(money.currency)) + money
    return {currency: found[currency] for currency in ORDER if found.get(currency)}


def lines(book: str) -> Sequence[Line]:
    """List every amount that was counted, the oldest first."""
    query = (
        select(CashAmount)
        .join(BoxOpening)
        .where(BoxOpening.book == book)
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


def openings(*, event_id: int | None = None, book: str | None = None) -> Sequence[BoxOpening]:
    """List openings, the newest last."""
    query: Select[BoxOpening] = select(BoxOpening).order_by(BoxOpening.id)
    if event_id is not None:
        query = query.where(BoxOpening.event_id == event_id)
    if book is not None:
        query = query.where(BoxOpening.book == book)
    return session.scalars(query).all()


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
    return [one for one in lines(book) if one.waits]


def still_here(book: str) -> Sequence[Line]:
    """List what is counted and that nobody carried to the bank, the oldest first."""
    return [one for one in not_banked(book) if one.sent_on is None]


def on_the_way(book: str) -> Sequence[CashDeposit]:
    """List what was carried to the bank and that its statement does not show yet, the oldest first."""
    return [one for one in reversed(deposits(book)) if one.state == states.SENT]


def by_one_still_open(book: str) -> Sequence[BoxOpening]:
    """List what one person counted alone, and neither the bank nor somebody of ours has confirmed."""
    query = select(BoxOpening).where(
        BoxOpening.book == book, BoxOpening.how == states.BY_ONE, BoxOpening.looked_by == ""
    )
    found = session.scalars(query.order_by(BoxOpening.id)).all()
    return [one for one in found if not _confirmed(one)]


def _confirmed(found: BoxOpening) -> bool:
    """Tell whether the bank counted what was in the bag as that one person had."""
    if found.state != states.BANKED:
        return False
    sent = [one.deposit for one in amounts(found.id) if one.deposit is not None]
    return all(one.came == _in_bags(one) for one in sent)


def _in_bags(row: CashDeposit) -> Money:
    """Tell what was in the bags of a deposit; of what was exchanged on the way, what the slip said."""
    bags = bags_of(row.id)
    if any(bag.currency != row.currency for bag in bags):
        return row.money
    return Money.sum_of((bag.money for bag in bags), row.currency)


def can_be_looked_at(found: BoxOpening) -> bool:
    """Tell whether only somebody's look can close a single count: no bank will say more of it."""
    return (
        found.how == states.BY_ONE
        and not found.looked_by
        and found.state in (states.EMPTY, states.BANKED)
    )


def to_count(book: str) -> Sequence[BoxOpening]:
    """List the boxes that came back and nobody has finished counting."""
    return [one for one in openings(book=book) if one.state in states.TO_COUNT]


def receipts_unexplained(book: str) -> Sequence[BoxOpening]:
    """List the boxes whose receipts say more than was in them, without a reason yet."""
    given = select(CashReceipt.opening_id)
    query = select(BoxOpening).where(
        BoxOpening.book == book, BoxOpening.receipts_reason == "", BoxOpening.id.in_(given)
    )
    return [one for one in session.scalars(query.order_by(BoxOpening.id)) if receipts_exceed(one)]


def deposits_unexplained(book: str) -> Sequence[CashDeposit]:
    """List the deposits that arrived as another amount, without a reason yet."""
    return [
        one
        for one in deposits(book)
        if one.state == states.ARRIVED and one.came != one.money and not one.arrival_reason
    ]
