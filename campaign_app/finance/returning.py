"""What happens to gifts that go back: asked for by card or by bank, and their receipts with them."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.donations import services as donations
from campaign_app.donations import states
from campaign_app.donations.models import Donation
from campaign_app.finance import refund_queries as queries
from campaign_app.finance.timeline import audit_subject
from campaign_app.payments import by_hand, refunding, returned
from campaign_app.payments.by_hand import Slip
from campaign_app.payments.refunding import Gift, NotPaid, Wish
from campaign_app.payments.taking_models import Refund


class GoesBack(DomainError):
    """What was sent back to a donor was in the box."""

    text = _l("Money of this gift goes back to its donor, or went back. End that refund first.")


class NotCash(DomainError):
    """A gift by card or by bank is in the ledger; its mistakes are mended where it came in."""

    text = _l("Only a receipt for cash can be taken back here.")


def _held(gift_id: UUID) -> Donation:
    query = select(Donation).where(Donation.id == gift_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def was_a_mistake(gift_id: UUID, why: str) -> None:
    """Say that a receipt for cash should not be: nothing was put in, or another amount. No money moves.

    The box counts what is in it, and never had an entry for this gift.
    """
    gift = _held(gift_id)
    if gift.way != states.CASH or gift.state != states.SETTLED:
        raise NotCash
    if gift.returned or returned.left_by_hand(gift.subject, gift.money) != gift.money:
        raise GoesBack
    donations.give_back(gift.id, gift.minor)
    record("donation.mistake", audit_subject(gift), reason=why)


def ask(gift_id: UUID, wish: Wish) -> Refund:
    """Ask for a gift, or a part of it, to go back the way it came."""
    gift = _held(gift_id)
    payment = queries.payment_of(gift)
    if gift.state != states.SETTLED or (payment is None and gift.way == states.CARD):
        raise NotPaid
    if payment is not None:
        return refunding.ask(payment.id, wish)
    # Its money was another gift's, or nobody's yet: what never came for it cannot go back.
    if queries.was_a_mistake(gift):
        raise NotPaid
    what = Gift(subject=gift.subject, book=gift.book, entity=gift.entity, whole=gift.money)
    return refunding.ask_by_hand(what, wish)


def sent_back(refund_id: UUID, slip: Slip) -> Refund:
    """Note that money went back by bank, and take it off the receipt."""
    return _follow(by_hand.sent_back(refund_id, slip))


def came_back(refund_id: UUID, person_id: int, on: date | None = None) -> Refund:
    """Note that it came back, and write a receipt for it again."""
    return _follow(by_hand.came_back(refund_id, on, person_id))


def _follow(row: Refund) -> Refund:
    session.flush()
    gift = queries.gift_of(row.about)
    if gift is not None:
        donations.give_back(gift.id, returned.by_hand(gift.subject))
    return row
