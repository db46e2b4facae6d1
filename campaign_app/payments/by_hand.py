"""What a person sends back by bank: gifts that came by transfer or in cash. Recorded with the bank's slip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from campaign_app.audit.services import record
from campaign_app.core import clock
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.core.wall_clock import today_in
from campaign_app.payments import ledger, refunding, states, steps
from campaign_app.payments.accounts import BANK, REFUND
from campaign_app.payments.ledger import Account, Entry, Leg
from campaign_app.payments.taking_models import Refund
from campaign_app.payments.ways import BankAccount, of_the_app

LONGEST_SLIP: Final = 80
#: Where money comes from that these books do not keep: another account, the cash of the office. Nothing
#: goes back out of a box. The ledger's bank of this name then says how much was advanced.
ELSEWHERE: Final = "elsewhere"


class NotAllowedYet(DomainError):
    """Nothing leaves before it is allowed, and nothing twice."""

    text = _l("This refund is not allowed yet, or it is recorded already.")


class AnotherBank(DomainError):
    """The account is another body's, or keeps another currency."""

    text = _l("Choose a bank account of the same body and currency.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What the bank's slip says."""

    bank: str
    number: str
    on: date
    person_id: int


def banks(row: Refund) -> Sequence[BankAccount]:
    """List the accounts from which it can go."""
    return [
        one
        for one in of_the_app().banks.values()
        if one.entity == row.of_entity and one.currency == row.money.currency
    ]


def sent_back(refund_id: UUID, slip: Slip) -> Refund:
    """Note that the money went back by bank; in the caller's transaction."""
    row = refunding.locked(refund_id)
    if row.state != states.ALLOWED or row.payment_id is not None:
        raise NotAllowedYet
    if slip.bank != ELSEWHERE and slip.bank not in {one.key for one in banks(row)}:
        raise AnotherBank
    row.state, row.changed_at = states.ARRIVED, clock.now()
    row.bank, row.slip = slip.bank, slip.number
    ledger.post(_entry(row, slip.on))
    steps.note(row.name, steps.BY_HAND, by=slip.person_id, detail=slip.number)
    record("refund.sent_back", row.name, slip=slip.number)
    return row


def came_back(refund_id: UUID, on: date | None, person_id: int) -> Refund:
    """Note that the donor's bank sent it back to us, today if no day is said: the money is ours again."""
    row = refunding.locked(refund_id)
    on = on or today_in(of_the_app().zone_of(row.of_entity))
    if row.state != states.ARRIVED or row.payment_id is not None:
        raise NotAllowedYet
    row.state, row.changed_at = states.CAME_BACK, clock.now()
    ledger.post(_entry(row, on).reversal(f"{row.name}:back", "refund_failed", on))
    steps.note(row.name, steps.CAME_BACK, by=person_id)
    record("refund.came_back", row.name)
    return row


def _entry(row: Refund, on: date) -> Entry:
    leg = Leg(Account(REFUND), Account(BANK, str(row.bank)), row.money)
    return Entry(
        book=row.of_book,
        entity=row.of_entity,
        source=row.name,
        kind="refund",
        on=on,
        legs=[leg],
        about=row.about,
    )
