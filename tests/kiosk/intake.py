"""Looking at what came in: states, reasons, tallies, and the worker that opens it."""

from flask import Flask
from sqlalchemy import func, select

from campaign_app.core.db import session
from campaign_app.kiosk import opening
from campaign_app.kiosk.models import Intake
from campaign_app.petitions import recount
from campaign_app.petitions.signing_models import TallyCounter, TallyDelta
from tests.kiosk.stations import Station
from tests.kiosk.tablet import Item


def opened(app: Flask, station: Station) -> None:
    """Let the job open what came."""
    with app.app_context():
        opening.open_event(station.event_id)


def state(app: Flask, item: Item) -> str:
    """Tell how it stands with an envelope: its state, and why if it waits."""
    with app.app_context():
        session.rollback()
        row = session.get(Intake, item.id)
        if row is None:
            return "unknown"
        return f"{row.state}: {row.reason}" if row.reason else row.state


def counted(app: Flask, station: Station) -> dict[str, int]:
    """Read the tally by evidence class, and let the recount agree."""
    with app.app_context():
        session.rollback()
        assert recount.check(station.world.petition_id) == []
        found: dict[str, int] = {}
        for table in (TallyDelta, TallyCounter):
            query = select(table.evidence, func.sum(table.n))
            query = query.where(table.petition_id == station.world.petition_id)
            if table is TallyCounter:
                query = query.where(TallyCounter.grain == "total")
            for evidence, n in session.execute(query.group_by(table.evidence)):
                found[evidence] = found.get(evidence, 0) + int(n)
        return {evidence: n for evidence, n in found.items() if n}
