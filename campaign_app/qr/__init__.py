"""Codes printed on boards, what they stand for, and how often they are opened."""

from flask import Flask

from campaign_app.accounts import CODE_PICTURE
from campaign_app.qr import drawing, pointing
from campaign_app.qr.console import console_bp
from campaign_app.qr.sheets import sheets_bp
from campaign_app.qr.target import TARGET, Pointed, Target
from campaign_app.qr.views import bp

__all__ = ["TARGET", "Pointed", "Target", "init_app"]


def init_app(app: Flask) -> None:
    """Open the room."""
    pointing.init_app(app)
    app.extensions[CODE_PICTURE] = drawing.svg
    app.register_blueprint(bp)
    app.register_blueprint(console_bp)
    app.register_blueprint(sheets_bp)
