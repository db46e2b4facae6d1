"""The same dates as calendars and search engines read them: iCalendar feeds and JSON-LD."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
