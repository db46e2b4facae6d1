"""What the daily proof found last, and what the ledger says of itself."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.core.i18n import _l
from campaign_app.payments.taking_models import BalanceProof

#: Key of BalanceProof.mismatches → what it lists.
MISMATCHES: Final[Mapping[str, str]] = {
    "missing": _l("The gateway has it, our ledger has not"),
    "unknown": _l("Our ledger has it, the gateway has not"),
    "different": _l("Both have it, with different amounts"),
}


def latest(book: str) -> Sequence[BalanceProof]:
    """Give the newest proof of each account and currency."""
    newest = (
        select(func.max(BalanceProof.id))
        .where(BalanceProof.book == book)
        .group_by(BalanceProof.account, BalanceProof.currency)
    )
    query = select(BalanceProof).where(BalanceProof.id.in_(newest))
    return session.scalars(query.order_by(BalanceProof.account, BalanceProof.currency)).all()


def is_wrong(proof: BalanceProof) -> bool:
    """Tell whether somebody must look."""
    return bool(proof.difference) or any(proof.mismatches.values())
