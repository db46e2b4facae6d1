"""Writing receipts and taking them back, in the transaction of the deed that wants them.

    receipt = issue(Given(subject="donation:…", book="live", entity="pscore-kr", …))
    cancel(receipt, reason="refunded")        # gives the cancelling receipt

Asking twice for the same gift gives the same receipt: one is written, the other is found.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from campaign_app.core import at_rest
from campaign_app.core.db import insert, session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.money import Money
from campaign_app.core.wall_clock import today_in
from campaign_app.payments.ways import Entity, of_the_app
from campaign_app.receipts import states, wording
from campaign_app.receipts.models import GiftReceipt, ReceiptSeries

ROOM: Final = "receipts"


class AlreadyCancelled(DomainError):
    """A receipt is cancelled once."""

    text = _l("This receipt is cancelled already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a receipt is asked for."""

    subject: str
    book: str
    entity: str
    amount: Money
    given_on: date
    #: card, transfer, cash
    way: str
    language: str
    #: What counts from 2 on replaces a cancelled one.
    turn: int = 1
    #: Repr would put it into a traceback.
    donor: str = field(default="", repr=False)


def issue(given: Given) -> GiftReceipt:
    """Write a receipt, or find the one that this gift has."""
    known = select(GiftReceipt).where(
        GiftReceipt.subject == given.subject,
        GiftReceipt.kind == states.ISSUED,
        GiftReceipt.turn == given.turn,
    )
    # The row that hands out numbers is held first: of two at once the second finds the first's receipt.
    entity = of_the_app().entities[given.entity]
    year, number = _hold(given.book, given.entity, today_in(entity.zone))
    found = session.scalar(known)
    if found is not None:
        return found
    receipt = _written(given, entity, (year, number + 1))
    _note(receipt)
    return receipt


def cancel(receipt: GiftReceipt, *, reason: str) -> GiftReceipt:
    """Write what takes a receipt back; also of a body that has left the settings since."""
    day = today_in(receipt.facts["zone"])
    year, number = _hold(receipt.book, receipt.entity, day)
    if session.scalar(select(GiftReceipt.id).where(GiftReceipt.cancels_id == receipt.id)):
        raise AlreadyCancelled
    taken_back = GiftReceipt(
        id=uuid4(),
        kind=states.CANCELLING,
        cancels_id=receipt.id,
        year=year,
        number=number + 1,
        issued_on=day,
        facts=wording.taken_back(receipt.facts, receipt.name, reason, receipt.language),
        **{name: getattr(receipt, name) for name in _KEPT},
    )
    _note(taken_back)
    return taken_back


#: What a cancelling receipt says as the one it cancels.
_KEPT: Final = (
    "book", "entity", "subject", "turn", "currency", "minor", "given_on", "language", "donor",
)  # fmt: skip


def _written(given: Given, entity: Entity, numbered: tuple[int, int]) -> GiftReceipt:
    return GiftReceipt(
        id=uuid4(),
        book=given.book,
        entity=given.entity,
        year=numbered[0],
        number=numbered[1],
        kind=states.ISSUED,
        subject=given.subject,
        turn=given.turn,
        currency=given.amount.currency,
        minor=given.amount.minor,
        given_on=given.given_on,
        issued_on=today_in(entity.zone),
        language=given.language,
        facts=wording.frozen(_said(given, entity)),
        donor=_closed(given),
    )


def _said(given: Given, entity: Entity) -> wording.Said:
    return wording.Said(
        entity=entity,
        amount=given.amount,
        given_on=given.given_on,
        issued_on=today_in(entity.zone),
        way=given.way,
        language=given.language,
    )


def _closed(given: Given) -> bytes | None:
    if not given.donor:
        return None
    return at_rest.close(ROOM, f"receipt:{given.subject}", given.donor.encode())


def donor_of(receipt: GiftReceipt) -> str:
    """Open the name on a receipt; for the paper itself and the finance role."""
    if receipt.donor is None:
        return ""
    return at_rest.open_(ROOM, f"receipt:{receipt.subject}", receipt.donor).decode()


def latest(subject: str) -> GiftReceipt | None:
    """Find the newest receipt of a gift, cancelled or not."""
    query = select(GiftReceipt).where(
        GiftReceipt.subject == subject, GiftReceipt.kind == states.ISSUED
    )
    return session.scalar(query.order_by(GiftReceipt.turn.desc()).limit(1))


def is_cancelled(receipt: GiftReceipt) -> bool:
    """Tell whether a cancelling receipt follows this one."""
    query = select(GiftReceipt.id).where(GiftReceipt.cancels_id == receipt.id)
    return session.scalar(query) is not None


def find(receipt_id: UUID) -> GiftReceipt | None:
    """Find a receipt by the address of its PDF."""
    return session.get(GiftReceipt, receipt_id)


def _hold(book: str, entity: str, day: date) -> tuple[int, int]:
    """Hold the year's series alone until the end of the transaction; tell its year and last number."""
    key = {"book": book, "entity": entity, "year": day.year}
    row = insert(ReceiptSeries).values(**key, last=0)
    session.execute(row.on_conflict_do_nothing(index_elements=list(key)))
    held = select(ReceiptSeries).filter_by(**key).with_for_update()
    series = session.scalars(held.execution_options(populate_existing=True)).one()
    return series.year, series.last


def _note(receipt: GiftReceipt) -> None:
    """Enter a receipt and count it, in one step: a number without a receipt cannot be."""
    key = (receipt.book, receipt.entity, receipt.year)
    session.get_one(ReceiptSeries, key).last = receipt.number
    session.add(receipt)
    session.flush()
