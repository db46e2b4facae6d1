"""Who did what, when, to what: written once, never changed."""

from flask import Flask

from campaign_app.audit.console import console_bp


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console_bp)
