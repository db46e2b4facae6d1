"""The information boards and papers that stand at a stall, and the codes on them."""

from flask import Flask

from campaign_app.boards.console import console_bp


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console_bp)
