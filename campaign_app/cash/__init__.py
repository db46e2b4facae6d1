"""Cash: sealed boxes at stalls, counted by two, carried to the bank."""

from flask import Flask

from campaign_app.cash import models as models
from campaign_app.cash import views
from campaign_app.cash.console import console_bp, on_event_page
from campaign_app.cash.console_money import money_bp
from campaign_app.cash.expecting import Deposits
from campaign_app.events.slots import CONSOLE
from campaign_app.transfers.slots import EXPECTED


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(views.bp)
    app.register_blueprint(console_bp)
    app.register_blueprint(money_bp)
    CONSOLE["cash"] = on_event_page
    EXPECTED["cash"] = Deposits()
