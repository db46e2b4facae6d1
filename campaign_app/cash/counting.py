"""Counting: two sheets that never see each other, and what happens where they differ.

    submit(…)        the second sheet of a round decides: alike → posted, else → "differs"
    recount(…)       both count again, with a reason
    ask_third(…)     a third one counts; if they find what one of the two found, that is posted
    agree(…)         people settle on one of the sheets, with a reason
    count_alone(…)   there is only one person: posted as counted by one, with a reason

Money enters the ledger in the transaction that finds it, once.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import select

from campaign_app.audit.services import acting, record
from campaign_app.cash import counters, pieces, states
from campaign_app.cash.boxes import held
from campaign_app.cash.counters import Link
from campaign_app.cash.models import BoxOpening, CashAmount, CashCounter, CountSheet
from campaign_app.cash.pieces import Pieces
from campaign_app.cash.wrong import AlreadyCounted, NeedsReason, NotNow
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.core.wall_clock import today_in
from campaign_app.payments import accounts, ledger, ways
from campaign_app.payments.ledger import Account, Entry, Leg

Totals = Mapping[str, Money]
TWO: Final = 2


def submit(counter_id: int, counted: Pieces, foreign: int = 0) -> BoxOpening:
    """Hand a count in; of two at once the second to come compares."""
    opening = held(session.get_one(CashCounter, counter_id).opening_id)
    counter = session.get_one(CashCounter, counter_id, populate_existing=True)
    if counter.ended_at is not None or opening.state not in (states.COUNTING, states.DIFFERS):
        raise NotNow
    if counters.sheet_of(counter, opening.round) is not None:
        raise AlreadyCounted
    if opening.state == states.DIFFERS and counter.letter != states.THIRD:
        raise NotNow
    sheet = CountSheet(
        counter_id=counter_id,
        round=opening.round,
        pieces=dict(counted),
        foreign_pieces=foreign,
        at=clock.hour_of(clock.now()),
    )
    session.add(sheet)
    session.flush()
    record("cash.sheet_handed_in", _box(opening), event=opening.event_id)
    _compare(opening)
    return opening


def _compare(opening: BoxOpening) -> None:
    found = sheets(opening)
    if len(found) < TWO:
        return
    last = pieces.totals(found[-1].pieces)
    if any(pieces.totals(other.pieces) == last for other in found[:-1]):
        _enter(opening, last, states.BY_TWO if len(found) == TWO else states.BY_THREE)
    elif opening.state != states.DIFFERS:
        opening.state = states.DIFFERS
        record("cash.counts_differ", _box(opening), event=opening.event_id)


def sheets(opening: BoxOpening) -> list[CountSheet]:
    """List what was handed in in this round, in the order in which it came."""
    query = (
        select(CountSheet)
        .join(CashCounter)
        .where(
            CashCounter.opening_id == opening.id,
            CashCounter.ended_at.is_(None),
            CountSheet.round == opening.round,
        )
    )
    return list(session.scalars(query.order_by(CountSheet.id)))


def recount(opening_id: int, reason: str) -> None:
    """Let both count again, by the links they have."""
    opening = _differing(opening_id, reason)
    counters.end(opening.id, states.THIRD)
    opening.round += 1
    opening.state, opening.reason = states.COUNTING, reason
    record("cash.recounted", _box(opening), event=opening.event_id)


def ask_third(opening_id: int, alias: str, reason: str) -> Link:
    """Let somebody who saw neither count decide."""
    opening = _differing(opening_id, reason)
    if len(sheets(opening)) > TWO:
        raise NotNow
    opening.reason = reason
    return counters.add_third(opening, alias)


def agree(opening_id: int, sheet_id: int, reason: str) -> BoxOpening:
    """Settle on one of the sheets."""
    opening = _differing(opening_id, reason)
    chosen = next((one for one in sheets(opening) if one.id == sheet_id), None)
    if chosen is None:
        raise NotNow
    opening.reason = reason
    return _enter(opening, pieces.totals(chosen.pieces), states.AGREED)


def count_alone(opening_id: int, reason: str) -> BoxOpening:
    """Post what one person counted, because there is no other."""
    opening = held(opening_id)
    found = sheets(opening)
    if opening.state != states.COUNTING or len(found) != 1:
        raise NotNow
    if not reason.strip():
        raise NeedsReason
    opening.reason = reason
    return _enter(opening, pieces.totals(found[0].pieces), states.BY_ONE)


def put_into_bag(opening_id: int, seal: str) -> None:
    """Note the seal of the bag in which the money waits for the bank; the first one stays."""
    opening = held(opening_id)
    if opening.state != states.COUNTED or opening.bag_seal not in ("", seal):
        raise NotNow
    if not opening.bag_seal:
        opening.bag_seal = seal
        record("cash.bagged", _box(opening), event=opening.event_id)


def explain_receipts(opening_id: int, reason: str) -> None:
    """Say why receipts of this box say more than was counted in it."""
    opening = held(opening_id)
    if opening.counted_at is None:
        raise NotNow
    if not reason.strip():
        raise NeedsReason
    opening.receipts_reason = reason
    record("cash.receipts_explained", _box(opening), event=opening.event_id)


def look_again(opening_id: int, reason: str) -> None:
    """Say that somebody of ours looked at what one person counted and no bank can confirm."""
    opening = held(opening_id)
    if not can_be_looked_at(opening):
        raise NotNow
    if not reason.strip():
        raise NeedsReason
    opening.looked_by, opening.looked_reason = acting.get().name, reason
    record("cash.looked_again", _box(opening), event=opening.event_id)


def _differing(opening_id: int, reason: str) -> BoxOpening:
    opening = held(opening_id)
    if opening.state != states.DIFFERS:
        raise NotNow
    if not reason.strip():
        raise NeedsReason
    return opening


def _enter(opening: BoxOpening, found: Totals, how: str) -> BoxOpening:
    """Write what was found into the box's log and the ledger."""
    today = day_of(opening)
    opening.how, opening.counted_at, opening.counted_on = how, clock.hour_of(clock.now()), today
    opening.state = states.COUNTED if found else states.EMPTY
    for money in found.values():
        row = CashAmount(opening_id=opening.id, currency=money.currency, minor=money.minor)
        session.add(row)
    if found:
        ledger.post(_entry(opening, found, today))
    deed = "cash.counted_by_one" if how == states.BY_ONE else "cash.counted"
    record(deed, _box(opening), event=opening.event_id, kind=how)
    session.flush()
    return opening


def _entry(opening: BoxOpening, found: Totals, on: date) -> Entry:
    box, given = Account(accounts.CASH, opening.box.number), Account(accounts.DONATION)
    return Entry(
        book=opening.book,
        entity=opening.entity,
        source=f"cash:{opening.id}",
        kind="cash_counted",
        about=f"event:{opening.event_id}",
        on=on,
        legs=[Leg(box, given, money) for money in found.values()],
    )


def can_be_looked_at(found: BoxOpening) -> bool:
    """Tell whether only somebody's look can close a single count: no bank will say more of it."""
    return (
        found.how == states.BY_ONE
        and not found.looked_by
        and found.state in (states.EMPTY, states.BANKED)
    )


def day_of(opening: BoxOpening) -> date:
    """Tell which day it is for the body that takes the money."""
    body = ways.of_the_app().entities.get(opening.entity)
    zone = body.zone if body else opening.event.zone
    return today_in(zone)


def _box(opening: BoxOpening) -> str:
    return f"cash_box:{opening.box.number}"
