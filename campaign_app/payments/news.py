"""Telling the rooms above that something about a payment changed, in the transaction that changed it.

Whoever takes the topic looks at the payment as it is by then; so it may be told late, twice, or once for
two changes.
"""

from typing import Final
from uuid import UUID

from campaign_app.outbox.services import enqueue_job

#: Payload: {"payment": hex of Payment.id}.
CHANGED: Final = "payments.changed"
#: Payload: {"account": …, "dispute": …}; also when a dispute moved on.
DISPUTED: Final = "payments.disputed"


def changed(payment_id: UUID) -> None:
    """Tell that a payment's state, or what went back of it, changed."""
    enqueue_job(CHANGED, {"payment": payment_id.hex}, dedupe=f"{CHANGED}:{payment_id.hex}")


def disputed(account: str, dispute_id: str) -> None:
    """Tell of a dispute."""
    enqueue_job(
        DISPUTED,
        {"account": account, "dispute": dispute_id},
        dedupe=f"{DISPUTED}:{account}:{dispute_id}",
    )
