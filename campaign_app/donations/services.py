"""What happens to a gift: it is begun, waits, settles with its receipt and thanks, or ends.

The same form twice is one gift. Settling is one step: state, receipt and letter are written in one
transaction, or none of them is.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select, update

from campaign_app.core import clock
from campaign_app.core.db import changed_one, insert, session
from campaign_app.core.ids import readable
from campaign_app.core.money import Money
from campaign_app.donations import contacts, states, thanking
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.payments.bank_csv import REFERENCE
from campaign_app.receipts import services as receipts
from campaign_app.receipts.models import GiftReceipt

#: A transfer that did not come by then is said to have ended; one that comes later still finds its gift.
WAITED_FOR: Final = timedelta(days=60)
#: What ended so long ago is not coming: its donor is forgotten, and its four letters are free again.
REMEMBERED: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """By which code, at which event and place a gift was given; all empty for a gift from anywhere."""

    campaign_id: int | None = None
    placement_id: int | None = None
    event_id: int | None = None
    location_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGift:
    """What somebody wants to give."""

    nonce: str
    way: str
    amount: Money
    book: str
    entity: str
    language: str
    where: Where = field(default_factory=Where)
    no_name: bool = False
    contact: Contact = field(default_factory=Contact)


def begin(new: NewGift) -> Donation:
    """Write a gift down, in the caller's transaction; a form that comes again finds its own."""
    row_id = uuid4()
    row = insert(Donation).values(
        id=row_id,
        nonce=new.nonce,
        way=new.way,
        state=states.BEGUN,
        book=new.book,
        entity=new.entity,
        currency=new.amount.currency,
        minor=new.amount.minor,
        language=new.language,
        campaign_id=new.where.campaign_id,
        placement_id=new.where.placement_id,
        event_id=new.where.event_id,
        location_id=new.where.location_id,
        no_name=new.no_name,
        contact=None if new.no_name else contacts.close(row_id, new.contact),
        created_at=clock.now(),
    )
    keys = ["nonce", "way", "currency", "minor"]
    session.execute(row.on_conflict_do_nothing(index_elements=keys))
    mine = select(Donation).where(
        Donation.nonce == new.nonce,
        Donation.way == new.way,
        Donation.currency == new.amount.currency,
        Donation.minor == new.amount.minor,
    )
    gift = session.scalars(mine).one()
    if gift.way == states.CARD and gift.state == states.ENDED:
        gift.state = states.BEGUN  # its page was closed unpaid, and the same form asks for another
    if gift.way == states.TRANSFER and gift.reference is None:
        gift.reference = _free_reference(gift.book)
    return gift


def _free_reference(book: str) -> str:
    """Draw four letters that no gift has; of two at once the database refuses the second."""
    for letters in iter(lambda: readable(REFERENCE), ""):
        taken = select(Donation.id).where(Donation.book == book, Donation.reference == letters)
        if session.scalar(taken) is None:
            return letters
    raise AssertionError("letters are drawn for ever")


def wait(donation_id: UUID) -> bool:
    """Say that the donor did their part and the money is on its way."""
    return _climb(donation_id, states.PENDING)


def end(donation_id: UUID) -> bool:
    """Say that nothing came of it."""
    return _climb(donation_id, states.ENDED)


def let_transfers_go() -> int:
    """End the transfers that were promised long ago; tell how many."""
    old = clock.now() - WAITED_FOR
    ended = session.execute(
        update(Donation)
        .where(
            Donation.way == states.TRANSFER,
            Donation.state == states.BEGUN,
            Donation.created_at < old,
        )
        .values(state=states.ENDED)
        .returning(Donation.id)
    )
    return len(ended.all())


def forget_what_ended() -> None:
    """Forget who wanted to give and never did, and free the letters that they were given."""
    old = clock.now() - REMEMBERED
    kept = Donation.contact.is_not(None) | Donation.reference.is_not(None)
    session.execute(
        update(Donation)
        .where(Donation.state.in_((states.BEGUN, states.ENDED)), Donation.created_at < old, kept)
        .values(contact=None, reference=None)
    )


def settle(donation_id: UUID, *, on: date, came: Money | None = None) -> bool:
    """Say that the money came: write the receipt and thank the donor; False if that was done before.

    Of a transfer, what came goes before what was promised.
    """
    told = {"settled_on": on} | ({"minor": came.minor, "currency": came.currency} if came else {})
    if not _climb(donation_id, states.SETTLED, **told):
        return False
    gift = session.get_one(Donation, donation_id, populate_existing=True)
    receipt = receipts.issue(_given(gift, gift.money, turn=1))
    thanking.thank(gift, receipt)
    return True


def give_back(donation_id: UUID, returned: int) -> bool:
    """Say how much went back in all: the receipt is cancelled, and a new one says what stayed.

    Minor units. False if the gift knew, or never settled.
    """
    gift = session.get_one(Donation, donation_id, with_for_update=True, populate_existing=True)
    if gift.state != states.SETTLED or gift.returned == returned:
        return False
    gift.returned = returned
    left = Money(gift.minor - returned, gift.currency)
    thanking.tell_of_return(gift, _written_anew(gift, left))
    return True


def _written_anew(gift: Donation, left: Money) -> GiftReceipt | None:
    """Cancel the receipt that counts, and write one for what stayed."""
    last = receipts.latest(gift.subject)
    if last is not None and not receipts.is_cancelled(last):
        receipts.cancel(last, reason="returned")
    turn = last.turn + 1 if last else 1
    return receipts.issue(_given(gift, left, turn=turn)) if left else None


def _given(gift: Donation, amount: Money, *, turn: int) -> receipts.Given:
    if gift.settled_on is None:
        raise AssertionError("a receipt says on which day the money came")
    return receipts.Given(
        subject=gift.subject,
        book=gift.book,
        entity=gift.entity,
        amount=amount,
        given_on=gift.settled_on,
        way=gift.way,
        language=gift.language,
        turn=turn,
        donor=contacts.open_(gift.id, gift.contact).name,
    )


def _climb(donation_id: UUID, state: str, **told: object) -> bool:
    below = [one for one, rank in states.RANK.items() if rank < states.RANK[state]]
    return changed_one(
        update(Donation)
        .where(Donation.id == donation_id, Donation.state.in_(below))
        .values(state=state, **told)
    )
