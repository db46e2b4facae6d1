"""Production refuses a database that holds the demo."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from campaign_app import create_app
from campaign_app.accounts import services as people
from campaign_app.accounts.models import Person
from campaign_app.core import db
from campaign_app.core.db import session
from campaign_app.core.demo_guard import has_demo_rows, refuse_demo_rows
from config import Config


def production(tmp_path: Path) -> Config:
    """Give settings that say production."""
    return Config.for_tests(
        database_url="sqlite:///", instance_dir=tmp_path, environment="production"
    )


def let_in(*, demo: bool) -> None:
    """Write a person, of the demo or real."""
    mina = ("Mina", f"{demo}@example.org", "x", ["viewer"])
    db.transact(lambda: people.create_person(*mina, demo=demo))


def test_a_database_with_one_demo_row_refuses_production(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        let_in(demo=False)
        let_in(demo=True)

        assert has_demo_rows()
        with pytest.raises(SystemExit, match=r"invented people.*DATABASE_URL"):
            refuse_demo_rows(production(tmp_path))


def test_real_people_may_start(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        let_in(demo=True)
        db.transact(lambda: session.execute(update(Person).values(demo=False)))

        assert not has_demo_rows()
        refuse_demo_rows(production(tmp_path))


def test_the_demo_itself_may_start(app: Flask, config: Config) -> None:
    with app.app_context():
        let_in(demo=True)

        refuse_demo_rows(config)


def test_a_database_without_tables_may_start(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        db.Base.metadata.drop_all(db.db.engine)

        assert not has_demo_rows()
        refuse_demo_rows(production(tmp_path))


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_database_that_does_not_answer_stops_the_start_with_a_sentence(
    config: Config, tmp_path: Path
) -> None:
    nowhere = replace(config, database_url=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    app = create_app(nowhere)

    with app.app_context(), pytest.raises(SystemExit, match=r"does not answer.*DATABASE_URL"):
        refuse_demo_rows(production(tmp_path))
