"""The visitor's language, by script and honestly: what is refused is not offered."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign_app.core.i18n import countries, direction, negotiate, number, script_of

OFFERED = ("ko", "en", "fr", "zh-Hans", "zh-Hant")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ([("ko-KR", 1.0)], "ko"),
        ([("fr-CH", 1.0), ("en", 0.5)], "fr"),
        ([("zh-TW", 1.0)], "zh-Hant"),
        ([("zh-HK", 1.0)], "zh-Hant"),
        ([("zh-Hant-MO", 1.0)], "zh-Hant"),
        ([("zh-CN", 1.0)], "zh-Hans"),
        ([("zh-SG", 1.0)], "zh-Hans"),
        ([("zh", 1.0)], "zh-Hans"),
        ([("ja", 1.0), ("*", 0.5)], None),
        ([("ja", 1.0), ("en-AU", 0.2)], "en"),
        ([("en", 0.0), ("ko", 0.1)], "ko"),
        ([("en", 0.0)], None),
        ([("x-nonsense", 1.0)], None),
        ([], None),
    ],
)
def test_a_language_is_negotiated(asked: list[tuple[str, float]], given: str | None) -> None:
    assert negotiate(asked, OFFERED) == given


def test_scripts_are_maximised() -> None:
    assert script_of("zh-TW") == ("zh", "Hant")
    assert script_of("sr-Latn-RS") == ("sr", "Latn")


def test_digits_stay_latin_and_arabic_runs_the_other_way(app: Flask) -> None:
    assert number(1234567, "fr") == "1\u202f234\u202f567"
    assert number(1234, "ko") == "1,234"
    assert direction("ar") == "rtl"
    assert direction("ko") == "ltr"


def test_only_offered_languages_are_addresses(client: FlaskClient) -> None:
    assert client.get("/ko/").status_code == 200
    assert client.get("/de/").status_code == 404
    assert client.get("/xx-Yyyy/").status_code == 404


def test_the_front_page_follows_the_browser(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "fr"})
    assert page.headers["Content-Language"] == "fr"
    assert 'lang="fr"' in page.text


def test_countries_are_sorted_as_people_read_them() -> None:
    french = [name for _code, name in countries("fr")]
    assert french.index("Égypte") < french.index("Équateur") < french.index("Espagne")
    assert french.index("Espagne") < french.index("Finlande")
    korean = [name for _code, name in countries("ko")]
    assert korean.index("대한민국") < korean.index("스위스") < korean.index("프랑스")
