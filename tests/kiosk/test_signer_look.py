"""The tablet is read in the sun: stronger contrasts than anywhere else, one palette, one action."""

import re
from typing import Final

import pytest

from campaign_app.kiosk import words_signer
from tests.look.stylesheets import ROOT, colours, contrast, source

IN_THE_SUN, SHAPE = 7.0, 3.0
TEXTS: Final = ("ink", "link", "good", "warn", "bad")
#: What the tablet says more darkly than other pages.
DARKER: Final = {"good", "warn"}
STRIP: Final = ("today", "safe", "held")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_can_be_read_in_the_sun(dark: bool) -> None:
    tokens = colours("kiosk.css", dark=dark)
    pairs = [(text, ground) for text in TEXTS for ground in ("paper", "card")]
    faint = {
        pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2)
        for pair in [*pairs, ("on-lantern", "lantern"), ("paper", "bad")]
        if contrast(tokens[pair[0]], tokens[pair[1]]) < IN_THE_SUN
    }
    assert faint == {}
    assert all(contrast(tokens["edge"], tokens[it]) >= SHAPE for it in ("paper", "card"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_tablet_shares_the_palette_of_the_house(dark: bool) -> None:
    mine, house = (colours(name, dark=dark) for name in ("kiosk.css", "public.css"))
    assert {name for name, colour in house.items() if mine[name] != colour} <= DARKER


def test_only_the_one_action_is_lantern_coloured() -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*var\(--lantern\)[^{}]*)\}", source("kiosk.css"))
    assert [selector.strip() for selector, _body in rules] == [".signing .button.primary"]


def test_it_knows_the_dark_the_forced_and_the_printed() -> None:
    css = source("kiosk.css")
    for query in ("prefers-color-scheme: dark", "forced-colors: active", "@media print"):
        assert query in css
    # Nothing moves, and nobody is kept from enlarging what they cannot read.
    assert "animation" not in css
    assert "transition" not in css


def test_each_text_of_the_screen_is_there_and_each_is_said_somewhere() -> None:
    folder = ROOT / "static" / "js" / "kiosk"
    scripts = "".join(path.read_text("utf-8") for path in folder.glob("*.js"))
    said = set(re.findall(r'"(signer\.[a-z_]+)"', scripts))
    said |= {f"signer.strip_{name}" for name in (*STRIP, "green", "amber", "red")}
    assert said == set(words_signer.WORDS)
