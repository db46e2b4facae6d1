"""Numbers of sheets as people write them: "1-12, 15"."""

import re
from collections.abc import Iterable
from typing import Final

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

RUN: Final = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")
DASHES: Final = re.compile(r"\s*[-–—~〜]\s*")
BETWEEN: Final = re.compile(r"[,;、，\s]+")


class NoNumbers(DomainError):
    """Something else than numbers of sheets."""

    status = 400
    text = _l("Write numbers of sheets, like 1-12, 15.")


def read(text: str, last: int) -> list[int]:
    """Read numbers from 1 to `last`; anything else raises `NoNumbers`."""
    found: set[int] = set()
    for part in filter(None, BETWEEN.split(DASHES.sub("-", text))):
        run = RUN.fullmatch(part)
        if run is None:
            raise NoNumbers
        found.update(range(int(run[1]), int(run[2] or run[1]) + 1))
    if not found or min(found) < 1 or max(found) > last:
        raise NoNumbers
    return sorted(found)


def written(numbers: Iterable[int]) -> str:
    """Write numbers, those that follow each other as a run."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)
