"""Deciding a row: holding it, writing down what it is, and telling the ledger."""

from campaign_app.audit.services import acting
from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l
from campaign_app.payments import ledger
from campaign_app.payments.ledger import Entry, Leg
from campaign_app.transfers import states
from campaign_app.transfers.models import BankRow


class DecidedAlready(DomainError):
    """Somebody else was quicker, or the page is old."""

    text = _l("Somebody has decided this row meanwhile. Please look at it again.")


def take(row_id: int) -> BankRow:
    """Hold a row of which nobody has said anything; what is said now is its next turn."""
    row = held(row_id, states.UNASSIGNED)
    row.turn += 1
    return row


def held(row_id: int, *before: str) -> BankRow:
    """Hold a row until the end of the transaction, if it still stands as the caller believes."""
    row = session.get_one(BankRow, row_id, with_for_update=True, populate_existing=True)
    if row.state not in before:
        raise DecidedAlready
    return row


def decide(row: BankRow, state: str, **told: object) -> None:
    """Write down what a row is; what was said before no longer stands."""
    for name in ("donation_id", "answers"):
        setattr(row, name, told.get(name))
    row.state, row.reason = state, str(told.get("reason", ""))
    row.decided_by, row.decided_at = acting.get().person_id, clock.now()


def post(row: BankRow, kind: str, what: str, legs: list[Leg], *, about: str = "") -> None:
    """Tell the ledger what was decided; whatever was written so far is sent with it."""
    ledger.post(
        Entry(
            book=row.book,
            entity=row.entity,
            source=source(row, what),
            kind=kind,
            on=row.came_on,
            legs=legs,
            about=about,
        )
    )
    session.flush()


def source(row: BankRow, what: str) -> str:
    """Name a decision of a row to the ledger; a second one has a number."""
    return f"{row.source}:{what}" + (f":{row.turn}" if row.turn > 1 else "")


def named(row: BankRow) -> str:
    """Name a row to the audit trail."""
    return f"transfer:{row.id}"
