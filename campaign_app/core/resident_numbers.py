"""Korean resident registration numbers (주민등록번호): the law forbids keeping them, so no field of ours takes one.

Six digits of a birthday, seven more of which the first tells century and sex: "901010-1234567". Numbers given
out since October 2020 have no check digit, so the shape alone decides.
"""

import re
import unicodedata
from typing import Final

_NUMBER: Final = re.compile(
    # Part of a word of ours or of a longer number is none; a Korean word may stand before it.
    r"(?<![0-9A-Za-z_])(?<![0-9]-)"
    r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"\s?[-.·~/]?\s?[1-8][0-9]{6}"
    r"(?![0-9A-Za-z_]|-[0-9])"
)
_ALIKE: Final = {ord(mark): "-" for mark in "\u2010\u2011\u2012\u2013\u2014\u2212\u30fc\uffe3"}


def holds_one(text: str) -> bool:
    """Tell whether a text holds what looks like a resident registration number."""
    plain = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return _NUMBER.search(plain) is not None
