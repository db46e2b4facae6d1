"""The day at the stall: the lead's page, what came of it, and the kit that is printed for it."""

from flask import Flask
from markupsafe import Markup

from campaign_app.core import web
from campaign_app.donations.offer import after_signing
from campaign_app.events.models import Event
from campaign_app.events.slots import CONSOLE, PAGE
from campaign_app.petitions.slots import AFTER_SIGNING
from campaign_app.stall import jobs, leads, outcome, views
from campaign_app.stall import lead_after as lead_after
from campaign_app.stall import lead_crew as lead_crew
from campaign_app.stall import lead_money as lead_money
from campaign_app.stall import lead_tablets as lead_tablets
from campaign_app.stall.console import console_bp
from campaign_app.stall.console_results import on_event_page as to_results
from campaign_app.stall.console_results import results_bp
from campaign_app.stall.printing_console import on_event_page, printing_bp


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console_bp)
    app.register_blueprint(views.lead_bp)
    app.register_blueprint(printing_bp)
    app.register_blueprint(results_bp)
    outcome.init_app(app)
    jobs.register()
    AFTER_SIGNING["give"] = after_signing
    CONSOLE["lead"] = _lead_of
    CONSOLE["results"] = to_results
    _say_results_first()
    CONSOLE["printing"] = on_event_page


def _say_results_first() -> None:
    """Say what came of an event before what concerns those who still plan to come."""
    others = {name: fill for name, fill in PAGE.items() if name != "results"}
    PAGE.clear()
    PAGE.update({"results": outcome.in_public, **others})


def _lead_of(event: Event) -> Markup:
    link = leads.current(event.id)
    return web.fragment("stall/console/lead_line.html", event=event, lead=link)
