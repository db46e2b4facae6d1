"""What of the demo's gifts goes back: a refund that arrived, one that waits for a second person, a dispute.

By the same deeds as real ones, some days ago. No letter of it goes out.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select

from campaign_app.accounts import queries as people
from campaign_app.audit.services import Actor, acting_as
from campaign_app.core import clock
from campaign_app.core.access import Permission
from campaign_app.core.db import session, transact
from campaign_app.core.money import Money
from campaign_app.core.settings import settings
from campaign_app.demo import gifts
from campaign_app.demo.gifts import Plan, Stall
from campaign_app.donations import states
from campaign_app.donations.jobs import follow
from campaign_app.donations.services import Where
from campaign_app.finance import telling
from campaign_app.outbox.models import OutboxRow
from campaign_app.payments import reading, refunding, sending
from campaign_app.payments import states as paying
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.vault import Thing, Vault
from campaign_app.payments.opening import VAULT, till
from campaign_app.payments.refunding import Wish
from campaign_app.payments.taking_models import Payment, Refund
from campaign_app.receipts.models import GiftReceipt

#: A gift whose refund wants a second person.
LARGE: Final = Money(150_000, "KRW")
SOME_DAYS: Final = timedelta(days=4)


def bring() -> None:
    """Let some gifts go back, where the demo's bank took some."""
    asker = next((one for one in people.people() if one.may(Permission.FINANCE)), None)
    paid = _paid()
    session.rollback()
    if asker is None or len(paid) < 2 or session.scalar(select(Refund.id).limit(1)):
        return
    with acting_as(Actor(asker.name, asker.id)):
        with clock.frozen(_some_days_ago()):
            _give_back(paid[-1], asker.id)
            _dispute(paid[-2])
        _ask_for_a_large_one(asker.id)
    session.rollback()
    for account in till().gateways:
        # In the demo's past its webhooks came.
        transact(partial(reading.note_heard, account, till().book))
    telling.tell(telling.everything(till()))
    # What happened days ago was told days ago.
    transact(partial(session.execute, delete(OutboxRow)))


def _some_days_ago() -> datetime:
    """Choose when: after all receipts, or their numbers would not follow their days."""
    newest = session.scalar(select(func.max(GiftReceipt.issued_at)))
    session.rollback()
    return max(clock.now() - SOME_DAYS, newest or clock.now() - SOME_DAYS)


def _paid() -> list[Payment]:
    """List what was paid by card, oldest first."""
    query = select(Payment).where(Payment.state == paying.PAID, Payment.charge_id.is_not(None))
    before = Payment.created_at < clock.now() - SOME_DAYS
    return list(session.scalars(query.where(before).order_by(Payment.created_at)))


def _bank(account: str) -> Vault:
    return Vault(settings().instance_dir / f"{account}-{VAULT}")


def _give_back(payment: Payment, asker: int) -> None:
    """Let a small gift go back, and arrive."""
    wish = Wish(amount=payment.money, reason="Given twice by mistake", person_id=asker)
    row_id = transact(partial(_asked, payment.id, wish))
    sending.send(row_id, till())
    sent = session.get_one(Refund, row_id)
    number = str(sent.gateway_id)
    session.rollback()
    with _bank(payment.account).open_() as desk:
        Bank(desk).end_refund(number, well=True)
    reading.read_refund(till().gateway(payment.account).refunded(number))
    follow({"payment": payment.id.hex})


def _asked(payment_id: UUID, wish: Wish) -> UUID:
    return refunding.ask(payment_id, wish).id


def _dispute(payment: Payment) -> None:
    """Let a donor's bank want a gift back."""
    with _bank(payment.account).open_() as desk:
        made: Thing = Bank(desk).dispute(str(payment.charge_id))
    reading.read_dispute(payment.account, made["id"], till())


def _ask_for_a_large_one(asker: int) -> None:
    """Let a large gift come, and somebody ask for it to go back: the other one must look."""
    account = till().ways.account_for(LARGE)
    stalls: list[Stall] = list(gifts.newest())
    if account is None or not stalls:
        return
    where = Where(
        campaign_id=stalls[-1].campaign_id,
        event_id=stalls[-1].event_id,
        location_id=stalls[-1].location_id,
    )
    plan = Plan(
        at=clock.now(), amount=LARGE, way=states.CARD, entity=account.entity, where=where,
        language=stalls[-1].language, ending="pay",
    )  # fmt: skip
    with clock.frozen(clock.now() - timedelta(hours=5)):
        gifts.give(plan)
    wish = Wish(amount=LARGE, reason="One zero too many", person_id=asker)
    with clock.frozen(clock.now() - timedelta(hours=3)):
        newest = select(Payment.id).where(Payment.minor == LARGE.minor)
        payment_id = session.scalars(newest).one()
        session.rollback()
        transact(partial(_asked, payment_id, wish))
