"""Money as the finance role sees it: five honest numbers, refunds, disputes, proofs, exports."""

from flask import Flask

from campaign_app.finance import (
    console,
    console_disputes,
    console_gifts,
    console_refunds,
    frame,
    jobs,
    views,
)
from campaign_app.finance import models as models


def init_app(app: Flask) -> None:
    """Open the room."""
    frame.init_app(app)
    app.register_blueprint(console.console_bp)
    app.register_blueprint(console_gifts.console_bp)
    app.register_blueprint(console_disputes.console_bp)
    app.register_blueprint(console_refunds.console_bp)
    app.register_blueprint(views.bp)
    jobs.register()
