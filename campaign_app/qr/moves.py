"""Where hours are counted after corrections: "this board stood at exit 8 from 14:00"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Move:
    """Hours of one placement that count at another. Of several the one with the highest order.

    Hours are whole hours since 1970-01-01 UTC.
    """

    from_placement_id: int
    to_placement_id: int
    from_hour: int
    #: The first hour not moved.
    to_hour: int
    order: int

    def covers(self, hour: int) -> bool:
        """Tell whether an hour is moved by this one."""
        return self.from_hour <= hour < self.to_hour


def counted_at(moves: Iterable[Move], placement_id: int, hour: int) -> int:
    """Tell at which placement a count of (placement, hour) is shown."""
    shown, order = placement_id, 0
    for move in moves:
        if move.from_placement_id == placement_id and move.covers(hour) and move.order > order:
            shown, order = move.to_placement_id, move.order
    return shown


def shown_at(moves: Sequence[Move], placement_id: int) -> dict[int, list[Span]]:
    """Tell whose hours are shown at a placement: the other placement → spans of its hours."""
    sources = {move.from_placement_id for move in moves if move.to_placement_id == placement_id}
    found = {source: _spans(moves, source, placement_id) for source in sorted(sources)}
    return {source: spans for source, spans in found.items() if spans and source != placement_id}


def _spans(moves: Sequence[Move], source: int, shown: int) -> list[Span]:
    """Cut time where a correction of `source` begins or ends, and keep what is shown there."""
    own = [move for move in moves if move.from_placement_id == source]
    cuts = sorted({hour for move in own for hour in (move.from_hour, move.to_hour)})
    return [span for span in pairwise(cuts) if counted_at(own, source, span[0]) == shown]
