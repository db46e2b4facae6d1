"""What authorities and owners must agree to before a stall stands, by when, and how it stands."""

from flask import Flask

from campaign_app.events.slots import CONSOLE
from campaign_app.permits import jobs
from campaign_app.permits.console import console_bp, on_event


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console_bp)
    CONSOLE["permits"] = on_event
    jobs.register()
