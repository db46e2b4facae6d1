"""Volunteers: who comes when, what they bring, what they have done."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
