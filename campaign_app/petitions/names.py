"""A person's name: any script, shown as typed; refused is only what is no name."""

import re
import unicodedata
from typing import Final

from campaign_app.core.forms import unwanted_in
from campaign_app.core.i18n import _l

LONGEST: Final = 200
#: A spreadsheet would run a cell that begins so.
FORMULA: Final = ("=", "+", "-", "@")
ADDRESS: Final = re.compile(
    r"https?:|www\.|://|\b[\w-]+\.(com|net|org|info|ru|cn|xyz|top|io)\b", re.I
)
#: Unicode's categories of what cannot be seen.
INVISIBLE: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
BIDI: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def cleaned(name: str) -> str:
    """Compose letters and drop white space around and doubled within."""
    return " ".join(unicodedata.normalize("NFC", name).split(" ")).strip()


def refusal(name: str) -> str | None:
    """Say why this cannot be signed with, or None."""
    if not name:
        return _l("Enter your name.")
    if len(name) > LONGEST:
        return _l("Your name is longer than 200 characters. Please shorten it.")
    categories = {unicodedata.category(letter) for letter in name}
    if not (INVISIBLE.isdisjoint(categories) and BIDI.isdisjoint(name)):
        return _l("Your name contains an invisible character. Please type it again by hand.")
    if name.startswith(FORMULA):
        return _l("A name cannot begin with = + - or @. Please enter your name.")
    if ADDRESS.search(name):
        return _l("This looks like a web address. Please enter your name.")
    if unwanted := unwanted_in(name):
        return unwanted
    if not any(category.startswith("L") for category in categories):
        return _l("Enter your name in letters.")
    return None
