"""People of ours: who they are, what they may do, and how they sign in."""

from flask import Flask

from campaign_app.accounts import (
    cli,
    console,
    console_own,
    gate,
    jobs,
    organisation_console,
    security,
    setup_cli,
    setup_views,
    views,
)
from campaign_app.accounts.console_own import CODE_PICTURE
from config import Config

__all__ = ["CODE_PICTURE", "init_app"]


def init_app(app: Flask) -> None:
    """Open the room."""
    config: Config = app.config["LANTERN"]
    security.init_app(app, config)
    gate.init_app(app)
    app.register_blueprint(console.console_bp)
    app.register_blueprint(console_own.own_bp)
    app.register_blueprint(views.link_bp)
    app.register_blueprint(views.door_bp)
    app.cli.add_command(cli.people)
    jobs.register()
    app.register_blueprint(organisation_console.bp)
    app.register_blueprint(setup_views.bp)
    app.cli.add_command(setup_cli.setup_code)
    setup_cli.announce(app)
