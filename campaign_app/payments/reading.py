"""Reading along at the gateway: signals that were pushed or missed, lines of its books, pages we lost.

Nothing depends on a webhook coming: what it would have said is found by asking, some minutes later.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import or_, select, update

from campaign_app.core import clock
from campaign_app.core.db import insert, session, transact
from campaign_app.core.wall_clock import today_in
from campaign_app.payments import booking, merging, news, returned, states, steps, stolen, taking
from campaign_app.payments.booking import Place
from campaign_app.payments.gateway import (
    Disputed,
    GatewayRefused,
    GatewayUnreachable,
    Line,
    Refunded,
    Signal,
)
from campaign_app.payments.taking_models import (
    Dispute,
    GatewayAccount,
    GatewaySignal,
    Payment,
    Refund,
    SignalRefused,
)
from campaign_app.payments.till import Till

#: The job that reads what was heard.
SIGNALS: Final = "payments.signals"
#: Read this much again each time: the gateway's list is not in the order of its clock to the second.
OVERLAP: Final = timedelta(hours=1)
#: How far to look back where nothing was read yet.
FIRST: Final = timedelta(days=30)
MOST_AT_ONCE: Final = 200
#: How long a signal waits for the payment that it belongs to; then it is somebody else's.
ASKED_AGAIN: Final = timedelta(days=3)


def hear(account: str, signal: Signal, *, pushed: bool) -> bool:
    """Keep a signal, in the caller's transaction; False if it is known."""
    row = insert(GatewaySignal).values(
        account=account,
        id=signal.id,
        kind=signal.kind,
        object_id=signal.object_id,
        version=signal.version,
        at=signal.at,
        heard_at=clock.now(),
        pushed=pushed,
        state=states.UNREAD,
    )
    first = row.on_conflict_do_nothing(index_elements=["account", "id"])
    return session.scalar(first.returning(GatewaySignal.id)) is not None


def note_heard(account: str, book: str) -> None:
    """Keep when a webhook came last, so that silence shows."""
    row = insert(GatewayAccount).values(
        account=account, book=book, read_until=clock.now() - FIRST, heard_at=clock.now()
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["account", "book"], set_={"heard_at": clock.now()}
        )
    )


def count_refusal(account: str, why: str) -> None:
    """Count what was refused; nothing else is kept of it."""
    row = insert(SignalRefused).values(day=clock.today(), account=account, why=why, n=1)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["day", "account", "why"], set_={"n": SignalRefused.n + 1}
        )
    )


def read_signals(account: str, till: Till) -> int:
    """Look at what the unread signals of an account point to; tell how many were read.

    A signal is done only after what it points to was merged: one that fails is read again.
    """
    columns = (GatewaySignal.id, GatewaySignal.kind, GatewaySignal.object_id, GatewaySignal.at)
    unread = select(*columns).where(
        GatewaySignal.account == account, GatewaySignal.state == states.UNREAD
    )
    found = session.execute(unread.order_by(GatewaySignal.at)).all()
    session.rollback()
    for signal_id, kind, object_id, at in found:
        if _follow(account, kind, (object_id, till)) or at < clock.now() - ASKED_AGAIN:
            transact(partial(_done, account, signal_id))
    return len(found)


def _done(account: str, signal_id: str) -> None:
    session.execute(
        update(GatewaySignal)
        .where(GatewaySignal.account == account, GatewaySignal.id == signal_id)
        .values(state=states.DONE)
    )


def _follow(account: str, kind: str, pointed: tuple[str, Till]) -> bool:
    """Look at what a signal points to; False if we do not know yet what that belongs to."""
    object_id, till = pointed
    if kind.startswith("checkout.session."):
        _look_at(_payment(Payment.session_id == object_id), till)
    elif kind.startswith("payment_intent."):
        _look_at(_payment(Payment.intent_id == object_id), till)
    elif kind.startswith("charge.dispute."):
        return read_dispute(account, object_id, till)
    elif kind.startswith(stolen.SIGNALS):
        return stolen.read(account, object_id, till)
    elif kind.startswith("refund."):
        read_refund(till.gateway(account).refunded(object_id))
    # Other kinds tell of lines in the books, which are read whole.
    return True


def _payment(*conditions: object) -> UUID | None:
    found = session.scalar(select(Payment.id).where(*conditions))  # type: ignore[arg-type]  # columns compared
    session.rollback()
    return found


def _look_at(payment_id: UUID | None, till: Till) -> None:
    if payment_id is not None:
        merging.look(payment_id, till)


def read_dispute(account: str, dispute_id: str, till: Till) -> bool:
    """Keep where a dispute stands; what is lost leaves what was held.

    False if the payment is not known to be paid yet: the dispute was told before the payment.
    """
    told = till.gateway(account).dispute(dispute_id)
    payment_id = _payment(Payment.account == account, Payment.charge_id == told.charge_id)
    if payment_id is not None:
        transact(partial(_note_dispute, payment_id, told, till))
    return payment_id is not None


def _note_dispute(payment_id: UUID, told: Disputed, till: Till) -> None:
    payment = session.get_one(Payment, payment_id, with_for_update=True)
    known = session.scalar(
        select(Dispute.state).where(Dispute.account == payment.account, Dispute.id == told.id)
    )
    if known in {told.state, states.WON, states.LOST}:
        return
    row = insert(Dispute).values(
        account=payment.account,
        id=told.id,
        payment_id=payment_id,
        minor=told.amount.minor,
        state=told.state,
        reason=told.reason,
        opened_at=told.opened_at,
        answer_until=told.answer_until,
    )
    newest = {"state": told.state, "answer_until": told.answer_until}
    session.execute(row.on_conflict_do_update(index_elements=["account", "id"], set_=newest))
    payment.disputed = True
    steps.note(f"dispute:{payment.account}:{told.id}", told.state)
    news.disputed(payment.account, told.id)
    if told.state == states.LOST:
        at = merging.place_of(payment, till)
        booking.lose(told.id, told.amount, at, today_in(at.zone))
        news.changed(payment_id)


def read_refund(told: Refunded) -> None:
    """Keep where a refund stands, and how much of the payment went back."""
    transact(partial(_note_refund, told))


#: The gateway's word → ours.
REFUNDS: Final = {
    "succeeded": states.ARRIVED,
    "failed": states.CAME_BACK,
    "canceled": states.CAME_BACK,
}
#: A refund only climbs here, too: one that arrived can still come back, days later, and none goes twice.
_CLIMB: Final = (states.SENT, states.ARRIVED, states.CAME_BACK)


def _note_refund(told: Refunded) -> None:
    payment_id = session.scalar(select(Payment.id).where(Payment.charge_id == told.charge_id))
    if payment_id is None:
        return
    payment = session.get_one(Payment, payment_id, with_for_update=True)
    mine = _refund_of(told) or _made_elsewhere(payment, told)
    state = REFUNDS.get(told.state, states.SENT)
    if mine.state in _CLIMB and _CLIMB.index(state) <= _CLIMB.index(mine.state):
        return
    mine.state, mine.gateway_id, mine.changed_at = state, told.id, clock.now()
    steps.note(mine.name, state)
    session.flush()
    payment.refunded = returned.sent(payment)
    news.changed(payment.id)


def _refund_of(told: Refunded) -> Refund | None:
    mine = or_(Refund.gateway_id == told.id, Refund.id == _uuid(told.reference))
    query = select(Refund).where(mine).execution_options(populate_existing=True)
    return session.scalar(query)


def _made_elsewhere(payment: Payment, told: Refunded) -> Refund:
    """Enter what somebody sent back at the gateway, past us: it left all the same."""
    row = Refund(
        id=uuid4(),
        payment_id=payment.id,
        minor=told.amount.minor,
        reason="",
        state=states.ALLOWED,
        gateway_id=told.id,
    )
    session.add(row)
    session.flush()
    steps.note(row.name, steps.FOUND)
    return row


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None


def catch_up(account: str, till: Till) -> int:
    """Read all that an account's gateway wrote since we read last; tell how many lines were new."""
    since, now = _read_until(account, till.book) - OVERLAP, clock.now()
    gateway = till.gateway(account)
    for signal in gateway.signals_since(since):
        transact(partial(hear, account, signal, pushed=False))
    read_signals(account, till)
    new = sum(_book(account, line, till) for line in _oldest_first(gateway.lines_since(since)))
    transact(partial(_note_read, account, till.book, now))
    return new


def _oldest_first(lines: Iterator[Line]) -> list[Line]:
    return list(lines)[::-1]


def _book(account: str, line: Line, till: Till) -> bool:
    entity = till.ways.accounts[account].entity
    at = Place(till.book, entity, account, till.ways.zone_of(entity))
    try:
        return transact(partial(booking.book, line, at))
    except booking.UnknownLine:
        return False  # the proof names it


def _read_until(account: str, book: str) -> datetime:
    known = session.get(GatewayAccount, (account, book))
    session.rollback()
    return known.read_until if known else clock.now() - FIRST


def _note_read(account: str, book: str, at: datetime) -> None:
    row = insert(GatewayAccount).values(account=account, book=book, read_until=at)
    session.execute(
        row.on_conflict_do_update(index_elements=["account", "book"], set_={"read_until": at})
    )


def sweep(till: Till) -> int:
    """Finish what a crash, a lost answer or a donor who went away left; tell how many were looked at.

    One that cannot be looked at now is tried again later, and does not keep the others waiting.
    """
    due = select(Payment.id).where(
        Payment.look_at <= clock.now(), Payment.account.in_(sorted(till.gateways))
    )
    found = session.scalars(due.order_by(Payment.look_at).limit(MOST_AT_ONCE)).all()
    session.rollback()
    for payment_id in found:
        try:
            _finish(payment_id, till)
        except (GatewayUnreachable, GatewayRefused):
            session.rollback()
            transact(partial(_postpone, payment_id))
    return len(found)


def _postpone(payment_id: UUID) -> None:
    session.execute(
        update(Payment)
        .where(Payment.id == payment_id, Payment.look_at.is_not(None))
        .values(look_at=clock.now() + merging.SOON)
    )


def _finish(payment_id: UUID, till: Till) -> None:
    payment = session.get_one(Payment, payment_id)
    session.rollback()
    if payment.state == states.NEW:
        _find_page(payment, till)
    merging.look(payment_id, till)


def _find_page(payment: Payment, till: Till) -> None:
    """Ask again with the same key while the gateway knows it; later look through its list."""
    try:
        if clock.now() < payment.expires_at - timedelta(minutes=35):
            taking.open_page(payment.id, till)
            return
    except GatewayRefused:
        pass  # the list tells whether there is one
    made = till.gateway(payment.account).sessions_since(payment.created_at - OVERLAP)
    mine = next((one for one in made if one.reference == payment.id.hex), None)
    if mine is not None:
        transact(partial(taking.note_opened, payment.id, mine))
    elif clock.now() > payment.expires_at:
        transact(partial(_give_up, payment.id))


def _give_up(payment_id: UUID) -> None:
    """Let an attempt go that the gateway never heard of."""
    session.execute(
        update(Payment)
        .where(Payment.id == payment_id, Payment.state == states.NEW)
        .values(state=states.EXPIRED, look_at=None)
    )
    news.changed(payment_id)
