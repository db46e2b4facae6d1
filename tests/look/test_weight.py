"""On a slow network at a station every byte is waiting time."""

import tomllib
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import db
from campaign_app.petitions import services
from campaign_app.petitions.models import Petition
from campaign_app.petitions.services import Draft
from tests import given
from tests.given import World
from tests.look.stylesheets import ROOT
from tests.look.weight import weigh

DEMO = ROOT / "campaign_app" / "demo_content" / "petitions" / "no-forced-repatriation"


@pytest.fixture
def world(app: Flask) -> World:
    """Open a petition with texts as long as real ones."""
    world = given.world(app)
    with app.app_context():
        for language in given.LANGUAGES:
            db.transact(partial(_write, world, language))
    return world


def _write(world: World, language: str) -> None:
    petition = db.session.get_one(Petition, world.petition_id)
    text = services.write(petition, _draft(language), world.author_id)
    services.send_to_review(text)
    services.approve(text, world.reviewer_id, others=True)


def _draft(language: str) -> Draft:
    _, facts, body = (DEMO / f"{language}.md").read_text("utf-8").split("+++\n", 2)
    words = tomllib.loads(facts)
    return Draft(
        language=language,
        title=words["title"],
        summary=words["summary"],
        ask=words["ask"],
        addressee=words["addressee"],
        body=body,
        based_on=1,
    )


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("language", given.LANGUAGES)
def test_a_scan_loads_in_one_flight(
    client: FlaskClient, world: World, language: str, encoding: str
) -> None:
    for path in (f"/q/{world.code}?lang={language}", f"/{language}/petitions/{world.slug}"):
        weight = weigh(client, path, encoding=encoding, language=language)
        assert weight.page <= 13 * 1024
        assert weight.total <= 20 * 1024
        assert weight.requests <= 3


@pytest.mark.parametrize("language", given.LANGUAGES)
def test_every_other_public_page_is_lighter_still(
    client: FlaskClient, world: World, language: str
) -> None:
    for path in (f"/{language}/", f"/{language}/receipt", f"/{language}/receipt/again"):
        weight = weigh(client, path, language=language)
        assert weight.page <= 8 * 1024
        assert weight.requests <= 2
