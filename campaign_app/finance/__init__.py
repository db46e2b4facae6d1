"""Money as the finance role sees it: five honest numbers, refunds, disputes, proofs, exports."""

from flask import Flask

from campaign_app.events import slots
from campaign_app.finance import (
    console,
    console_disputes,
    console_gifts,
    console_proof,
    console_refunds,
    frame,
    jobs,
    on_event,
    proving_jobs,
    todo,
    views,
)
from campaign_app.finance import models as models


def init_app(app: Flask) -> None:
    """Open the room."""
    frame.init_app(app)
    app.jinja_env.globals["money_waits"] = todo.on_today
    slots.CONSOLE["money"] = on_event.on_event
    app.register_blueprint(console.console_bp)
    app.register_blueprint(console_gifts.console_bp)
    app.register_blueprint(console_proof.console_bp)
    app.register_blueprint(console_disputes.console_bp)
    app.register_blueprint(console_refunds.console_bp)
    app.register_blueprint(views.bp)
    proving_jobs.register()
    jobs.register()
