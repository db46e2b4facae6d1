"""Proving the books when somebody asks for it."""

from typing import Any

from campaign_app.finance.console_proof import PROVE
from campaign_app.outbox.registry import on
from campaign_app.payments import jobs


def register() -> None:
    """Enter this job."""
    on(PROVE, prove)


def prove(_payload: dict[str, Any]) -> None:
    """Do what is done each night."""
    jobs.prove()
