"""The calendar of a body that takes money: its years and periods begin at midnight where it sits."""

from datetime import date
from zoneinfo import ZoneInfo

from campaign_app.core import clock


def today(zone: str) -> date:
    """Tell the date on the clocks of a zone."""
    return clock.now().astimezone(ZoneInfo(zone)).date()
