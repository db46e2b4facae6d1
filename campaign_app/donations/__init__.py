"""Gifts: the page to give on, at a stall or from anywhere, and the thanks with its receipt."""

from flask import Flask

from campaign_app.donations import jobs
from campaign_app.donations import models as models


def init_app(app: Flask) -> None:
    """Open the room."""
    jobs.register()
