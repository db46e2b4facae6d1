"""The same dates as calendars and search engines read them: iCalendar feeds and JSON-LD."""

from flask import Flask

from campaign_app.calendars import feeds, links
from campaign_app.calendars.views import bp
from campaign_app.events import slots


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(bp)
    feeds.init_app(app)
    slots.HEAD["calendars"] = links.head
    slots.PAGE["calendars"] = links.of_event
    slots.PLACE["calendars"] = links.of_place
    slots.LIST["calendars"] = links.of_list
