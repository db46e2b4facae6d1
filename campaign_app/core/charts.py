"""Bars for pictures of counts: where each piece lies. The macro in layout/chart.html draws them.

Widths are per cent and text keeps its size, so a chart fits a phone and a desk without scaling.
Charts know no petition: they get labels, numbers and class names.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

#: Pixels. A lying bar has its label and number above it; text is 13 pixels high.
STEP: Final = 40
BAR: Final = 12
BASELINE: Final = 14
BAR_TOP: Final = 20
#: Standing bars: room for numbers above and for the names of the columns below.
PLOT: Final = 112
ABOVE: Final = 20
BELOW: Final = 22
#: What a narrow phone has room for: a label beside its number, and the names of columns.
#: A longer label is cut to it; the macro also writes it in full for where there is more room.
PHONE: Final = 320
AXIS_ROOM: Final = 296
BETWEEN: Final = 12
WIDE: Final = 13.0
NARROW: Final = 7.2
#: With more columns than this only the highest one carries its number.
MOST_NUMBERED: Final = 10


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: the class that colours it, and how many it stands for."""

    kind: str
    n: int


@dataclass(frozen=True, slots=True)
class Bar:
    """What one bar shows: its name, its pieces, and its number as written."""

    label: str
    parts: tuple[Part, ...]
    shown: str
    #: Stands below a column where `label` is too long.
    short: str = ""
    #: Said smaller beside the number: what is not counted yet.
    aside: str = ""

    @property
    def length(self) -> int:
        """Add the pieces up."""
        return sum(part.n for part in self.parts)


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle: x and width in per cent, y and height in pixels."""

    kind: str
    x: str
    y: int
    width: str
    height: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar laid out, with the places of its words."""

    bar: Bar
    pieces: tuple[Piece, ...]
    x: str
    y: int
    #: Its name, cut to what there is room for; empty where the names of columns would meet.
    label: str
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of bars, ready to be written as SVG."""

    standing: bool
    height: int
    bars: tuple[Drawn, ...]
    #: Where words begin and end, seen in the direction of reading.
    start: str = "0"
    end: str = "100%"
    #: Where standing bars stand.
    floor: int = 0

    @property
    def kinds(self) -> tuple[str, ...]:
        """Name the kinds of pieces that occur, in the order they are drawn."""
        seen = dict.fromkeys(piece.kind for drawn in self.bars for piece in drawn.pieces)
        return tuple(seen)


def lying(bars: Sequence[Bar], *, mirrored: bool = False) -> Chart:
    """Lay bars out below each other, for things with names; mirrored runs right to left."""
    longest = _longest(bars)
    drawn = [
        Drawn(
            bar=bar,
            pieces=tuple(_along(bar, longest, row=row, mirrored=mirrored)),
            x="100%" if mirrored else "0",
            y=row * STEP + BASELINE,
            label=fitted(bar.label, PHONE - BETWEEN - width_of(f"{bar.shown} {bar.aside}")),
        )
        for row, bar in enumerate(bars)
    ]
    ends = ("100%", "0") if mirrored else ("0", "100%")
    return Chart(False, len(bars) * STEP, tuple(drawn), *ends)


def _along(bar: Bar, longest: int, *, row: int, mirrored: bool) -> Iterator[Piece]:
    begun = 0
    for part in bar.parts:
        x, width = 100 * begun / longest, 100 * part.n / longest
        begun += part.n
        if part.n:
            left = 100 - x - width if mirrored else x
            yield Piece(part.kind, _share(left), row * STEP + BAR_TOP, _share(width), BAR)


def upright(bars: Sequence[Bar], *, mirrored: bool = False) -> Chart:
    """Stand bars side by side, for things that follow each other in time."""
    ordered = tuple(reversed(bars)) if mirrored else tuple(bars)
    slot, highest = 100 / max(len(bars), 1), _longest(bars)
    named = _named(ordered, mirrored=mirrored)
    peak = max(range(len(ordered)), key=lambda at: ordered[at].length, default=-1)
    drawn = [
        Drawn(
            bar=bar,
            pieces=tuple(_above(bar, highest, x=at * slot + slot * 0.14, width=slot * 0.72)),
            x=_share((at + 0.5) * slot),
            y=ABOVE + PLOT - _pixels(bar.length, highest) - 6,
            label=(bar.short or bar.label) if at in named else "",
            numbered=bar.length > 0 and (at == peak or len(bars) <= MOST_NUMBERED),
        )
        for at, bar in enumerate(ordered)
    ]
    return Chart(True, ABOVE + PLOT + BELOW, tuple(drawn), floor=ABOVE + PLOT)


def _above(bar: Bar, highest: int, *, x: float, width: float) -> Iterator[Piece]:
    """Pile pieces up; each edge is rounded by itself, so that none overlap and sums stay."""
    begun = 0
    for part in bar.parts:
        bottom, top = _pixels(begun, highest), _pixels(begun + part.n, highest)
        begun += part.n
        if top > bottom:
            y = ABOVE + PLOT - top
            yield Piece(part.kind, _share(x), y, _share(width), top - bottom)


def _pixels(n: int, highest: int) -> int:
    """Give a length its height; the smallest count still shows."""
    return max(1, round(PLOT * n / highest)) if n else 0


def _named(bars: Sequence[Bar], *, mirrored: bool) -> set[int]:
    """Choose every so many columns to carry a name, so that names do not meet."""
    if not bars:
        return set()
    widest = max(width_of(bar.short or bar.label) for bar in bars) + 10
    every = max(1, math.ceil(len(bars) * widest / AXIS_ROOM))
    every = next((step for step in (1, 2, 3, 4, 6, 12, 24) if step >= every), every)
    first = (len(bars) - 1) % every if mirrored else 0
    return set(range(first, len(bars), every))


def _longest(bars: Sequence[Bar]) -> int:
    return max((bar.length for bar in bars), default=0) or 1


def _share(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"


def width_of(text: str) -> float:
    """Guess how wide a text is at 13 pixels: East Asian letters are square."""
    return sum(WIDE if unicodedata.east_asian_width(one) in "WF" else NARROW for one in text)


def fitted(text: str, room: float) -> str:
    """Cut a text to a width, with an ellipsis where something is left out."""
    if width_of(text) <= room:
        return text
    kept = ""
    for letter in text:
        if width_of(kept + letter + "…") > room:
            break
        kept += letter
    return kept.rstrip(" ,·–-") + "…"
