"""The ledger, payments and refunds in words, for those who read pages about money."""

from collections.abc import Mapping
from typing import Final

from campaign_app.core.i18n import _l
from campaign_app.payments import accounts, statement, states
from campaign_app.receipts import proving

#: Kinds of accounts.
ACCOUNTS: Final[Mapping[str, str]] = {
    accounts.GATEWAY: _l("At the gateway"),
    accounts.HELD: _l("Held for disputes"),
    accounts.PAYOUT: _l("Paid out, on its way to the bank"),
    accounts.BANK: _l("Bank"),
    accounts.CASH: _l("Cash box"),
    accounts.DEPOSIT: _l("Cash handed to the bank"),
    accounts.DONATION: _l("Donations"),
    accounts.UNASSIGNED: _l("Transfers unassigned"),
    accounts.REFUND: _l("Refunds"),
    accounts.FEE: _l("Fees"),
    accounts.DISPUTE: _l("Lost in disputes"),
    accounts.VARIANCE: _l("Cash that differed"),
}
#: What a transaction is.
DEEDS: Final[Mapping[str, str]] = {
    "gift": _l("Gift"),
    "gift_reversed": _l("Gift taken back"),
    "refund": _l("Refund"),
    "refund_failed": _l("Refund that came back"),
    "fee": _l("Fee"),
    "fee_returned": _l("Fee returned"),
    "dispute_opened": _l("Dispute opened"),
    "dispute_won": _l("Dispute won"),
    "dispute_lost": _l("Dispute lost"),
    "payout": _l("Payout"),
    "payout_failed": _l("Payout that came back"),
    "payout_arrived": _l("Payout arrived"),
    "cash_counted": _l("Cash counted"),
    "cash_deposited": _l("Cash deposited"),
    "deposit_arrived": _l("Deposit arrived"),
    "transfer_arrived": _l("Transfer arrived"),
    "transfer_assigned": _l("Transfer assigned"),
    "correction": _l("Correction"),
}
#: Lines of a statement of an account.
LINES: Final[Mapping[str, str]] = {
    "gifts": _l("Gifts"),
    "refunds": _l("Refunds"),
    "disputes": _l("Disputes"),
    "payouts": _l("Payouts"),
    statement.FEES: _l("Fees"),
    statement.OTHER: _l("Other"),
}
#: Where an attempt to pay stands.
PAYMENTS: Final[Mapping[str, str]] = {
    states.NEW: _l("not asked for yet"),
    states.OPEN: _l("open"),
    states.PENDING: _l("on its way"),
    states.FAILED: _l("failed"),
    states.EXPIRED: _l("expired"),
    states.PAID: _l("paid"),
    states.QUARANTINED: _l("does not fit, somebody must look"),
}
#: Where a refund stands.
REFUNDS: Final[Mapping[str, str]] = {
    states.ASKED: _l("The refund waits for a second person"),
    states.ALLOWED: _l("The refund is allowed"),
    states.SENT: _l("The refund is sent"),
    states.ARRIVED: _l("The refund arrived"),
    states.CAME_BACK: _l("The refund came back to us"),
    states.DROPPED: _l("The refund was refused"),
}
#: What the proofs of ledger and receipts find, by their words.
FLAWS: Final[Mapping[str, str]] = {
    "moves nothing": _l("A posting that moves nothing"),
    "crosses books, entities or currencies": _l(
        "A posting between two books, bodies or currencies"
    ),
    "has no legs": _l("A transaction without postings"),
    "has another balance than its postings": _l("A balance that is not the sum of its postings"),
    **proving.WORDS,
}
