"""How banks write days: with two digits of the year or four, with a time behind it, in three orders.

Which order a list uses is guessed from all its days at once: "03.11." alone may be two days, but a list
covers weeks, and read the wrong way round its days lie a year apart. Pure.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

#: Where two can read a list equally well, the first one counts.
DAYS: Final = (
    "%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y",
    "%y.%m.%d", "%y-%m-%d", "%y/%m/%d", "%d.%m.%y", "%d/%m/%y",
)  # fmt: skip
_HALF: Final = r"(오전|오후|am|pm)"
#: A time behind the day: " 15:02", "(15:02:11)", "T15:02:11+09:00", " 오후 3:02", " 3:02 PM".
_CLOCK: Final = re.compile(
    rf"[\sT(]*{_HALF}?\s*\d{{1,2}}:\d{{2}}(:\d{{2}}([.,]\d+)?)?\s*{_HALF}?(Z|[+-]\d{{2}}:?\d{{2}})?\)?$",
    re.IGNORECASE,
)
#: Eight digits with the time glued to them.
_GLUED: Final = re.compile(r"^(\d{8})\d{4}(\d{2})?$")
_APART: Final = re.compile(r"(?<=\d[./-])\s+(?=\d)")
#: What can only be a day, whichever order it is in.
_ONE_DAY: Final = re.compile(r"(\d{8}|\d{1,4}([./-])\d{1,2}\2\d{1,4})\.?")


def day_in(written: str, how: str) -> date | None:
    """Read a cell as a day; None if it is none."""
    try:
        return datetime.strptime(_bare(written), how).date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        return None


def looks_like_one(written: str) -> bool:
    """Tell whether a cell is a day in some order: no total, no note, no span of two days."""
    return _ONE_DAY.fullmatch(_bare(written)) is not None


def likeliest(cells: Iterable[str]) -> str:
    """Choose the way in which most cells can be read; of several, the one by which they lie closest."""
    written = list(cells)

    def fit(how: str) -> tuple[int, int]:
        found = [on for cell in written if (on := day_in(cell, how))]
        spread = (max(found) - min(found)).days if found else 0
        return len(found), -spread

    return max(DAYS, key=fit)


def _bare(written: str) -> str:
    """Take the time off, and the spaces and the last dot of "2026. 11. 14."."""
    text = _CLOCK.sub("", written.strip())
    return _APART.sub("", _GLUED.sub(r"\1", text)).rstrip(". ")
