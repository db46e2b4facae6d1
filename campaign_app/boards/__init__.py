"""The information boards and papers that stand at a stall, and the codes on them."""

from flask import Flask

from campaign_app.boards import models  # noqa: F401


def init_app(app: Flask) -> None:
    """Open the room."""
