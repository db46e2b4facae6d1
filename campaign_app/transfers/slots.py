"""What else than a gift may arrive at the bank: rooms above say what they carried there.

EXPECTED["cash"] = Deposits()      # bags of cash on their way
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from campaign_app.core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Something that may be what arrived."""

    #: Names it in its own room: "deposit:12".
    key: str
    #: For the finance role, in the current language: "Bag 0412, Yongsan, 14 November".
    label: str
    amount: Money
    #: The day it was sent.
    on: date


class Expecting(Protocol):
    """A room that expects money at the bank."""

    def waiting(self, entity: str, currency: str) -> Sequence[Proposal]:
        """List what is on its way to an entity's bank."""

    def arrived(self, key: str, *, source: str, amount: Money, on: date) -> None:
        """Take note that it came, in the caller's transaction, with its entry in the ledger.

        `source` names the line of the statement ("bank:seoul:<mark>") and is the entry's source; the entry's
        debit is Account(BANK, <bank account>), as source says. What differs is the room's to explain (VARIANCE).
        """


#: Kind → who expects it.
EXPECTED: Final[dict[str, Expecting]] = {}
