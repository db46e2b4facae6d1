"""Volunteers: who comes when, what they bring, what they have done."""

from flask import Flask

from campaign_app.shifts import models as models


def init_app(app: Flask) -> None:
    """Open the room."""
