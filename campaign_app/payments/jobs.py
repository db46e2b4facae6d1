"""What happens around payments by itself: signals are read, what was missed is asked for, sums are proven."""

from typing import Any
from uuid import UUID

from flask import current_app

from campaign_app.outbox.registry import every, on
from campaign_app.payments import ledger, proven, proving, reading, sending
from campaign_app.payments.gateway import GatewayRefused, GatewayUnreachable
from campaign_app.payments.opening import till
from campaign_app.payments.proof_models import LEDGER
from campaign_app.payments.proven import Subject


def register() -> None:
    """Enter this room's jobs."""
    on(reading.SIGNALS, read_signals)
    on(sending.SEND, send_refund)
    every(minutes=1, name="payments.sweep")(sweep)
    every(minutes=5, name="payments.refunds")(sweep_refunds)
    every(minutes=10, name="payments.catch_up")(catch_up)
    every(hours=24, name="payments.prove")(prove)


def read_signals(payload: dict[str, Any]) -> None:
    """Look at what the unread signals of an account point to."""
    if payload["account"] in till().gateways:
        reading.read_signals(payload["account"], till())


def send_refund(payload: dict[str, Any]) -> None:
    """Send what was allowed to go back; where the gateway does not answer, the sweep asks again."""
    try:
        sending.send(UUID(hex=payload["refund"]), till())
    except GatewayUnreachable:
        current_app.logger.warning("a refund waits: its gateway gave no answer")


def sweep_refunds() -> None:
    """Finish refunds that a crash or a lost answer left."""
    sending.sweep(till())


def sweep() -> None:
    """Finish what a crash, a lost answer or a donor who went away left."""
    reading.sweep(till())


def catch_up() -> None:
    """Read what the gateways wrote, whether they told us or not; one that does not answer waits."""
    for account in till().gateways:
        try:
            reading.catch_up(account, till())
        except (GatewayUnreachable, GatewayRefused) as trouble:
            current_app.logger.warning(
                "the gateway of %s gave no answer (%s)", account, type(trouble).__name__
            )


def prove() -> None:
    """Add our ledger up by itself, then compare it with what the gateways say lies there."""
    prove_ledger()
    try:
        catch_up()
    except (ledger.SourceConflict, ledger.BadEntry):
        # What stands here already is not what the gateway tells: the comparison names it.
        current_app.logger.error("an entry of the ledger is not what its source tells")
    for account in till().gateways:
        for proof in proving.prove(account, till()):
            if proof.difference or any(proof.mismatches.values()):
                current_app.logger.error(
                    "the ledger of %s differs by %s %s", account, proof.difference, proof.currency
                )


def prove_ledger() -> None:
    """Add up every posting of the book that we write, and keep what that found."""
    book = till().book
    proven.keep(Subject(book, LEDGER), ledger.postings(book), ledger.prove(book))
