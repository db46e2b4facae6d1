"""The stylesheets work in both directions of writing, keep to the palette, and stay small."""

import re
from typing import Final

import brotli
import pytest

from campaign_app.core import web
from tests.look.stylesheets import ALL, PAGES, declarations, source

PHYSICAL: Final = re.compile(
    r"^(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height)"
    r"|(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-\w+)*"
    r"|border-(?:top|bottom)-(?:left|right)-radius)$"
)
SIDED: Final = frozenset({"text-align", "float", "clear", "caption-side"})
#: Shorthands whose four values name the sides one by one.
AROUND: Final = frozenset({"margin", "padding", "inset", "border-width", "border-radius"})


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_said_of_left_and_right(name: str) -> None:
    wrong = [
        f"{said.name}: {said.value}"
        for said in declarations(name)
        if PHYSICAL.match(said.name)
        or (said.name in SIDED and re.search(r"\b(left|right)\b", said.value))
        or (said.name in AROUND and _differs_by_side(said.value))
    ]
    assert wrong == []


def _differs_by_side(value: str) -> bool:
    sides = re.sub(r"\([^)]*\)", "()", value).split()
    return len(sides) == 4 and sides[1] != sides[3]


@pytest.mark.parametrize("name", PAGES)
def test_colours_are_named_once_and_used_by_name(name: str) -> None:
    plain = [
        f"{said.name}: {said.value}"
        for said in declarations(name)
        if not said.name.startswith("--") and re.search(r"#[0-9a-f]{3,8}\b|\brgb|\bhsl", said.value)
    ]
    # Printers get plain black.
    assert set(plain) <= {"color: #000"}


@pytest.mark.parametrize("name", PAGES)
def test_only_the_one_action_is_lantern_coloured(name: str) -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*var\(--lantern\)[^{}]*)\}", source(name))
    selectors = {selector.strip() for selector, _body in rules}
    assert all(re.match(r"(\.button)?\.primary$|\.lit ", selector) for selector in selectors)
    assert selectors


@pytest.mark.parametrize("name", PAGES)
def test_each_sheet_knows_the_dark_the_still_the_forced_and_the_printed(name: str) -> None:
    css = source(name)
    for query in ("prefers-color-scheme: dark", "forced-colors: active", "@media print"):
        assert query in css
    assert "animation" not in css or "prefers-reduced-motion: reduce" in css


def test_squeezing_loses_no_rule() -> None:
    css, small = source("public.css"), web.css_text("public.css")
    assert small.count("{") == css.count("{")
    assert small.count("}") == css.count("}")
    assert len(re.findall(r"[{;][a-z-]+:", small)) >= len(declarations("public.css"))
    assert "/*" not in small


def test_what_each_page_carries_is_small() -> None:
    small = web.css_text("public.css").encode()
    assert len(small) <= 9 * 1024
    assert len(brotli.compress(small, quality=4)) <= 2900
