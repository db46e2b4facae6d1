"""Bank transfers: what the bank's list says came, and which gift it was."""

from flask import Flask

from campaign_app.transfers import models as models


def init_app(app: Flask) -> None:
    """Open the room."""
