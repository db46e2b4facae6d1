"""Petitions: what we ask, who signed, and how many they are."""

from flask import Flask

from campaign_app.core import i18n, web
from campaign_app.events.slots import CONSOLE, PAGE
from campaign_app.petitions import (
    backup_cli,
    board,
    cli,
    console,
    console_keys,
    console_settings,
    console_stall,
    console_start_empty,
    jobs,
    offers,
    pages,
    stall_pages,
    tally_export,
)
from campaign_app.petitions.desk import Desks
from campaign_app.qr.target import TARGET


def init_app(app: Flask) -> None:
    """Open the room."""
    app.extensions[pages.DESKS] = Desks()
    app.extensions[pages.PAGES] = pages.Pages()
    app.extensions[web.OFFERS] = lambda: offers.offered(i18n.current_language())
    app.register_blueprint(stall_pages.bp)  # with the pages on which it builds
    app.register_blueprint(console.bp)
    app.register_blueprint(console_settings.bp)
    app.register_blueprint(tally_export.bp)
    app.register_blueprint(console_start_empty.bp)
    app.jinja_env.globals["key_warnings"] = console_keys.warnings
    app.cli.add_command(cli.tally_group)
    app.cli.add_command(cli.petitions_group)
    for command in (backup_cli.backup_key, backup_cli.backup, backup_cli.restore):
        app.cli.add_command(command)
    board.init_app(app)
    TARGET["petition"] = board.TARGET
    PAGE["petitions"] = offers.at_event
    CONSOLE["stall_code"] = console_stall.on_event_page
    jobs.register()
