"""Tables in which nobody can be found: numbers below five are not said, nor can they be worked out.

The whole is public, so one number alone that is not said would be what the others leave of it. So
whenever a number is small, the next larger ones are withheld, too, until the published numbers fit
each of 1, 2, 3 and 4 at every small row. What is withheld never depends on the small numbers
themselves but only on what is published, so knowing this rule helps nobody either (with one number
withheld; with several, at least three of the four still fit: the tests try all tables).

It guards one table at one moment. Who compares two statements sees what came in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: The smallest number that is said.
FEWEST: Final = 5
#: A small number may be any of these: 1 to 4 leave three steps between them.
STEPS: Final = FEWEST - 2


@dataclass(frozen=True, slots=True)
class Guarded:
    """A table as it may be published."""

    #: Name of a row → its exact number, the largest first.
    shown: dict[str, int]
    #: Rows of 1 to 4.
    few: tuple[str, ...]
    #: Rows of 5 and more that are not said, so that the small ones cannot be worked out.
    withheld: tuple[str, ...]
    #: What these two add up to; it follows from the rest, so it is said.
    together: int

    @property
    def is_broken_down(self) -> bool:
        """Tell whether there was enough to tell rows apart at all."""
        return bool(self.shown or self.few) or not self.together

    def range_withheld(self) -> tuple[int, int] | None:
        """Say between which numbers a single withheld row lies; anybody can work this out."""
        if len(self.withheld) != 1:
            return None
        most = (FEWEST - 1) * len(self.few)
        return max(FEWEST, self.together - most), self.together - len(self.few)


def guard(counts: Mapping[str, int]) -> Guarded:
    """Say what may be said of a table; names alone if nothing of it may."""
    few = tuple(sorted(name for name, n in counts.items() if 0 < n < FEWEST))
    large = sorted((n, name) for name, n in counts.items() if n >= FEWEST)
    if not few:
        return Guarded(_largest_first(large), (), (), 0)
    small = sum(counts[name] for name in few)
    for taken in range(min(1, len(large)), len(large) + 1):
        hidden, rest = large[:taken], large[taken:]
        together = small + sum(n for n, _name in hidden)
        if _hides(len(few), taken, together, rest):
            names = tuple(sorted(name for _n, name in hidden))
            return Guarded(_largest_first(rest), few, names, together)
    return Guarded({}, (), (), sum(counts.values()))


def _largest_first(rows: list[tuple[int, str]]) -> dict[str, int]:
    return {name: n for n, name in sorted(rows, key=lambda row: (-row[0], row[1]))}


def _hides(few: int, withheld: int, together: int, rest: list[tuple[int, str]]) -> bool:
    """Tell whether each small row may be any of 1 to 4, by what would be published.

    Withheld rows are at least 5, and smaller than the smallest that is shown.
    """
    if together - few - FEWEST * withheld < STEPS:
        return False
    if withheld and not rest:
        return True
    ceiling = rest[0][0] - 1 if rest else 0
    return (ceiling >= FEWEST or not withheld) and (
        ceiling * withheld + (FEWEST - 1) * few - together >= STEPS
    )
