"""Finding a gift's four letters in what a bank tells: whole, misread by a letter, cut short, or glued on.

Donors type on a phone, banks print capitals and cut names to seven letters, and people write "후원 K7QX".
Pure: asks no database.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final, Self

from campaign_app.core.ids import READABLE
from campaign_app.payments.bank_csv import REFERENCE

_WORD: Final = re.compile(r"[0-9a-z]+")
#: How much of a cut reference must be left.
_LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Written:
    """The Latin words and numbers of what a bank tells; Korean letters beside them part them."""

    words: tuple[str, ...] = field(repr=False)
    #: The words with which a field ends, so that they may have been cut.
    ends: tuple[str, ...] = field(repr=False)

    @classmethod
    def in_(cls, *texts: str) -> Self:
        """Read texts: in small letters of one width."""
        found = [(text, _WORD.findall(text)) for text in map(plain, texts)]
        words = [word for _text, of_text in found for word in of_text]
        ends = [of_text[-1] for text, of_text in found if of_text and text.endswith(of_text[-1])]
        return cls(tuple(words), tuple(ends))

    @property
    def whole(self) -> set[str]:
        """List the words that may be a reference."""
        return {word for word in self.words if len(word) == REFERENCE and word.isascii()}

    def has(self, reference: str) -> bool:
        """Tell whether the letters stand there as a word."""
        return reference in self.words

    def nearly_has(self, reference: str) -> bool:
        """Tell whether they stand there with one misread, glued to a Latin name, or cut at the end."""
        if reference[:_LEAST] in self.ends:
            return True
        return any(_misread(word, reference) or _glued(word, reference) for word in self.words)


def plain(text: str) -> str:
    """Write what a bank tells in small letters of one width."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def _misread(word: str, reference: str) -> bool:
    """A letter that no reference has, as o or 0, was read for one that looks like it."""
    if len(word) != REFERENCE:
        return False
    wrong = [letter for letter, meant in zip(word, reference, strict=True) if letter != meant]
    return len(wrong) == 1 and wrong[0] not in READABLE


def _glued(word: str, reference: str) -> bool:
    return len(word) > REFERENCE and (word.startswith(reference) or word.endswith(reference))
