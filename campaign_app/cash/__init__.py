"""Cash: sealed boxes at stalls, counted by two, carried to the bank."""

from flask import Flask

from campaign_app.cash import models as models
from campaign_app.cash.expecting import Deposits
from campaign_app.transfers.slots import EXPECTED


def init_app(app: Flask) -> None:
    """Open the room."""
    EXPECTED["cash"] = Deposits()
