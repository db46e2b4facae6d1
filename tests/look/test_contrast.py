"""Every text can be read on what it stands on, in light and in dark."""

from typing import Final

import pytest

from tests.look.stylesheets import PAGES, colours, contrast

BODY, TEXT, SHAPE = 7.0, 4.5, 3.0

#: What is written or drawn, on what, and how clearly.
PAIRS: Final = (
    ("ink", "paper", BODY),
    ("ink", "card", BODY),
    ("on-lantern", "lantern", BODY),
    ("link", "paper", BODY),
    ("link", "card", BODY),
    ("good", "paper", TEXT),
    ("good", "card", TEXT),
    ("warn", "paper", TEXT),
    ("warn", "card", TEXT),
    ("bad", "paper", TEXT),
    ("bad", "card", TEXT),
    ("edge", "paper", SHAPE),
    ("edge", "card", SHAPE),
    ("ink", "line", SHAPE),
)
EVIDENCE: Final = ("confirmed", "witnessed", "paper-sheet", "unconfirmed")

#: What LOOK settles: one palette for whatever people see of us.
LIGHT: Final = {
    "ink": "#14213d",
    "paper": "#fbfaf7",
    "card": "#ffffff",
    "line": "#d9d6ce",
    "lantern": "#f2b134",
    "on-lantern": "#14213d",
    "edge": "#7d7a70",
    "link": "#1f4e8c",
    "good": "#1e6b4e",
    "warn": "#8a5a00",
    "bad": "#a3261d",
}
DARK: Final = LIGHT | {
    "ink": "#eef0f5",
    "paper": "#10151f",
    "card": "#182030",
    "line": "#2c3648",
    "edge": "#7d8aa5",
    "link": "#9cc2ff",
    "good": "#7fd1ae",
    "warn": "#f0c26a",
    "bad": "#ff9b91",
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_text_stands_out_from_its_ground(name: str, dark: bool) -> None:
    tokens = colours(name, dark=dark)
    measured = {
        (text, ground): round(contrast(tokens[text], tokens[ground]), 2)
        for text, ground, least in PAIRS
        if contrast(tokens[text], tokens[ground]) < least
    }
    assert measured == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_all_stylesheets_share_one_palette(name: str, dark: bool) -> None:
    tokens = colours(name, dark=dark)
    expected = DARK if dark else LIGHT
    assert {key: tokens[key] for key in expected} == expected


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_hues_of_the_evidence_classes_stand_out_and_differ(dark: bool) -> None:
    tokens = colours("console.css", dark=dark)
    hues = [tokens[key] for key in EVIDENCE]
    assert len(set(hues)) == len(EVIDENCE)
    assert all(contrast(hue, tokens["paper"]) >= SHAPE for hue in hues)


def test_the_measure_itself_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#14213d", "#14213d") == 1
