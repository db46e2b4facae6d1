"""The timeline of refunds and disputes: who did what, when, and what the gateway said."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from campaign_app.core import clock
from campaign_app.core.db import session
from campaign_app.payments.taking_models import ReturnStep

ASKED: Final = "asked"
ALLOWED: Final = "allowed"
#: Below the threshold one person is enough.
SMALL: Final = "small"
ALONE: Final = "alone"
LOOKED_AGAIN: Final = "looked_again"
REFUSED: Final = "refused"
ASKED_OUTSIDE: Final = "asked_outside"
ALLOWED_OUTSIDE: Final = "allowed_outside"
REFUSED_OUTSIDE: Final = "refused_outside"
SENT: Final = "sent"
ARRIVED: Final = "arrived"
CAME_BACK: Final = "came_back"
#: The gateway did not do it.
DECLINED: Final = "declined"
#: Found at the gateway; nobody asked for it here.
FOUND: Final = "found"
#: Sent back by bank, by a person.
BY_HAND: Final = "by_hand"


def note(subject: str, what: str, *, by: int | None = None, detail: str = "") -> None:
    """Write a line, in the caller's transaction."""
    session.add(
        ReturnStep(subject=subject, at=clock.now(), what=what, person_id=by, detail=detail[:300])
    )


def of(subject: str) -> Sequence[ReturnStep]:
    """Read a timeline, oldest first."""
    query = select(ReturnStep).where(ReturnStep.subject == subject).order_by(ReturnStep.id)
    return session.scalars(query).all()
