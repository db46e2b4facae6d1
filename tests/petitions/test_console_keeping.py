"""Organisers see until when names are kept, what was deleted, and how old the backup is."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.audit import services as audit
from campaign_app.core import clock, db
from campaign_app.core.i18n import day
from campaign_app.petitions import backing_up, keep_until, queries
from config import Config
from tests import given
from tests.accounts.people import signed_in
from tests.accounts.phone import set_up
from tests.given import World
from tests.petitions.test_forgetting import close, forget, promise
from tests.petitions.test_receipts import confirmed

PAGE = "/console/settings/keeping"


@pytest.fixture
def mina(app: Flask, world: World) -> FlaskClient:
    """An administrator who also organises."""
    return signed_in(app, "administrator", "organiser")


def make_backup(app: Flask, ago: timedelta) -> None:
    with app.app_context(), clock.frozen(clock.now() - ago):
        db.transact(lambda: audit.record(backing_up.MADE, "backup", rows=1))


def english(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_the_page_names_the_day_that_the_wordings_name(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    with app.app_context():
        first = keep_until.first_day(queries.get(world.petition_id))
        assert first
        with app.test_request_context():
            shown = day(first, "medium")
    assert shown in english(mina, PAGE)
    assert "until" in english(mina, f"/console/petitions/{world.petition_id}")
    promise(app, world, "the cows come home")
    assert "no day found" in english(mina, PAGE)


def test_after_the_deletion_the_proof_stands_there_and_in_public(
    app: Flask, client: FlaskClient, mina: FlaskClient, world: World
) -> None:
    confirmed(app, client, world)
    public = f"/en/petitions/{world.slug}"
    close(app, world)
    assert "The names were deleted" not in english(client, public)
    forget(app, 170)
    forget(app, 184)
    page = english(mina, PAGE)
    assert "Names that were deleted" in page
    assert "agreed before and after" in page
    assert "deleted on" in english(mina, f"/console/petitions/{world.petition_id}")
    with clock.frozen(clock.now() + timedelta(days=184, seconds=3)):
        shown = english(client, public)
        assert "The names were deleted on" in shown
        assert "The number stays." in shown
        assert "The names now go to those" not in shown
        assert "person has signed and confirmed" in shown


def test_the_first_page_says_14_days_before_that_names_go(
    app: Flask, client: FlaskClient, world: World
) -> None:
    confirmed(app, client, world)
    viewer = signed_in(app, "viewer")
    soon = clock.today() + timedelta(days=13)
    assert "will be deleted" not in english(viewer, "/console/")
    promise(app, world, f"{soon:%B} {soon.day}, {soon.year}")
    assert "the name of 1 signature will be deleted" in english(viewer, "/console/")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_backups_age_is_shown(app: Flask, mina: FlaskClient) -> None:
    assert "Newest backup</dt><dd>none" in english(mina, PAGE)
    make_backup(app, timedelta(days=3, hours=1))
    assert "3 days" in english(mina, PAGE)
    make_backup(app, timedelta(hours=2))
    assert "less than a day" in english(mina, PAGE)


class TestInProduction:
    """Where names of people are at stake."""

    @pytest.fixture
    def engine_name(self) -> str:
        """One engine is enough for a sentence."""
        return "sqlite"

    @pytest.fixture
    def config(self, database_url: str, tmp_path: Path) -> Config:
        """Settings of a real server, but for its https."""
        return Config.for_tests(
            database_url=database_url, instance_dir=tmp_path, environment="production"
        )

    @pytest.fixture
    def mina(self, app: Flask) -> FlaskClient:
        """An administrator there has a second factor."""
        client = signed_in(app, "administrator", "organiser")
        set_up(client)
        return client

    def test_a_backup_of_eight_days_troubles_the_first_page(
        self, app: Flask, mina: FlaskClient
    ) -> None:
        said = "There has been no backup for more than a week."
        assert said not in english(mina, "/console/")
        assert "There is no backup yet." in english(mina, "/console/")
        assert "There is no backup yet." in english(mina, PAGE)
        make_backup(app, timedelta(days=9))
        assert said in english(mina, "/console/")
        assert "The newest backup is 9 days old." in english(mina, PAGE)
        make_backup(app, timedelta(days=7))
        assert said not in english(mina, "/console/")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_nobody_but_an_administrator_sees_the_page(app: Flask, world: World) -> None:
    assert app.test_client().get(PAGE).status_code == 303
    for role in ("organiser", "viewer"):
        assert signed_in(app, role, name=role.title()).get(PAGE).status_code == 404


def test_a_petition_that_nobody_signed_is_shown_all_the_same(
    app: Flask, mina: FlaskClient, world: World
) -> None:
    with app.app_context():
        db.transact(lambda: given.petition("another"))
    assert english(mina, PAGE).count("/console/petitions/2") >= 1
