"""From which amount on two people look, and who outside may be the second, stands in PAYMENTS_FILE."""

from pathlib import Path

import pytest

from campaign_app.core.money import Money
from campaign_app.payments import ways
from campaign_app.payments.ways import Entity
from config import Config, SettingsError

ENTITY = """
[entities.friends-fr]
names = { en = "Friends" }
country = "FR"
zone = "Europe/Paris"
receipts = "plain"
"""
TWO = """
[entities.friends-fr.four_eyes_from]
EUR = "50"
KRW = "30000"

[[entities.friends-fr.outsiders]]
name = "The treasurer"
mail = "treasurer@example.org"
language = "fr"
"""


def read(tmp_path: Path, text: str) -> Entity:
    path = tmp_path / "payments.toml"
    path.write_text(text)
    config = Config.for_tests(
        database_url="sqlite://", instance_dir=tmp_path, payments="off", payments_file=path
    )
    return ways.read(config).entities["friends-fr"]


def test_an_entity_says_its_own_thresholds_in_whole_units(tmp_path: Path) -> None:
    entity = read(tmp_path, ENTITY + TWO)
    assert entity.four_eyes_from == {"EUR": Money(5000, "EUR"), "KRW": Money(30000, "KRW")}


def test_who_outside_may_look_is_the_administrators_word(tmp_path: Path) -> None:
    [one] = read(tmp_path, ENTITY + TWO).outsiders
    assert (one.name, one.mail, one.language) == ("The treasurer", "treasurer@example.org", "fr")


def test_without_a_word_there_is_nobody_outside(tmp_path: Path) -> None:
    entity = read(tmp_path, ENTITY)
    assert (entity.four_eyes_from, entity.outsiders) == ({}, ())


@pytest.mark.parametrize(
    "wrong",
    [
        '[entities.friends-fr.four_eyes_from]\nXYZ = "5"',
        '[entities.friends-fr.four_eyes_from]\nKRW = "5.5"',
        '[entities.friends-fr.four_eyes_from]\nEUR = "much"',
        '[[entities.friends-fr.outsiders]]\nname = "x"',
        '[[entities.friends-fr.outsiders]]\nname = "x"\nmail = "nowhere"',
    ],
)
def test_a_mistake_stops_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError):
        read(tmp_path, f"{ENTITY}\n{wrong}\n")
