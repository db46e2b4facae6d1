"""Receipts by the rules of whoever takes the money: numbered without gaps, never changed."""

from flask import Flask

from campaign_app.receipts import console, jobs, keeping, registrations, views
from campaign_app.receipts import models as models


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(views.bp)
    app.register_blueprint(console.console_bp)
    app.jinja_env.globals["registration_of"] = registrations.in_force
    app.jinja_env.globals["kept_for"] = keeping.term
    jobs.register()
