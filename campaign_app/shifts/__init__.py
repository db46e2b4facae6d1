"""Volunteers: who comes when, what they bring, what they have done."""

from flask import Flask

from campaign_app.events import slots
from campaign_app.shifts import jobs
from campaign_app.shifts.console import slot
from campaign_app.shifts.console_kit import BLUEPRINT
from campaign_app.shifts.console_people import people_bp
from campaign_app.shifts.views import bp


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(bp)
    app.register_blueprint(BLUEPRINT)
    app.register_blueprint(people_bp)
    slots.CONSOLE["shifts"] = slot
    jobs.enter()
