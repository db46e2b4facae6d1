"""Rows that may tell of one that we know: a person says whether they are money of their own."""

from campaign_app.audit.services import record
from campaign_app.transfers import deciding, importing, states
from campaign_app.transfers.models import BankRow


def is_new(row_id: int) -> BankRow:
    """Say that a doubtful row is money of its own: it is entered."""
    row = deciding.held(row_id, states.DOUBTFUL)
    deciding.decide(row, states.UNASSIGNED)
    importing.arrive(row)
    record("transfer.entered", deciding.named(row))
    return row


def is_known(row_id: int) -> BankRow:
    """Say that a doubtful row tells of one that we know: it is never entered."""
    row = deciding.held(row_id, states.DOUBTFUL)
    deciding.decide(row, states.KNOWN)
    record("transfer.known", deciding.named(row))
    return row
