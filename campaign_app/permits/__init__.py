"""What authorities and owners must agree to before a stall stands, by when, and how it stands."""

from flask import Flask

from campaign_app.permits import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Open the room."""
