"""Lantern: petitions signed on the street, counted exactly, readable by nobody but those who asked.

`FEATURES` is the map of the house: each room stands on the ones before it and may only look down.
"""

from typing import Final

from flask import Flask

from campaign_app import (
    accounts,
    audit,
    boards,
    calendars,
    cash,
    dashboard,
    donations,
    events,
    finance,
    home,
    kiosk,
    outbox,
    paper,
    payments,
    permits,
    petitions,
    qr,
    receipts,
    shifts,
    stall,
    transfers,
)
from campaign_app.core import db, file_pages, i18n, settings, static_files, web
from campaign_app.core.demo_guard import refuse_demo_rows
from campaign_app.core.forms import csrf
from config import Config

#: The rooms in floor order, lowest first.
FEATURES: Final = (
    audit, outbox, accounts, events, payments, permits, shifts, calendars, receipts,
    qr, petitions, boards, donations, kiosk, paper, cash, transfers, stall, finance, dashboard, home,
)  # fmt: skip


def create_app(config: Config | None = None) -> Flask:
    """Build the application from its settings."""
    config = config or Config.from_env()
    app = Flask(__name__, template_folder="../templates", static_folder="../static")
    app.config.from_mapping(
        LANTERN=config,
        SECRET_KEY=config.secret_key,
        PUBLIC_URL=config.public_url,
        TESTING=config.environment == "test",
    )
    db.init_app(app, database_url=config.database_url)
    with app.app_context():
        refuse_demo_rows(config)
    settings.init_app(app)
    i18n.init_app(app, config.languages)
    web.init_app(app, trusted_proxies=config.trusted_proxies, https=config.secure_cookies)
    static_files.init_app(app)
    csrf.init_app(app)
    file_pages.init_app(app)
    for room in FEATURES:
        room.init_app(app)
    return app
