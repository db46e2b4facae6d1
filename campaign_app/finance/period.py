"""The time that a page about money looks at: from a day to a day, this month where nobody said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from campaign_app.core.i18n import day
from campaign_app.payments.flows import Span
from campaign_app.payments.ways import of_the_app

FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Period(Span):
    """A span, as pages name it and lead to the one before and after."""

    @property
    def title(self) -> str:
        """Name both ends."""
        return f"{day(self.first, 'medium')} – {day(self.last, 'medium')}"

    @property
    def said(self) -> dict[str, str]:
        """Write it as addresses have it."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @property
    def before(self) -> "Period":
        """Give the month before the one it begins in."""
        return month_of(self.first.replace(day=1) - timedelta(days=1))

    @property
    def after(self) -> "Period":
        """Give the month after the one it ends in."""
        return month_of(_end_of_month(self.last) + timedelta(days=1))

    @property
    def year(self) -> "Period":
        """Give the whole year it ends in."""
        return Period(date(self.last.year, 1, 1), date(self.last.year, 12, 31))


def month_of(any_day: date) -> Period:
    """Give the month that a day lies in."""
    return Period(any_day.replace(day=1), _end_of_month(any_day))


def _end_of_month(any_day: date) -> date:
    return (any_day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def asked(said: Mapping[str, Any]) -> Period:
    """Read both ends; what makes no sense counts as not said."""
    this = month_of(of_the_app().newest_day())
    first, last = _day(said.get("from")), _day(said.get("to"))
    if first is None and last is None:
        return this
    one_end = first or last or this.first
    ends = (first or min(one_end, this.first), last or max(one_end, this.last))
    return Period(min(ends), max(ends))


def _day(text: Any) -> date | None:
    try:
        found = date.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None
