"""The fonts that paper is set in: a closed list, read from `static/fonts` and from nowhere else.

A letter that no font has would print as an empty box, and nobody would notice before the street.
So what a font can write is read from the font itself (its `cmap` table), and asked beforehand.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from struct import unpack_from
from typing import Final

import typst

FOLDER: Final = Path(__file__).resolve().parents[2] / "static" / "fonts"
#: Family → its files, one per weight; every weight writes the same characters.
FILES: Final = {
    "Noto Sans": ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    "Noto Sans KR": ("NotoSansKR-Regular.otf", "NotoSansKR-Bold.otf"),
}
#: The kind of table our fonts have; its last segment is an empty one.
SEGMENTS: Final = 4
NOTHING: Final = 0xFFFF


@lru_cache(maxsize=1)
def closed_list() -> typst.Fonts:
    """Give Typst our fonts alone: not the machine's, and none of those it brings."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)]
    )


@lru_cache(maxsize=1)
def writable() -> frozenset[str]:
    """List every character that one of the families can write."""
    codes = frozenset[int]().union(*(characters(FOLDER / names[0]) for names in FILES.values()))
    return frozenset(map(chr, codes))


def characters(font: Path) -> frozenset[int]:
    """Read from a font which characters it has a glyph for."""
    content = font.read_bytes()
    found: set[int] = set()
    for run in _runs(content, _table(content, b"cmap")):
        found.update(run)
    return frozenset(found - {NOTHING})


def _table(content: bytes, wanted: bytes) -> int:
    """Find where a table of the font begins."""
    for number in range(unpack_from(">H", content, 4)[0]):
        tag, _sum, offset, _length = unpack_from(">4sLLL", content, 12 + 16 * number)
        if tag == wanted:
            return int(offset)
    raise ValueError(f"the font has no {wanted.decode()} table")


def _runs(content: bytes, cmap: int) -> Iterator[range]:
    """Walk through the runs of characters in every subtable that we can read."""
    for number in range(unpack_from(">H", content, cmap + 2)[0]):
        start = cmap + unpack_from(">L", content, cmap + 8 + 8 * number)[0]
        if unpack_from(">H", content, start)[0] == SEGMENTS:
            yield from _segments(content, start)


def _segments(content: bytes, start: int) -> Iterator[range]:
    """Read the ends of the runs, which stand in one list, and their starts in the next."""
    doubled = unpack_from(">H", content, start + 6)[0]
    for at in range(start + 14, start + 14 + doubled, 2):
        (last,) = unpack_from(">H", content, at)
        (first,) = unpack_from(">H", content, at + doubled + 2)
        yield range(first, last + 1)
