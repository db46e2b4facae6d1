"""What a form says of a code, on its way to the services."""

from dataclasses import dataclass
from typing import Self

from campaign_app.qr.models import Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsFor:
    """What a code is to stand for. Without a place of its own it stands at the event's."""

    target: str
    target_id: int
    event_id: int | None
    location_id: int | None
    board: str
    language: str

    @classmethod
    def of(cls, placement: Placement) -> Self:
        """Say what a placement says."""
        return cls(
            target=placement.target,
            target_id=placement.target_id,
            event_id=placement.event_id,
            location_id=placement.location_id,
            board=placement.board,
            language=placement.language,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where a board really stood, from which hour on; without `to_hour` it stands there still.

    Hours are whole hours since 1970-01-01 UTC; `to_hour` is the first one not moved.
    """

    from_hour: int
    to_hour: int | None
    event_id: int | None
    location_id: int | None
    board: str
    reason: str
