"""The chart of accounts: what there is per book, entity and currency, and what can happen."""

from typing import Final

LIVE: Final = "live"
TEST: Final = "test"
BOOKS: Final = (LIVE, TEST)

# Where money is (a debit makes it more)
#: At the gateway: paid by donors, not yet paid out.
GATEWAY: Final = "gateway"
#: At the gateway, held back because of a dispute.
HELD: Final = "held"
#: Paid out by the gateway, not yet seen at the bank.
PAYOUT: Final = "payout"
BANK: Final = "bank"
#: Counted, in a sealed bag, not yet deposited.
CASH: Final = "cash"
#: Handed to the bank, not yet seen on the statement.
DEPOSIT: Final = "deposit"

# What it is (a credit makes it more)
DONATION: Final = "donation"
#: Arrived at the bank; nobody knows yet what for.
UNASSIGNED: Final = "unassigned"

# What took it away (a debit makes it more)
REFUND: Final = "refund"
FEE: Final = "fee"
#: Lost in a dispute.
DISPUTE: Final = "dispute"
#: A cash count and a deposit that differ; either side may be the larger.
VARIANCE: Final = "variance"

ASSETS: Final = (GATEWAY, HELD, PAYOUT, BANK, CASH, DEPOSIT)
INCOME: Final = (DONATION, UNASSIGNED)
LOSSES: Final = (REFUND, FEE, DISPUTE, VARIANCE)
KINDS: Final = (*ASSETS, *INCOME, *LOSSES)

#: What a transaction is called.
DEEDS: Final = (
    "gift", "gift_reversed", "refund", "refund_failed", "fee", "fee_returned", "dispute_opened",
    "dispute_won", "dispute_lost", "payout", "payout_failed", "payout_arrived", "cash_counted",
    "cash_deposited", "deposit_arrived", "transfer_arrived", "transfer_assigned", "correction",
)  # fmt: skip
