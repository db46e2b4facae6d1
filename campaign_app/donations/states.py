"""Where a gift stands. What the money did stands in the ledger; this is what the donor is told."""

from typing import Final

# Ways to give
CARD, TRANSFER, CASH = "card", "transfer", "cash"
WAYS: Final = (CARD, TRANSFER, CASH)

#: Promised: a page to pay on was asked for, or a reference for a transfer was given. No money yet.
BEGUN: Final = "begun"
#: The donor did their part; the money comes in some days, or not.
PENDING: Final = "pending"
#: The money came. It never goes back from here: what is returned is counted beside it.
SETTLED: Final = "settled"
#: Nothing came of it: declined, closed, expired, or a transfer that nobody made.
ENDED: Final = "ended"
STATES: Final = (BEGUN, PENDING, SETTLED, ENDED)
#: A state is only left for a higher one. What ended can still settle: money comes late, too.
RANK: Final = {BEGUN: 0, PENDING: 1, ENDED: 2, SETTLED: 3}
