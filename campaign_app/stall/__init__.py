"""The day at the stall: the lead's page, what came of it, and the kit that is printed for it."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
