"""The words of the audit trail about bank transfers."""

from typing import Final

from campaign_app.core.i18n import _l

NOUNS: Final = {
    "bank": _l("Bank account"),
    "bank_statement": _l("Bank’s list"),
    "transfer": _l("Row of a bank’s list"),
    "transfers": _l("Bank transfers"),
}

DEEDS: Final = {
    "bank_statement.entered": _l("brought a bank’s list"),
    "bank_statement.laid_out": _l("said how a bank writes its lists"),
    "transfer.arrived": _l("said that a transfer was cash that we deposited"),
    "transfer.assigned": _l("said which gift a transfer was"),
    "transfer.entered": _l("said that a doubtful row is money of its own"),
    "transfer.ignored": _l("left a transfer out of the ledger"),
    "transfer.known": _l("said that a doubtful row was known already"),
    "transfer.mended": _l("took back what was said of a transfer"),
    "transfer.paid_out": _l("said that a transfer was a payout of card gifts"),
    "transfers.read": _l("read who sent transfers"),
}

DETAILS: Final = {
    "account": _l("account"),
    "doubtful": _l("to be looked at"),
    "known": _l("known already"),
    "new": _l("new"),
    "reference": _l("reference"),
}
