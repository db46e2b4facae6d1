"""Signatures on paper: slips and lists that are printed, collected, entered, checked, handed over."""

from flask import Flask

from campaign_app.events.slots import CONSOLE
from campaign_app.paper import models as models
from campaign_app.paper import queries, views
from campaign_app.paper.console import on_event_page
from campaign_app.paper.console_entry import BLUEPRINT
from campaign_app.petitions.keeping import AWAITED


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(views.bp)
    app.register_blueprint(BLUEPRINT)
    CONSOLE["paper"] = on_event_page
    AWAITED["paper"] = queries.awaited
