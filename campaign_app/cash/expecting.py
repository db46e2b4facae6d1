"""What of ours the bank's statement will show: deposits on their way (slot transfers.EXPECTED)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import select

from campaign_app.cash import depositing, states
from campaign_app.cash.models import CashDeposit
from campaign_app.core.db import session
from campaign_app.core.i18n import _
from campaign_app.core.money import Money
from campaign_app.payments.opening import till
from campaign_app.transfers.slots import Proposal

KIND: Final = "deposit"


class Deposits:
    """Deposits of cash that left us and that the bank has not shown yet."""

    def waiting(self, entity: str, currency: str) -> Sequence[Proposal]:
        """List them, the oldest first."""
        query = select(CashDeposit).where(
            CashDeposit.book == till().book,
            CashDeposit.entity == entity,
            CashDeposit.currency == currency,
            CashDeposit.state == states.SENT,
        )
        rows = session.scalars(query.order_by(CashDeposit.sent_on, CashDeposit.id))
        return [_proposal(row) for row in rows]

    def arrived(self, key: str, *, source: str, amount: Money, on: date) -> None:
        """Take note that one came, with its entry in the ledger."""
        kind, _between, number = key.partition(":")
        if kind != KIND or not number.isdigit():
            raise KeyError(key)
        depositing.arrived(int(number), source=source, amount=amount, on=on)


def _proposal(row: CashDeposit) -> Proposal:
    label = _("Cash deposit, slip %(slip)s", slip=row.slip)
    return Proposal(key=f"{KIND}:{row.id}", label=label, amount=row.money, on=row.sent_on)
