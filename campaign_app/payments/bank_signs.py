"""Whether money came or went: by a sign before or behind the amount, or by a column that says it in a word. Pure."""

import re
from collections.abc import Sequence
from typing import Final

WENT_OUT: Final = frozenset({
    "출금", "지급", "송금출금", "debit", "withdrawal", "out", "débit", "retrait", "soll", "belastung", "lastschrift",
})  # fmt: skip
CAME_IN: Final = frozenset({
    "입금", "credit", "deposit", "in", "crédit", "dépôt", "haben", "gutschrift",
})  # fmt: skip
#: "-4,500", "₩-4,500", "4,500-", "△4,500", "(4,500)".
_NEGATIVE: Final = re.compile(r"^[^\d]*[-−–△▲▽▼(]|[-−]\s*$")


def is_negative(written: str) -> bool:
    """Tell whether an amount went out, by its sign."""
    return _NEGATIVE.search(written) is not None


def direction(rows: Sequence[Sequence[str]]) -> int | None:
    """Find the column that only says whether money came or went, in each row; some banks sign no amount."""
    for column in range(min(map(len, rows), default=0)):
        said = {_word(row[column]) for row in rows}
        if said & WENT_OUT and said <= WENT_OUT | CAME_IN:
            return column
    return None


def went_out(row: Sequence[str], column: int | None) -> bool:
    """Tell whether money went out, by that column."""
    return column is not None and len(row) > column and _word(row[column]) in WENT_OUT


def _word(cell: str) -> str:
    return "".join(cell.split()).lower()
