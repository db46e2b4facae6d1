"""A city has one address, whatever the language of the page."""

import pytest
from flask import Flask

from campaign_app.core.db import transact
from campaign_app.events import cities, queries
from tests import given


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        ({"ko": "서울", "en": "Seoul"}, "seoul"),
        ({"fr": "Genève"}, "geneve"),
        ({"en": "New York", "fr": "New York"}, "new-york"),
        ({"ko": "부산 광역시"}, "부산-광역시"),
        ({}, ""),
    ],
)
def test_a_city_is_written_in_plain_letters_where_it_can_be(
    names: dict[str, str], slug: str
) -> None:
    assert cities.slug(names) == slug


def test_the_places_of_a_city_are_found_by_its_address(app: Flask) -> None:
    with app.app_context():
        transact(lambda: [given.location("yonsei"), given.location("hongdae")])
        transact(lambda: given.location("nations", cities={"fr": "Genève"}))
        assert {place.slug for place in queries.places_in("seoul")} == {"yonsei", "hongdae"}
        assert [place.slug for place in queries.places_in("geneve")] == ["nations"]
        assert queries.places_in("nowhere") == []


def test_a_place_is_found_by_its_address(app: Flask) -> None:
    with app.app_context():
        transact(lambda: given.location("yonsei"))
        found = queries.place_at("yonsei")
        assert found is not None
        assert found.slug == "yonsei"
        assert queries.place_at("nowhere") is None
