"""Campaigns, and where and when they are on the street: locations and dated events."""

from flask import Flask

from campaign_app.events import jobs, views
from campaign_app.events.console import console_bp


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console_bp)
    app.register_blueprint(views.bp)
    jobs.register()
