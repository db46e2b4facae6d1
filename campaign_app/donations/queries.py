"""What we ask about gifts. Nothing here opens who gave."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.money import Money
from campaign_app.donations import states
from campaign_app.donations.models import Donation
from campaign_app.payments import states as paying
from campaign_app.payments.opening import till
from campaign_app.payments.taking_models import Payment

#: So many pages to pay on for one board, or for the pages of the site together, …
BURST: Final = 60
#: … within this time are no crowd but a machine that tries stolen cards.
BURST_TIME: Final = timedelta(minutes=10)


def get(name: str) -> Donation | None:
    """Find a gift by the hex of its id, however wrong that is."""
    try:
        return session.get(Donation, UUID(hex=name)) if len(name) == 32 else None
    except ValueError:
        return None


def payment_of(gift: Donation) -> Payment | None:
    """Find the attempt to pay that belongs to a gift by card."""
    newest = select(Payment).where(Payment.subject == gift.subject)
    return session.scalar(newest.order_by(Payment.created_at.desc()).limit(1))


def known(nonce: str) -> bool:
    """Tell whether a form was sent before."""
    return session.scalar(select(Donation.id).where(Donation.nonce == nonce).limit(1)) is not None


def is_burst(placement_id: int | None) -> bool:
    """Tell whether more pages to pay on are asked for here than people can ask for."""
    lately = select(func.count()).where(
        Donation.way == states.CARD,
        Donation.created_at > clock.now() - BURST_TIME,
        Donation.placement_id == placement_id,
    )
    return (session.scalar(lately) or 0) >= BURST


class Live(NamedTuple):
    """How many gifts of one way stand in one state, and what they come to."""

    way: str
    state: str
    gifts: int
    amount: Money


def live_at(event_id: int) -> Sequence[Live]:
    """Say what was given at an event so far: by way, state and currency, returned amounts taken off."""
    left = func.sum(Donation.minor - Donation.returned)
    columns = (Donation.way, Donation.state, Donation.currency)
    query = (
        select(*columns, func.count(), left)
        .where(Donation.event_id == event_id, Donation.book == till().book)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        Live(way, state, gifts, Money(int(minor), currency))
        for way, state, currency, gifts, minor in session.execute(query)
    ]


def given_at(event_id: int) -> Mapping[str, Money]:
    """Add up what came by card and transfer for an event, less what went back, by currency.

    Cash lies in the box and is counted there.
    """
    came = [
        one.amount
        for one in live_at(event_id)
        if one.state == states.SETTLED and one.way != states.CASH
    ]
    found = {amount.currency: Money.none(amount.currency) for amount in came}
    for amount in came:
        found[amount.currency] += amount
    return found


def is_paid(payment: Payment | None) -> bool:
    """Tell whether the gateway said that the money came."""
    return payment is not None and payment.state == paying.PAID
