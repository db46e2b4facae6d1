"""What a form says of paper, on its way to the services."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from campaign_app.petitions.desk import Desk

#: Each sheet has a picture of its own to draw: more would take longer than anybody waits.
MOST_PAGES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """What an organiser says of a batch to be printed."""

    desk: Desk
    event_id: int | None
    location_id: int | None
    kind: str
    language: str
    country: str
    sheets: int
    signed_on: date
    zone: str
    label: str
