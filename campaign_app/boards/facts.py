"""What a form says of a board, on its way to the services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFacts:
    """All that is said of a board; texts are language → text."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    sources: Mapping[str, str]
    #: The codes printed on it, by their letters.
    letters: Sequence[str] = ()
