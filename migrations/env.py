"""Runs migrations on the engine of the app that asks. Migrations themselves never import the app."""

from alembic import context
from flask import current_app

from campaign_app.core.db import Base, db, render_item

config = context.config


def run() -> None:
    """Bring the database to a revision, in one transaction per migration."""
    options = current_app.extensions["migrate"].configure_args | {"render_item": render_item}
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database to look at; run them with DATABASE_URL set.")
run()
