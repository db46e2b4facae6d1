"""For how long a body keeps who gave: as its rules say, counted from the gift or from the end of its year.

cut_off("pscore-kr")      gifts of before that day are nobody's any more
"""

from dataclasses import dataclass
from datetime import date

from campaign_app.core.wall_clock import today_in
from campaign_app.payments import ways
from campaign_app.payments.ways import Entity
from campaign_app.receipts import rules

#: For a body that left the settings: nobody can say by which calendar it lived.
ANY_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Term:
    """How long names are kept."""

    years: int
    #: Whether the years begin with the end of the year of the gift.
    by_year: bool

    def cut_off(self, today: date) -> date:
        """Give the first day whose gifts are still kept with their names."""
        year = today.year - self.years
        if self.by_year:
            return date(year, 1, 1)
        leap = (today.month, today.day) == (2, 29)
        return date(year, 2, 28) if leap else today.replace(year=year)


def term(entity: Entity) -> Term:
    """Tell a body's term: its own where the settings name one, else that of its rules."""
    by = rules.of(entity.receipts)
    return Term(entity.keep_years or by.keep_years, by.keep_from == "year")


def longest() -> Term:
    """Give the longest term there is, for a body of which nothing is known any more."""
    years = [one.keep_years for one in rules.shipped().values()]
    return Term(max(years), by_year=True)


def cut_off(entity_key: str) -> date:
    """Give the first day whose gifts to a body are still kept with their names."""
    entity = ways.of_the_app().entities.get(entity_key)
    if entity is None:
        return longest().cut_off(today_in(ANY_ZONE))
    return term(entity).cut_off(today_in(entity.zone))
