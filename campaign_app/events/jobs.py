"""What happens to series by itself."""

from functools import partial

from campaign_app.core.db import session, transact
from campaign_app.events import plans, series
from campaign_app.outbox.registry import every


def register() -> None:
    """Enter this room's jobs."""
    every(name="events.series", hours=6)(write_out)


def write_out() -> None:
    """Add the dates that came within six months since the last time, series by series."""
    running = plans.running()
    session.rollback()
    for number in running:
        transact(partial(series.write_out, number))
