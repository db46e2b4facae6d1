"""Writing the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.audit.models import AuditEntry
from campaign_app.core import clock
from campaign_app.core.db import session


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of ours, or a job, a command, a signer."""

    name: str
    person_id: int | None = None


JOB: Final = Actor("job")
COMMAND: Final = Actor("command")
SIGNER: Final = Actor("signer")

#: Who acts now; the console sets it to the person signed in.
acting: Final[ContextVar[Actor]] = ContextVar("acting", default=COMMAND)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Let somebody act for a while: a thread that answers one visitor answers another one next."""
    before = acting.set(actor)
    try:
        yield
    finally:
        acting.reset(before)


def record(action: str, subject: str, **detail: Any) -> None:
    """Note a deed, in the transaction that does it."""
    actor = acting.get()
    at = clock.hour_of(clock.now()) if actor == SIGNER else clock.now()
    session.add(
        AuditEntry(
            at=at,
            person_id=actor.person_id,
            actor=actor.name,
            action=action,
            subject=subject,
            detail=detail,
        )
    )
