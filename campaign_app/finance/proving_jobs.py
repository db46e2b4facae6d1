"""Proving the books when somebody asks for it."""

from typing import Any

from campaign_app.finance.console_proof import PROVE
from campaign_app.outbox.registry import on
from campaign_app.payments import jobs
from campaign_app.receipts import jobs as receipts


def register() -> None:
    """Enter this job."""
    on(PROVE, prove)


def prove(_payload: dict[str, Any]) -> None:
    """Do what is done each night."""
    receipts.prove()
    jobs.prove()
