"""Gifts: the page to give on, at a stall or from anywhere, and the thanks with its receipt."""

from flask import Flask

from campaign_app.donations import board, jobs, menu, patience, tents_console, views
from campaign_app.donations import models as models
from campaign_app.donations.back import SUBJECT, back
from campaign_app.events.slots import CONSOLE
from campaign_app.payments.opening import PAGES
from campaign_app.qr.target import TARGET


def init_app(app: Flask) -> None:
    """Open the room."""
    patience.init_app(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(tents_console.tents_bp)
    CONSOLE["tents"] = tents_console.on_event_page
    TARGET[board.KIND] = board.TARGET
    PAGES[SUBJECT] = back
    app.jinja_env.globals["can_give"] = menu.currencies
    jobs.register()
