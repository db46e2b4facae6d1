"""What organisers look at first: today's numbers, and every tally by place, language and hour."""

from flask import Flask

from campaign_app.dashboard.console import console_bp


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console_bp)
