"""Money: one honest ledger for cards, transfers and cash boxes, and the gateways behind one interface."""

from flask import Flask

from campaign_app.payments import jobs, opening, views
from campaign_app.payments import models as models
from campaign_app.payments import proof_models as proof_models
from campaign_app.payments import taking_models as taking_models


def init_app(app: Flask) -> None:
    """Open the room."""
    opening.init_app(app)
    app.register_blueprint(views.bp)
    jobs.register()
