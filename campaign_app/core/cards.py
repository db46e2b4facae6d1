"""The picture that a chat or a network shows for a page: its title and who asks, drawn by us.

Its address names its content, so it may be kept for ever; what is drawn is only what the page says.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from PIL import Image, ImageDraw, ImageFont

from campaign_app.core.settings import organisation, settings
from campaign_app.core.web import FOR_EVER, STATIC

WIDTH, HEIGHT = 1200, 630
MARGIN: Final = 84
#: Goes up when cards look different, so that old pictures are not taken for new ones.
DESIGN: Final = "1"
INK, PAPER, LANTERN, QUIET = "#14213d", "#fbfaf7", "#f2b134", "#b9c0d0"
FONTS: Final = STATIC / "fonts"
LATIN, KOREAN = ("NotoSans-{}.ttf", "NotoSansKR-{}.otf")
#: From the first letter of Hangul on.
EASTERN: Final = "\u1100"
#: Sizes of the title, the largest that fits is taken.
SIZES: Final = (92, 80, 70, 60, 52, 44)
TITLE_HEIGHT: Final = 330
#: How much finer curves are drawn before they are made small.
FINE: Final = 4
COLOURS: Final = 32


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture says."""

    title: str
    #: A line below: the day and the place, or to whom it is addressed.
    below: str = ""
    by: str = ""

    @property
    def version(self) -> str:
        """Name it by its content."""
        said = "\n".join((DESIGN, *astuple(self)))
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def card(title: str, below: str, language: str) -> Card:
    """Make a card of ours."""
    return Card(title, below, organisation(language))


def address(of: Card, endpoint: str, **values: Any) -> str:
    """Address a card from anywhere."""
    return settings().public_url + url_for(endpoint, version=of.version, **values)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the head of a page says to chats and search engines."""

    title: str
    text: str
    image: str = ""


def answer(of: Card, version: str, current: str) -> ResponseReturnValue:
    """Show a card; who asks for an older one is led to the current."""
    if version != of.version:
        return redirect(current, 302)
    response = Response(drawn(of), mimetype="image/png")
    response.headers["Cache-Control"] = f"public, max-age={FOR_EVER}, immutable"
    return response


@lru_cache(maxsize=64)
def drawn(of: Card) -> bytes:
    """Draw a card as PNG."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), INK)
    pen = ImageDraw.Draw(picture)
    _lantern(picture, MARGIN, 68)
    pen.text((MARGIN + 62, 98), of.by, PAPER, _font(of.by, 34, bold=True), anchor="lm")
    lines, font, leading = _fitted(of.title)
    top = 176 + (TITLE_HEIGHT - leading * len(lines)) // 2
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * leading), line, PAPER, font)
    pen.text((MARGIN, 566), _cut(of.below), QUIET, _font(of.below, 32), anchor="lm")
    return _png(picture)


def _lantern(picture: Image.Image, x: int, y: int) -> None:
    """Draw a small paper lantern, the one thing on the card that shines; large, then made small."""
    large = Image.new("RGB", (44 * FINE, 60 * FINE), INK)
    pen = ImageDraw.Draw(large)
    for box in ((14, 6, 30, 10), (14, 46, 30, 50), (20, 0, 24, 6), (19, 50, 25, 58)):
        pen.rectangle([side * FINE for side in box], LANTERN)
    pen.rounded_rectangle([side * FINE for side in (4, 12, 40, 44)], 15 * FINE, LANTERN)
    picture.paste(large.resize((44, 60), Image.Resampling.LANCZOS), (x, y))


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=64)
def _loaded(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / name, size)


def _font(text: str, size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Choose the font that has the letters of a text."""
    family = KOREAN if any(letter >= EASTERN and not _is_mark(letter) for letter in text) else LATIN
    return _loaded(family.format("Bold" if bold else "Regular"), size)


def _is_mark(letter: str) -> bool:
    """Tell punctuation and accented letters, which the Latin font has, too."""
    return "\u1e00" <= letter <= "\u2bff"


def _fitted(title: str) -> tuple[list[str], ImageFont.FreeTypeFont, int]:
    """Break a title into lines, as large as it can be."""
    for size in SIZES:
        font, leading = _font(title, size, bold=True), round(size * 1.2)
        lines = list(_lines(title, font))
        if leading * len(lines) <= TITLE_HEIGHT:
            break
    most = TITLE_HEIGHT // leading
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip(" ,;:.") + "…"]
    return lines, font, leading


def _lines(title: str, font: ImageFont.FreeTypeFont) -> Iterator[str]:
    """Break between words, and within a word that is wider than the card."""
    line = ""
    for word in title.split():
        if line and font.getlength(f"{line} {word}") > WIDTH - 2 * MARGIN:
            yield line
            line = ""
        line = f"{line} {word}".strip()
        while font.getlength(line) > WIDTH - 2 * MARGIN:
            head = next(
                n for n in range(len(line), 0, -1) if font.getlength(line[:n]) <= WIDTH - 2 * MARGIN
            )
            yield line[:head]
            line = line[head:]
    if line:
        yield line


def _cut(text: str) -> str:
    font = _font(text, 32)
    if font.getlength(text) <= WIDTH - 2 * MARGIN:
        return text
    while text and font.getlength(f"{text}…") > WIDTH - 2 * MARGIN:
        text = text[:-1]
    return f"{text.rstrip()}…"
