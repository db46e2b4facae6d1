"""Keys of before are still there after an upgrade, and petitions that run do not stop."""

import flask_migrate
from flask import Flask
from sqlalchemy import text

from campaign_app.core.db import db, session
from campaign_app.core.seal import PrivateKey
from campaign_app.petitions import desk, queries

ADD = """
    INSERT INTO organiser_key (key_id, public_key, label, created_at, retired_at)
    VALUES (:key_id, :public_key, :label, '2026-01-02 03:04:05', :retired_at)
"""


def add_as_before(label: str, retired_at: str | None = None) -> PrivateKey:
    """Write a key as the first version kept it."""
    made = PrivateKey.generate()
    row = {
        "key_id": made.public.key_id,
        "public_key": made.public.to_text(),
        "label": label,
        "retired_at": retired_at,
    }
    with db.engine.begin() as connection:
        connection.execute(text(ADD), row)
    return made


def test_keys_of_before_count_as_proven_when_they_were_made(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="0002")
        mina, nari = add_as_before("Mina, laptop"), add_as_before("Nari")
        add_as_before("Gone", "2026-02-03 04:05:06")
        flask_migrate.upgrade()
        session.rollback()
        assert set(desk.public_keys()) == {mina.public, nari.public}
        assert queries.keys_in_use() == 2
        first, second, gone = queries.organiser_keys()
        assert (first.label, first.place, first.recovery) == ("Mina, laptop", "", False)
        assert first.proven_at == first.created_at
        assert (second.holder, gone.retired_at is not None) == ("Nari", True)


def test_going_back_keeps_who_and_where(app: Flask) -> None:
    with app.app_context():
        flask_migrate.downgrade(revision="0002")
        add_as_before("Mina")
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE organiser_key SET place = 'Seoul office'"))
        flask_migrate.downgrade(revision="0002")
        with db.engine.connect() as connection:
            labels = connection.execute(text("SELECT label FROM organiser_key")).scalars().all()
        assert labels == ["Mina, Seoul office"]
        flask_migrate.upgrade()
