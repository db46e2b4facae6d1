"""Pictures of our pages for chats: drawn by us, kept for ever, and never of what nobody may see."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from campaign_app.core import cards, db
from campaign_app.core.cards import Card
from tests import given
from tests.events.announced import letters_of, place, planned, told

TITLES = (
    "Nobody is forgotten while somebody asks for them by name",
    "이름을 불러 주는 사람이 있는 한, 누구도 잊히지 않습니다",
    "Semaine de l’ONU à Genève : stand sur la place des Nations",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung",
    "word " * 60,
    "",
)


def image_of(client: FlaskClient, path: str) -> str:
    """Read which picture a page names."""
    found = re.search(
        r'property="og:image" content="http://localhost([^"]+)"', client.get(path).text
    )
    assert found, path
    return found[1]


@pytest.mark.parametrize("title", TITLES)
def test_every_title_fits_on_its_card(title: str) -> None:
    picture = Image.open(BytesIO(cards.drawn(Card(title, "Seoul " * 40, "PSCORE")))).convert("RGB")
    assert picture.size == (1200, 630)
    edge = cards.MARGIN - 20
    frame = [picture.crop(box) for box in (
        (0, 0, edge, 630), (1200 - edge, 0, 1200, 630), (0, 0, 1200, 50), (0, 610, 1200, 630),
    )]  # fmt: skip
    assert all(len(strip.getcolors(1000) or ()) == 1 for strip in frame)
    assert len(cards.drawn(Card(title, "", "PSCORE"))) < 60_000


def test_korean_letters_are_drawn_and_not_boxes() -> None:
    one, other = (cards.drawn(Card(title, "", "PSCORE")) for title in ("가나다", "마바사"))
    assert one != other


def test_each_page_names_a_picture_that_may_be_kept_for_ever(
    app: Flask, client: FlaskClient
) -> None:
    world = given.world(app)
    letters = letters_of(app, lambda: told(place("yongsan")))
    for path in ("/ko/", "/fr/about", "/en/contact", f"/en/events/{letters}", "/ko/places/yongsan",
                 f"/fr/petitions/{world.slug}"):  # fmt: skip
        answer = client.get(image_of(client, path))
        assert (answer.status_code, answer.mimetype) == (200, "image/png"), path
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.data.startswith(b"\x89PNG")


def test_an_older_picture_leads_to_the_one_of_now(app: Flask, client: FlaskClient) -> None:
    letters = letters_of(app, lambda: told(place("yongsan")))
    image = image_of(client, f"/en/events/{letters}")
    older = re.sub(r"card-\w+", "card-000000000000", image)
    answer = client.get(older)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(image)


def test_there_is_no_picture_of_a_draft(app: Flask, client: FlaskClient) -> None:
    letters = letters_of(app, lambda: planned(place("hidden-place")))
    for path in (f"/en/events/{letters}/card-x.png", "/en/places/hidden-place/card-x.png"):
        assert client.get(path).status_code == 404
    with app.app_context():
        db.session.rollback()
    assert client.get("/en/petitions/nowhere/card-x.png").status_code == 404
