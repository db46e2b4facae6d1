"""The information boards and papers that stand at a stall, and the codes on them."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
