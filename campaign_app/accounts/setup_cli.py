"""The code that opens a new house, shown to whoever keeps its server."""

import logging
import os
from typing import Final

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from campaign_app.accounts import setup
from campaign_app.core import db
from campaign_app.core.settings import settings
from config import Config

logger: Final = logging.getLogger("lantern.setup")


@click.command("setup-code")
@click.option("--new", "anew", is_flag=True, help="Make another code; the one before is void.")
@with_appcontext
def setup_code(anew: bool) -> None:
    """Show the address at which this new house is set up."""
    if not setup.is_open():
        raise click.ClickException("This house is set up. Let people in with `flask people`.")
    db.transact(lambda: setup.prepare(anew=anew))
    click.echo(address())


def address() -> str:
    """Write the address that opens the setting up."""
    return f"{settings().public_url}/setup/{setup.code()}"


def announce(app: Flask) -> None:
    """Say at a server's start where a new house is set up; every process says the same."""
    config: Config = app.config["LANTERN"]
    if not config.is_production or os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        return
    with app.app_context():
        try:
            if setup.is_open():
                db.transact(setup.prepare)
                logger.warning("Nobody has set Lantern up yet. Open %s", address())
        except SQLAlchemyError:  # no tables yet: `flask db upgrade` comes first
            return
        finally:
            db.session.remove()
