"""Where a box stands on its way from the stall to the bank, and how sure we are of what was in it."""

from collections.abc import Mapping
from typing import Final

# A box at a stall
#: At the stall, empty when it was sealed.
OPEN: Final = "open"
#: Back from the stall, sealed again; nobody counted it yet.
CLOSED: Final = "closed"
#: Two people hold links to count it.
COUNTING: Final = "counting"
#: Both counted, and not the same.
DIFFERS: Final = "differs"
#: Posted to the ledger, in a bag.
COUNTED: Final = "counted"
#: Counted, and there was nothing in it.
EMPTY: Final = "empty"
#: Every amount of it is on the way to the bank.
DEPOSITED: Final = "deposited"
#: Every amount of it stands on the bank's statement.
BANKED: Final = "banked"
STATES: Final = (OPEN, CLOSED, COUNTING, DIFFERS, COUNTED, EMPTY, DEPOSITED, BANKED)
#: Money may be in the box: it can stand nowhere else until it was counted.
IN_USE: Final = (OPEN, CLOSED, COUNTING, DIFFERS)
#: Nobody knows yet what is in it.
TO_COUNT: Final = (CLOSED, COUNTING, DIFFERS)
#: Posted, and not yet whole at the bank.
ON_THE_WAY: Final = (COUNTED, DEPOSITED)

# How an amount was found
#: Two counted the same without seeing the other's numbers.
BY_TWO: Final = "two"
#: Two differed, and a third one counted as one of them had.
BY_THREE: Final = "three"
#: Two differed, and people agreed on one of the counts, with a reason.
AGREED: Final = "agreed"
#: One person counted, with a reason; stays marked until the bank's statement agrees.
BY_ONE: Final = "one"
HOW: Final = (BY_TWO, BY_THREE, AGREED, BY_ONE)

# Who counts
FIRST: Final = "A"
SECOND: Final = "B"
THIRD: Final = "C"
LETTERS: Final = (FIRST, SECOND, THIRD)

# A deposit
SENT: Final = "sent"
ARRIVED: Final = "arrived"
#: Written down by mistake; its bags are free again.
TAKEN_BACK: Final = "taken_back"
DEPOSIT: Final = (SENT, ARRIVED, TAKEN_BACK)

#: Currency → its notes and coins in minor units, the largest first.
PIECES: Final[Mapping[str, tuple[int, ...]]] = {
    "KRW": (50_000, 10_000, 5_000, 1_000, 500, 100, 50, 10),
    "CHF": (100_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5),
    "EUR": (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "USD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1),
}
#: Country of the receiving body → what most of its money is.
HOME: Final[Mapping[str, str]] = {"KR": "KRW", "CH": "CHF", "US": "USD"}
