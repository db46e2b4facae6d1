"""Receipts by the rules of whoever takes the money: numbered without gaps, never changed."""

from flask import Flask

from campaign_app.receipts import models as models


def init_app(app: Flask) -> None:
    """Open the room."""
