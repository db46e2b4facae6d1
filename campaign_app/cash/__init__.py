"""Cash: sealed boxes at stalls, counted by two, carried to the bank."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
