"""The schema that migrations build is the schema that the models mean."""

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, select

from campaign_app.core.db import Base, db, session
from campaign_app.petitions import mailboxes
from campaign_app.petitions.models import MailboxRule


def test_migrations_build_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_everything_can_be_undone_and_done_again(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        flask_migrate.upgrade()
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_a_new_database_knows_the_well_known_providers(app: Flask) -> None:
    with app.app_context():
        rules = {
            mailboxes.Rule(row.domain, row.strip_dots, row.cut_at, row.same_as)
            for row in session.scalars(select(MailboxRule))
        }
    assert rules == set(mailboxes.WELL_KNOWN)
