"""What the tablets' chaos found, added up over all seeds: one line that says it."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

#: Names the file in which every seed writes down what it found.
PLACE: Final = "LANTERN_CHAOS_FOUND"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many signatures were thanked for, and what became of them."""

    signatures: int = 0
    #: Thanked for, not evicted, and neither on the tablet nor on the server.
    lost: int = 0
    #: Counted more than once.
    twice: int = 0
    #: Gap reports that differ from the truth.
    gaps: int = 0

    def __str__(self) -> str:
        """Say it."""
        return (
            f"{self.signatures} signatures, {self.lost} lost, {self.twice} twice, {self.gaps} gaps"
        )

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing went wrong, and anything happened at all."""
        return self.signatures > 0 and not (self.lost or self.twice or self.gaps)

    @classmethod
    def of_all(cls, verdicts: Iterable[Self]) -> Self:
        """Add up."""
        sums = dict.fromkeys(cls.__slots__, 0)
        for verdict in verdicts:
            for name, number in asdict(verdict).items():
                sums[name] += number
        return cls(**sums)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Add up what all seeds wrote down; none wrote if none ran."""
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return cls.of_all(cls(**json.loads(line)) for line in lines)

    def note(self) -> None:
        """Write it down where whoever started the tests adds up, if anybody does."""
        place = os.environ.get(PLACE)
        if place:
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(self)) + "\n")
