"""Money: one honest ledger for cards, transfers and cash boxes, and the gateways behind one interface."""

from flask import Flask

from campaign_app.payments import models as models
from campaign_app.payments import taking_models as taking_models
from campaign_app.payments import ways


def init_app(app: Flask) -> None:
    """Open the room."""
    ways.init_app(app)
