"""Numbers of payment cards: we never want one, so no field of ours takes one.

A number that passes Luhn's check stands for one, whoever issued it: 13 to 19 digits, bare or in groups with
spaces or hyphens between them.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LENGTHS: Final = range(13, 20)
#: Groups of digits with the same mark between them; a number that is part of a word is none.
_ROWS: Final = (
    re.compile(r"(?<![\w-])\d+(?:-\d+)*(?![\w-])", re.ASCII),
    re.compile(r"(?<!\w)\d+(?: \d+)+(?!\w)", re.ASCII),
)
_ALIKE: Final = {ord(mark): "-" for mark in "\u2010\u2011\u2012\u2013\u2014\u2212"}


def holds_one(text: str) -> bool:
    """Tell whether a text holds what looks like the number of a payment card."""
    plain = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return any(is_luhn_valid(number) for number in _candidates(plain))


def _candidates(text: str) -> Iterator[str]:
    """Give every run of whole groups that is as long as a card's number; expiry dates may follow it."""
    for row in (found[0] for pattern in _ROWS for found in pattern.finditer(text)):
        groups = re.split("[ -]", row)
        for first in range(len(groups)):
            number = ""
            for group in groups[first : first + max(LENGTHS)]:
                number += group
                if len(number) in LENGTHS:
                    yield number


def is_luhn_valid(digits: str) -> bool:
    """Check a number as ISO/IEC 7812 does."""
    if len(set(digits)) == 1:  # 0000 0000 0000 0000: somebody filled a form
        return False
    turned = [int(digit) for digit in reversed(digits)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in turned[1::2]]
    return (sum(turned[::2]) + sum(doubled)) % 10 == 0
