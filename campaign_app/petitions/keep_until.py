"""Until when names are kept: one rule, and never longer than a signer was told.

A name is deleted on the earlier of two days:

* **the petition's day**, `keep_months` after it was handed over; as long as it was not, after it
  ended. A petition that runs has none. It comes 14 days after organisers were told, not before.
* **the signer's own day**, the one that the wordings name which this signer had to agree to. It waits
  for nobody: whatever is changed later (closing time, months, wording), what was said holds.

The signer's day is read from the very words that were shown, since people may rewrite them. A
wording without a day, or with one that had passed when it was written, promises none.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import get_date_format, get_month_names

from campaign_app.petitions import queries, states, wording
from campaign_app.petitions.models import ConsentPart, Petition

#: Beside the ways in which a language writes its dates: day first, and as machines do.
_EVERYWHERE: Final = ("d MMMM y", "y-MM-dd")
_TOKEN: Final = re.compile(r"y+|M+|d+|'[^']*'|\s+|.")


def of_petition(petition: Petition) -> date | None:
    """Give the petition's day; None while it runs."""
    if petition.state not in states.ENDED or petition.closed_at is None:
        return None
    since = petition.delivered_on or petition.closed_at.date()
    return wording.keep_until(since, petition.keep_months)


def promised(part: ConsentPart) -> date | None:
    """Read the day that a wording names; the last one, if it names several."""
    if not part.required:
        return None
    written = part.created_at.date()
    return max((day for day in days_in(part.wording, part.language) if day > written), default=None)


def promises(petition: Petition) -> dict[int, date]:
    """List the wordings that signers may have agreed to, and the day each names (part → day)."""
    shown = (
        part
        for part in queries.all_parts(petition.id)
        if part.retired_at is None or part.retired_at > petition.opens_at
    )
    return {part.id: day for part in shown if (day := promised(part))}


def first_day(petition: Petition) -> date | None:
    """Give the day on which the first names go."""
    days = [*promises(petition).values(), of_petition(petition)]
    return min((day for day in days if day), default=None)


def days_in(text: str, language: str) -> list[date]:
    """Find the dates in a text, in the ways in which its language writes them."""
    found = (match for pattern in _patterns(language) for match in pattern.finditer(text))
    return sorted(set(_days(found, _months(language))))


def _days(matches: Iterator[re.Match[str]], months: dict[str, int]) -> Iterator[date]:
    for match in matches:
        month = match["month"]
        number = int(month) if month.isdecimal() else months[month.casefold()]
        try:
            yield date(int(match["year"]), number, int(match["day"]))
        except ValueError:  # the 31st of June is no day
            continue


@lru_cache(maxsize=32)
def _months(language: str) -> dict[str, int]:
    locale = language.replace("-", "_")
    return {
        name.casefold(): number
        for width in ("abbreviated", "wide")
        for number, name in get_month_names(width, locale=locale).items()
    }


@lru_cache(maxsize=32)
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    locale = language.replace("-", "_")
    own = [get_date_format(style, locale=locale).pattern for style in ("long", "medium")]
    return tuple(_pattern(written, language) for written in dict.fromkeys([*own, *_EVERYWHERE]))


def _pattern(written: str, language: str) -> re.Pattern[str]:
    parts = "".join(_part(token, language) for token in _TOKEN.findall(written))
    return re.compile(rf"(?<!\d){parts}(?!\d)", re.IGNORECASE)


def _part(token: str, language: str) -> str:
    if token[0] == "y":
        return r"(?P<year>\d{4})"
    if token[0] == "d":
        return r"(?P<day>\d{1,2})(?:er|st|nd|rd|th)?"
    if token[0] == "M":
        names = sorted(_months(language), key=len, reverse=True)
        listed = "|".join(re.escape(name) for name in names)
        return rf"(?P<month>{listed})" if len(token) > 2 else r"(?P<month>\d{1,2})"
    return r"\s*" if token.isspace() else re.escape(token.strip("'"))
