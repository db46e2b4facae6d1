"""Bank transfers: what the bank's list says came, and which gift it was."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
