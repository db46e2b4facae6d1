"""The schema that migrations build is the schema that the models mean."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, select, text

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


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_whoever_comes_after_a_migration_has_foreign_keys_again(app: Flask) -> None:
    with app.app_context():
        for change in (flask_migrate.upgrade, flask_migrate.downgrade, flask_migrate.upgrade):
            change()
            with db.engine.connect() as connection:
                assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_new_database_knows_the_well_known_providers(app: Flask) -> None:
    with app.app_context():
        rules = {
            mailboxes.Rule(row.domain, row.strip_dots, row.cut_at, row.same_as)
            for row in session.scalars(select(MailboxRule))
        }
    assert rules == set(mailboxes.WELL_KNOWN)
