"""What happens to permits by itself."""

from typing import Final

from campaign_app.core.db import session, transact
from campaign_app.outbox.registry import every
from campaign_app.permits import queries, services

#: How long an event that is no longer confirmed may keep the word of a permit that was refused since.
MINUTES: Final = 10


def register() -> None:
    """Enter this room's jobs."""
    every(name="permits.gates", minutes=MINUTES)(settle)


def settle() -> None:
    """Say anew how the permits stand of events that were confirmed when one of them fell short.

    While an event is confirmed its gate stays; once it is postponed or moved nobody may confirm it
    again on a word that no longer holds.
    """
    stale = queries.fallen_short()
    session.rollback()
    if stale:
        transact(lambda: services.settle(stale))
