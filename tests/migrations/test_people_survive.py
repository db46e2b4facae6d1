"""Whoever signed in before invitations and second factors came signs in after them, too."""

import json
from datetime import UTC, datetime, timedelta

import flask_migrate
from flask import Flask
from sqlalchemy import Row, text

from campaign_app.accounts import queries
from campaign_app.accounts.models import Person, WebSession
from campaign_app.core.db import db, session

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def before(app: Flask) -> None:
    """Go back to before, and let Mina be there, signed in, with a role."""
    flask_migrate.downgrade(revision="0001")
    values = {
        "now": NOW,
        "later": NOW + timedelta(hours=2),
        "hash": b"\1" * 32,
        "data": json.dumps({"_user_id": "abc"}),
        "no": False,
    }
    with db.engine.begin() as connection:
        for statement in (
            "INSERT INTO person (id, name, email, password, active, fs_uniquifier, created_at, demo)"
            " VALUES (7, 'Mina', 'mina@example.org', '$argon2id$', true, 'abc', :now, :no)",
            "INSERT INTO role (id, name, demo) VALUES (3, 'organiser', :no)",
            "INSERT INTO person_role (person_id, role_id, demo) VALUES (7, 3, :no)",
            "INSERT INTO web_session"
            " (token_hash, person_id, data, created_at, expires_at, agent, demo)"
            " VALUES (:hash, 7, :data,"
            " :now, :later, 'Firefox', :no)",
        ):
            connection.execute(text(statement), values)


def rows() -> list[Row[tuple[object, ...]]]:
    """Read what hangs on Mina."""
    with db.engine.connect() as connection:
        return [
            *connection.execute(text("SELECT id, email, password FROM person")),
            *connection.execute(text("SELECT person_id, role_id FROM person_role")),
            *connection.execute(text("SELECT person_id, agent FROM web_session")),
        ]


def test_people_and_their_sessions_stay_on_the_way_up_and_down(app: Flask) -> None:
    with app.app_context():
        before(app)
        there = rows()
        assert len(there) == 3
        flask_migrate.upgrade()
        assert rows() == there
        mina = session.get_one(Person, 7)
        assert (mina.came, mina.has_second_factor, mina.mf_recovery_codes) == (True, False, [])
        assert (mina.language, mina.totp_tries) == ("", 0)
        assert queries.person_of("mina@example.org") is mina
        assert session.query(WebSession).one().used_at is None
        session.rollback()
        session.remove()
        flask_migrate.downgrade(revision="0001")
        assert rows() == there
        flask_migrate.upgrade()
