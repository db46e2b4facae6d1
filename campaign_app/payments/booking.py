"""Each line of the gateway's books becomes one entry of ours: so the two sums can only agree.

A line is entered once, by whoever meets it first: the webhook's look, the poll, the sweeper.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from campaign_app.core.money import Money
from campaign_app.core.wall_clock import day_in
from campaign_app.payments import ledger
from campaign_app.payments.accounts import (
    DISPUTE,
    DONATION,
    FEE,
    GATEWAY,
    HELD,
    PAYOUT,
    REFUND,
)
from campaign_app.payments.gateway import Line
from campaign_app.payments.ledger import Account, Entry, Leg


@dataclass(frozen=True, slots=True)
class Place:
    """Whose books: live or test, which entity's, which account's, by the calendar of which zone."""

    book: str
    entity: str
    account: str
    zone: str

    @property
    def till(self) -> Account:
        """Name the ledger account of what lies at the gateway."""
        return Account(GATEWAY, self.account)

    @property
    def held(self) -> Account:
        """Name the ledger account of what is held back there."""
        return Account(HELD, self.account)


class UnknownLine(RuntimeError):
    """A kind of line that nobody has thought of: it is not guessed at, the proof names it."""


Legs = Callable[[Place, Money], Leg]

#: Kind of line → what it is called in the ledger, and the leg that its amount makes.
KINDS: Final[Mapping[str, tuple[str, Legs]]] = {
    "charge": ("gift", lambda at, sum_: Leg(at.till, Account(DONATION), sum_)),
    "refund": ("refund", lambda at, sum_: Leg(Account(REFUND), at.till, sum_)),
    "refund_failure": ("refund_failed", lambda at, sum_: Leg(at.till, Account(REFUND), sum_)),
    "dispute": ("dispute_opened", lambda at, sum_: Leg(at.held, at.till, sum_)),
    "dispute_reversal": ("dispute_won", lambda at, sum_: Leg(at.till, at.held, sum_)),
    "payout": ("payout", lambda at, sum_: Leg(Account(PAYOUT, at.account), at.till, sum_)),
    "payout_failure": (
        "payout_failed", lambda at, sum_: Leg(at.till, Account(PAYOUT, at.account), sum_),
    ),
    "fee": ("fee", lambda at, sum_: Leg(Account(FEE), at.till, sum_)),
}  # fmt: skip

#: Kinds whose lines usually make our balance larger; one the other way round is booked the other way.
INCOMING: Final = ("charge", "refund_failure", "dispute_reversal", "payout_failure")


def book(line: Line, at: Place) -> bool:
    """Enter a line, in the caller's transaction; False if it stood there before."""
    if line.kind not in KINDS:
        raise UnknownLine(line.kind)
    kind, make = KINDS[line.kind]
    legs = []
    if line.amount:
        leg = make(at, _size(line.amount))
        legs.append(leg if (line.amount.minor > 0) == (line.kind in INCOMING) else leg.turned)
    return ledger.post(
        Entry(
            book=at.book,
            entity=at.entity,
            source=source_of(at.account, line.id),
            kind=kind,
            on=day_in(line.at, at.zone),
            legs=[*legs, *_fee(line, at)],
            about=line.source_id,
        )
    )


def _size(amount: Money) -> Money:
    return amount if amount.minor > 0 else -amount


def _fee(line: Line, at: Place) -> list[Leg]:
    if not line.fee:
        return []
    leg = Leg(Account(FEE), at.till, _size(line.fee))
    return [leg if line.fee.minor > 0 else leg.turned]


def lose(dispute_id: str, amount: Money, at: Place, on: date) -> bool:
    """Give up what was held for a dispute: the gateway writes no line for that."""
    return ledger.post(
        Entry(
            book=at.book,
            entity=at.entity,
            source=source_of(at.account, f"{dispute_id}:lost"),
            kind="dispute_lost",
            on=on,
            legs=[Leg(Account(DISPUTE), at.held, amount)],
            about=dispute_id,
        )
    )


def source_of(account: str, name: str) -> str:
    """Name what tells of an entry."""
    return f"gateway:{account}:{name}"
