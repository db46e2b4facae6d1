"""The tablet at the station: signatures without a network, none lost, none readable."""

from flask import Flask

from campaign_app.core import web
from campaign_app.events import slots
from campaign_app.kiosk import api, api_enrol, console, console_intake, gaps, jobs, pack, rest_jobs
from campaign_app.kiosk import models as models
from campaign_app.kiosk.views import bp as pages
from campaign_app.petitions import keeping


def init_app(app: Flask) -> None:
    """Open the room."""
    pack.init_app(app)
    app.register_blueprint(api_enrol.bp)
    app.register_blueprint(api.bp)
    web.ERRORS[api.PREFIX] = api.tell_error
    keeping.AWAITED["kiosk"] = gaps.is_awaited
    jobs.register()
    app.register_blueprint(console.bp)
    app.register_blueprint(console_intake.bp)
    slots.CONSOLE["tablets"] = console.on_event_page
    slots.CONSOLE["tablet_reports"] = console_intake.on_event
    rest_jobs.register()
    app.register_blueprint(pages)
