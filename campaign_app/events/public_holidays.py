"""Days on which a place rests: offices are shut, and passers-by are elsewhere."""

from datetime import date
from functools import lru_cache
from typing import Final

import holidays

#: Where we stand: the country, and of it the canton or state whose days count.
PARTS: Final = {"KR": None, "CH": "GE", "US": "NY"}


def name(country: str, day: date, language: str) -> str:
    """Name the public holiday of a day, in a language where the names are known; else nothing."""
    return str(_year(country, day.year, language).get(day, "")) if country in PARTS else ""


@lru_cache(maxsize=64)
def _year(country: str, year: int, language: str) -> holidays.HolidayBase:
    known = holidays.country_holidays(country).supported_languages
    spoken = next((code for code in known if code.split("_")[0] == language), None)
    spoken = spoken or next((code for code in known if code.startswith("en")), None)
    return holidays.country_holidays(country, PARTS[country], years=year, language=spoken)
