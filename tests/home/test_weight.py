"""Every page that tells of us arrives in one flight, with nothing of anybody else."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core import clock, db
from campaign_app.demo import pages
from tests import given
from tests.events.announced import letters_of, place, told
from tests.look.weight import weigh

FIRST_FLIGHT = 14 * 1024


@pytest.fixture
def engine_name() -> str:
    """Bytes are the same whatever keeps the data."""
    return "sqlite"


@pytest.fixture
def paths(app: Flask) -> Iterator[list[str]]:
    """Build a month as full as ours are, with the demo's own words."""
    world = given.world(app)

    def build() -> None:
        pages.write_pages(pages.Writers(world.author_id, world.reviewer_id))
        for number in range(20):
            told(where, f"2026-12-{number + 2:02}T14:00")

    with clock.frozen(clock.now().replace(year=2026, month=12, day=1)):
        with app.app_context():
            where = db.transact(lambda: place("yongsan"))
            db.transact(build)
        letters = letters_of(app, lambda: told(where))
        yield ["", "about", "contact", "events/", f"events/{letters}", "places/yongsan"]


@pytest.mark.parametrize("language", given.LANGUAGES)
def test_every_page_that_tells_of_us_is_light(
    client: FlaskClient, paths: list[str], language: str
) -> None:
    for path in paths:
        weight = weigh(client, f"/{language}/{path}", language=language)
        assert weight.page <= FIRST_FLIGHT, path
        assert weight.requests <= 3, path
        assert weight.total <= 20 * 1024, path


def test_none_of_them_leaves_a_cookie_or_is_kept_unasked(
    client: FlaskClient, paths: list[str]
) -> None:
    for path in paths:
        answer = client.get(f"/en/{path}")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-cache"
