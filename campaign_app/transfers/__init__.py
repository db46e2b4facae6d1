"""Bank transfers: what the bank's list says came, and which gift it was."""

from flask import Flask

from campaign_app.transfers import console, console_demo, console_row, jobs
from campaign_app.transfers import models as models

#: Pages that stand in the blueprint of the first.
PAGES = (console, console_demo, console_row)


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console.console_bp)
    jobs.register()
