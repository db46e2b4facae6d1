"""What the gateway says of a payment now, laid over what we know: only upwards, only if it fits.

Events are pointers. Whatever woke us, the objects are fetched, and the same merge follows; so their order,
their number and their absence make no difference.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from campaign_app.core import clock
from campaign_app.core.db import changed_one, session, transact
from campaign_app.core.wall_clock import day_in
from campaign_app.payments import booking, news, states
from campaign_app.payments.gateway import Intent, Line, Session
from campaign_app.payments.taking_models import Payment
from campaign_app.payments.till import Till

#: When to look again at a page that is still open, and at money that is on its way.
SOON: Final = timedelta(minutes=10)
LATER: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the gateway says now."""

    session: Session
    intent: Intent | None = None
    line: Line | None = None


def look(payment_id: UUID, till: Till) -> Payment:
    """Fetch what the gateway knows of a payment, and merge it; asks outside any transaction."""
    payment = session.get_one(Payment, payment_id)
    session.rollback()
    if payment.session_id is None:
        return payment
    gateway = till.gateway(payment.account)
    page = gateway.session(payment.session_id)
    intent = gateway.intent(page.intent_id) if page.intent_id else None
    line = gateway.line(intent.line_id) if intent and intent.line_id else None
    return transact(partial(merge, payment_id, Seen(page, intent, line), till))


def merge(payment_id: UUID, seen: Seen, till: Till) -> Payment:
    """Climb to what was seen, in the caller's transaction; book the money if it came."""
    payment = session.scalars(
        select(Payment).where(Payment.id == payment_id).with_for_update()
    ).one()
    session.refresh(payment)
    before = payment.state
    wrong = _misfit(payment, seen, till)
    if wrong:
        _climb(payment, states.QUARANTINED, trouble=wrong, look_at=None)
    else:
        state, said = _told(payment, seen)
        if state == states.PAID:
            said["paid_on"] = payment.paid_on or _came_on(payment, seen, till)
        _climb(payment, state, said)
        _book(payment, seen, till)
    session.refresh(payment)
    if payment.state != before:
        news.changed(payment.id)
    return payment


def _misfit(payment: Payment, seen: Seen, till: Till) -> str:
    """Name what is not as we asked for it: then the money is somebody's to look at, not to count."""
    page, intent = seen.session, seen.intent
    if page.reference != payment.id.hex:
        return "another reference"
    if page.live != till.is_live or (intent and intent.live != till.is_live):
        return "another mode"
    if page.amount != payment.money or (intent and intent.amount != payment.money):
        return "another amount"
    if intent and intent.state == "succeeded" and intent.received != payment.money:
        return "received another amount"
    return ""


def _told(payment: Payment, seen: Seen) -> tuple[str, dict[str, Any]]:
    page, intent = seen.session, seen.intent
    said: dict[str, Any] = {}
    if intent is not None:
        said |= {"intent_id": intent.id, "method": intent.method}
        said |= {"charge_id": intent.charge_id} if intent.charge_id else {}
    if intent is not None and intent.state == "succeeded" and page.paid:
        return states.PAID, said | {"url": None, "look_at": None if seen.line else _in(SOON)}
    if intent is not None and intent.state == "processing":
        return states.PENDING, said | {"url": None, "look_at": _in(LATER)}
    if page.state == "complete" and intent is not None and intent.state in {"failed", "canceled"}:
        return states.FAILED, said | {"url": None, "look_at": None, "trouble": intent.trouble}
    if page.state == "expired":
        return states.EXPIRED, said | {"url": None, "look_at": None}
    return payment.state, said | {"look_at": _in(SOON)}


def _in(time: timedelta) -> datetime:
    return clock.now() + time


def _climb(payment: Payment, state: str, said: dict[str, Any] | None = None, **more: Any) -> bool:
    """Write a state that is not below the present one; of two at once the higher stays."""
    below = [one for one, rank in states.RANK.items() if rank <= states.RANK[state]]
    if payment.state in states.OVER and payment.state != state:
        below = [one for one in below if states.RANK[one] < states.RANK[state]]
    values = {"state": state} | (said or {}) | more
    return changed_one(
        update(Payment).where(Payment.id == payment.id, Payment.state.in_(below)).values(values)
    )


def _came_on(payment: Payment, seen: Seen, till: Till) -> date:
    """Tell the day on which the money came, by the calendar of whoever takes it, however late we hear.

    Receipts of a year and the ledger's periods are told by it, so both take it from the same line.
    """
    return day_in(seen.line.at if seen.line else clock.now(), till.ways.zone_of(payment.entity))


def _book(payment: Payment, seen: Seen, till: Till) -> None:
    """Enter the money in the ledger once its line stands in the gateway's books."""
    if seen.line is not None and seen.intent is not None and seen.intent.state == "succeeded":
        booking.book(seen.line, place_of(payment, till))


def place_of(payment: Payment, till: Till) -> booking.Place:
    """Tell in whose books a payment stands."""
    zone = till.ways.zone_of(payment.entity)
    return booking.Place(till.book, payment.entity, payment.account, zone)
