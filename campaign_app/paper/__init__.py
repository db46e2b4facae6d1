"""Signatures on paper: slips and lists that are printed, collected, entered, checked, handed over."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
