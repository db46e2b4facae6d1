"""What a person says of money that came: it was a gift, a payout, a bag of cash, or nothing of ours.

Whoever is first decides: the row is held while the ledger, the gift and its receipt are written, in one
transaction. Of two at once the second hears that it is decided.
"""

from sqlalchemy import select

from campaign_app.audit.services import record
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.donations import contacts
from campaign_app.donations import services as donations
from campaign_app.donations import states as giving
from campaign_app.donations.models import Donation
from campaign_app.donations.services import NewGift, Where
from campaign_app.payments import ledger, returned
from campaign_app.payments.accounts import BANK, DONATION, PAYOUT, UNASSIGNED
from campaign_app.payments.ledger import Account, Leg
from campaign_app.transfers import deciding, states
from campaign_app.transfers.models import BankRow
from campaign_app.transfers.slots import EXPECTED
from campaign_app.transfers.unpromised import Unpromised


class NoSuchGift(DomainError):
    """No gift has these letters."""

    status = 404
    text = _l("No gift has this reference.")


class SettledAlready(DomainError):
    """The gift's money came before."""

    text = _l(
        "The money of this gift came already. If this is another gift of the same donor, enter it as one."
    )


class OfAnotherBody(DomainError):
    """A receipt is written by the body that was given to."""

    text = _l("This gift was promised to another organisation than the one whose account this is.")


class OtherSum(DomainError):
    """What was taken back once can only be given again as it was."""

    text = _l(
        "This gift was assigned before with another amount, and its receipt was cancelled. "
        "Enter this row as one more gift of the same donor."
    )


class WentBack(DomainError):
    """What was sent back to a donor cannot have been somebody else's."""

    text = _l("Money of this gift goes back to its donor, or went back. End that refund first.")


class NotExpected(DomainError):
    """What was proposed is not waited for any more."""

    text = _l("This is not expected any more. Please look at the row again.")


class NotMendable(DomainError):
    """Another room took note of what came; it is mended there."""

    text = _l("A bag of cash that arrived is mended on the page of cash.")


def accept(row_id: int, key: str) -> BankRow:
    """Say that a row is what was proposed: "gift:k7qx", "again:k7qx", "payout:<entry>", "cash:<deposit>"."""
    if not key.isprintable():  # nothing of ours; PostgreSQL takes no NUL
        raise NotExpected
    kind, _colon, rest = key.partition(":")
    if kind == "gift":
        return assign(row_id, rest)
    if kind == "again":
        return again(row_id, rest)
    return pay_out(row_id, rest) if kind == "payout" else arrive(row_id, kind, rest)


def assign(row_id: int, reference: str) -> BankRow:
    """Say that a row is the gift with these letters: it settles, with receipt and thanks."""
    row = deciding.take(row_id)
    gift = gift_of(row, reference)
    if gift is None:
        raise NoSuchGift
    if gift.entity != row.entity:
        raise OfAnotherBody
    _settle(gift, row)
    return _be_gift(row, gift)


def gift_of(row: BankRow, reference: str) -> Donation | None:
    """Find the transfer that was promised under these letters, in the row's book."""
    query = select(Donation).where(
        Donation.book == row.book,
        Donation.reference == reference,
        Donation.way == giving.TRANSFER,
    )
    return session.scalar(query)


def _settle(gift: Donation, row: BankRow) -> None:
    """Let a gift settle with what came; one that was settled by mistake counts again as it was."""
    if gift.state != giving.SETTLED:
        _refuse_twin(gift, row)
        if not donations.settle(gift.id, on=row.came_on, came=row.money):
            raise SettledAlready
        return
    if not is_open_again(gift):
        raise SettledAlready
    if gift.money != row.money:
        raise OtherSum
    if not donations.give_back(gift.id, 0):
        raise SettledAlready


def is_open_again(gift: Donation) -> bool:
    """Tell whether a gift was settled by mistake, and nothing of it was ever sent back."""
    return gift.returned == gift.minor and not returned.by_hand(gift.subject)


def _refuse_twin(gift: Donation, row: BankRow) -> None:
    """Leave a form that was sent twice with two amounts two gifts: what came is the other one's."""
    twin = select(Donation.reference).where(
        Donation.nonce == gift.nonce,
        Donation.way == gift.way,
        Donation.currency == row.currency,
        Donation.minor == row.minor,
        Donation.id != gift.id,
    )
    other = session.scalar(twin)
    if other is not None:
        raise DomainError(
            _l(
                "The same donor promised exactly this amount under %(reference)s. Assign the row to that gift.",
                reference=other.upper(),
            )
        )


def again(row_id: int, reference: str) -> BankRow:
    """Say that a row is one more gift of a donor whose promise was kept before, as standing orders are."""
    row = deciding.take(row_id)
    first = gift_of(row, reference)
    if first is None:
        raise NoSuchGift
    if first.entity != row.entity:
        raise OfAnotherBody
    told = Unpromised(
        language=first.language,
        where=Where(
            campaign_id=first.campaign_id,
            placement_id=first.placement_id,
            event_id=first.event_id,
            location_id=first.location_id,
        ),
        contact=contacts.open_(first.id, first.contact),
    )
    return _be_gift(row, _begun(row, told))


def without_promise(row_id: int, told: Unpromised) -> BankRow:
    """Say that a row is a gift that nobody announced."""
    row = deciding.take(row_id)
    return _be_gift(row, _begun(row, told))


def _begun(row: BankRow, told: Unpromised) -> Donation:
    gift = donations.begin(
        NewGift(
            nonce=f"bank-row-{row.id}-{row.turn}",
            way=giving.TRANSFER,
            amount=row.money,
            book=row.book,
            entity=row.entity,
            language=told.language,
            where=told.where,
            no_name=not told.contact,
            contact=told.contact,
        )
    )
    session.flush()
    donations.settle(gift.id, on=row.came_on, came=row.money)
    return gift


def _be_gift(row: BankRow, gift: Donation) -> BankRow:
    deciding.decide(row, states.GIFT, donation_id=gift.id)
    leg = Leg(Account(UNASSIGNED), Account(DONATION), row.money)
    deciding.post(row, "transfer_assigned", "gift", [leg], about=gift.subject)
    record("transfer.assigned", deciding.named(row), reference=gift.reference)
    return row


def pay_out(row_id: int, source: str) -> BankRow:
    """Say that a row is what a gateway paid out."""
    row = deciding.take(row_id)
    told = ledger.find(row.book, source)
    if told is None or told.kind != "payout" or told.entity != row.entity:
        raise NotExpected
    sent = [leg for leg in told.legs if leg.debit.kind == PAYOUT and leg.money == row.money]
    answers = f"payout:{source}"
    if not sent or _is_answered(row, answers):
        raise NotExpected
    deciding.decide(row, states.PAYOUT, answers=answers)
    bank = Account(BANK, row.bank)
    # What was entered as unassigned goes back in the same step; the bank's sum stays as it is.
    legs = [Leg(bank, sent[0].debit, row.money), Leg(Account(UNASSIGNED), bank, row.money)]
    deciding.post(row, "payout_arrived", "payout", legs)
    record("transfer.paid_out", deciding.named(row), account=sent[0].debit.detail)
    return row


def arrive(row_id: int, kind: str, key: str) -> BankRow:
    """Say that a row is what another room was waiting for; that room takes note of it."""
    room = EXPECTED.get(kind)
    row = deciding.take(row_id)
    listed = room.waiting(row.entity, row.currency) if room else ()
    answers = f"{kind}:{key}"
    if room is None or key not in {one.key for one in listed} or _is_answered(row, answers):
        raise NotExpected
    deciding.decide(row, states.EXPECTED, answers=answers)
    bank = Account(BANK, row.bank)
    deciding.post(row, "correction", kind, [Leg(Account(UNASSIGNED), bank, row.money)])
    room.arrived(
        key, source=f"{deciding.source(row, kind)}:arrived", amount=row.money, on=row.came_on
    )
    record("transfer.arrived", deciding.named(row), kind=kind)
    return row


def _is_answered(row: BankRow, answers: str) -> bool:
    """Tell whether another row was this payout, or this bag."""
    query = select(BankRow.id).filter_by(book=row.book, answers=answers)
    return session.scalar(query) is not None


def ignore(row_id: int, reason: str) -> BankRow:
    """Say that a row is no money that we account for here: it leaves the ledger, with its reason."""
    row = deciding.take(row_id)
    deciding.decide(row, states.IGNORED, reason=reason)
    leg = Leg(Account(UNASSIGNED), Account(BANK, row.bank), row.money)
    deciding.post(row, "correction", "ignored", [leg])
    record("transfer.ignored", deciding.named(row), reason=reason)
    return row


def mend(row_id: int) -> BankRow:
    """Take a decision back: what the ledger was told is reversed, and a gift's receipt is cancelled."""
    row = deciding.held(row_id, *states.MENDABLE, states.EXPECTED)
    if row.state == states.EXPECTED:
        raise NotMendable
    kind = "transfer_assigned" if row.state == states.GIFT else "correction"
    told = ledger.find(row.book, deciding.source(row, row.state))
    if told is None:
        raise AssertionError("what was decided stands in the ledger")
    ledger.post(told.reversal(f"{deciding.source(row, row.state)}:undone", kind, row.came_on))
    if row.gift:
        _give_up(row.gift)
    record("transfer.mended", deciding.named(row), before=row.state)
    deciding.decide(row, states.UNASSIGNED)
    return row


def _give_up(gift: Donation) -> None:
    """Cancel the receipt of a gift that was none; its donor is told."""
    # Held while we look: whoever asks for a refund at this moment waits, and hears that it is none.
    session.get_one(Donation, gift.id, with_for_update=True, populate_existing=True)
    if gift.returned or returned.left_by_hand(gift.subject, gift.money) != gift.money:
        raise WentBack
    donations.give_back(gift.id, gift.minor)
