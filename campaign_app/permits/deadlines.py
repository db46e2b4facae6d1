"""When a permit can be asked for, and until when: computed from the start, on the place's clock.

A span in hours is time that passes; one in days is the same time on the clock, so many days before.
Where the clocks change and that time comes twice or never, the earlier moment counts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

from campaign_app.core import clock
from campaign_app.core.i18n import current_language, locale
from campaign_app.events import public_holidays
from campaign_app.events.models import Event
from campaign_app.permits.models import Permit
from campaign_app.permits.rules import Rule, Span, all_of_them

#: Saturday and Sunday, as Python counts.
WEEKEND: Final = (5, 6)
#: What is due this week stands by itself on the board.
A_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when somebody can be asked; None where nothing is fixed."""

    opens: datetime | None = None
    closes: datetime | None = None
    #: Until when in exceptional cases, if the rule knows any.
    exception: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether it is too late."""
        return self.closes is not None and self.closes < clock.now()

    @property
    def is_open(self) -> bool:
        """Tell whether it is not too early."""
        return self.opens is None or self.opens <= clock.now()


def before(event: Event, span: Span) -> datetime:
    """Find the moment that lies so long before an event starts."""
    if span.hours:
        return event.starts_at - span.passing
    there = datetime.fromisoformat(event.starts_local) - timedelta(days=span.days)
    return on_the_clock(there, event.zone)


def on_the_clock(shown: datetime, zone: str) -> datetime:
    """Find the moment of a local time; of two the earlier, and never one after a gap."""
    readings = [shown.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    return min(reading.astimezone(UTC) for reading in readings)


def of_rule(rule: Rule, event: Event) -> Window:
    """Compute the deadlines of a rule for an event."""
    return Window(
        opens=before(event, rule.earliest) if rule.earliest else None,
        closes=before(event, rule.latest) if rule.latest else None,
        exception=before(event, rule.exception) if rule.exception else None,
    )


def of(permit: Permit) -> Window:
    """Compute the deadlines of a permit; a date of its own goes before that of the rule."""
    rule = all_of_them().get(permit.rule)
    window = of_rule(rule, permit.event) if rule else Window()
    shown = own(permit)
    if shown is None:
        return window
    closes = on_the_clock(shown, permit.event.zone)
    return Window(opens=window.opens, closes=closes, exception=window.exception)


def closed_on(moment: datetime, event: Event) -> str:
    """Name the day on which no office is open at the place, if a moment falls on one."""
    there = moment.astimezone(ZoneInfo(event.zone)).date()
    holiday = public_holidays.name(event.location.country, there, current_language())
    weekend = format_date(there, "EEEE", locale=locale()) if there.weekday() in WEEKEND else ""
    return holiday or weekend


def own(permit: Permit) -> datetime | None:
    """Give the deadline that we set ourselves, as the clock at the place shows it."""
    return datetime.fromisoformat(permit.due_local) if permit.due_local else None
