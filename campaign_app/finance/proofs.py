"""What the daily proof found last, and what the ledger says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.core.i18n import _l
from campaign_app.core.money import Money
from campaign_app.payments.statement import FEES, LINES, OTHER, Statement
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


def differing(newest: Sequence[BalanceProof]) -> list[BalanceProof]:
    """Give one proof of each account with something wrong: they name the same lines in each currency."""
    return list({one.account: one for one in newest if is_wrong(one)}.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """The statements of one gateway account in one currency, side by side: free, held, on the way."""

    account: str
    entity: str
    currency: str
    columns: Sequence[Statement]

    @property
    def lines(self) -> list[tuple[str, list[Money]]]:
        """List each reason for which money moved, with its amount in each column."""
        none = Money.none(self.currency)
        return [
            (line, [one.moved.get(line, none) for one in self.columns])
            for line in (*LINES, FEES, OTHER)
            if any(line in one.moved for one in self.columns)
        ]

    @property
    def adds_up(self) -> bool:
        """Tell whether each end is what its way says."""
        return not any(one.gap for one in self.columns)


def sheets(statements: Sequence[Statement]) -> list[Sheet]:
    """Put the statements that belong together side by side."""
    found: dict[tuple[str, str, str], list[Statement]] = {}
    for one in statements:
        where = one.where
        found.setdefault((where.account.detail, where.entity, where.currency), []).append(one)
    return [Sheet(*key, columns) for key, columns in found.items()]
