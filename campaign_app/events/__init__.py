"""Campaigns, and where and when they are on the street: locations and dated events."""

from flask import Flask

from campaign_app.events import console_about, console_plan, jobs, slots, views


def init_app(app: Flask) -> None:
    """Open the room."""
    app.register_blueprint(console_plan.console_bp)  # with the pages on which it builds
    app.register_blueprint(views.bp)
    app.register_blueprint(console_about.about_bp)
    slots.PAGE["line-up"] = console_about.on_page
    slots.CONSOLE["about"] = console_about.on_event
    jobs.register()
