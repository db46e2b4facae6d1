"""From all permits of an event to the one word that says whether it may be confirmed."""

from collections.abc import Iterable
from typing import Final

from campaign_app.events.models import FILED, GOES_AHEAD, GRANTED, NOT_NEEDED, WAITING
from campaign_app.permits import models

#: What leaves the gate shut.
SHUT: Final = frozenset({models.TO_FILE, models.REFUSED})
#: The weakest first: one permit without which the event goes ahead says more than ten granted ones.
WEAKEST: Final = (GOES_AHEAD, FILED, GRANTED, NOT_NEEDED)


def gate(states: Iterable[str]) -> str:
    """Say how the permits of an event stand, by the states of all of them.

    - Nobody has said anything: waiting.
    - Any is still to be filed, or was refused: waiting. After a refusal somebody decides that the
      event goes ahead without, with a name, a day and a reason; or it does not take place.
    - Else the weakest: goes ahead without, then filed, then granted; not needed if all are that.
    """
    found = set(states)
    if not found or found & SHUT:
        return WAITING
    return next(word for word in WEAKEST if word in found)
