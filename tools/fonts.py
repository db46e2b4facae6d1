"""Make the fonts in `static/fonts` from Debian's Noto fonts: `python -m tools.fonts`.

Needs fonttools and the packages fonts-noto-core and fonts-noto-cjk; nobody needs them to run or
test Lantern. The same packages give the same bytes; static/fonts/README.md lists their hashes.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT: Final = Path(__file__).parents[1]
INTO: Final = ROOT / "static/fonts"
DEBIAN: Final = Path("/usr/share/fonts")
#: Where Korean stands among the fonts of the collection.
KOREAN: Final = 1
WEIGHTS: Final = ("Regular", "Bold")
#: Beside what they are for: spaces that hold words together, quotation marks, dashes, boxes.
SIGNS: Final = (0x00A0, 0x200B, 0x202F, 0x2010, 0x2011, *range(0x2012, 0x2027), 0x2030, 0x20AC)
LATIN: Final = (*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x1E00, 0x1F00))
CYRILLIC_AND_GREEK: Final = (*range(0x370, 0x400), *range(0x400, 0x530))
#: Letters of their own and the parts of which an accented letter may be put together.
MARKS: Final = (*range(0x2B0, 0x370), 0xFFFD)
SYLLABLES: Final = range(0xAC00, 0xD7A4)


def ks_x_1001() -> Iterator[int]:
    """List all characters of the Korean standard, the Chinese ones that stand in names too."""
    for row in range(0xA1, 0xFF):
        for cell in range(0xA1, 0xFF):
            try:
                yield ord(bytes((row, cell)).decode("euc_kr"))
            except (UnicodeDecodeError, TypeError):
                continue


def subset(font: Any, characters: Iterable[int]) -> Any:
    """Keep what writes these characters across the page, without hints for old screens."""
    options = Options()
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum", "lnum"]
    options.drop_tables += ["DSIG", "VORG", "vhea", "vmtx", "BASE"]
    options.notdef_outline = True
    options.glyph_names = False
    cutter = Subsetter(options)
    cutter.populate(unicodes=list(characters))
    cutter.subset(font)
    return font


def rename(font: Any, family: str, weight: str) -> None:
    """Say what it is: a part of the Korean font, not all of it."""
    plain = family.replace(" ", "")
    names = {1: family, 2: weight, 3: f"{plain}-{weight};Lantern", 4: f"{family} {weight}"}
    for number, text in (names | {6: f"{plain}-{weight}"}).items():
        font["name"].setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        inner = font["CFF "].cff
        inner.fontNames = [f"{plain}-{weight}"]
        inner[0].FamilyName, inner[0].FullName = family, f"{family} {weight}"


def make() -> Iterator[Path]:
    """Write the four fonts."""
    korean = {*ks_x_1001(), *SYLLABLES, *SIGNS, *range(0x20, 0x7F), *range(0xA0, 0x180)}
    for weight in WEIGHTS:
        source = DEBIAN / f"opentype/noto/NotoSansCJK-{weight}.ttc"
        font = subset(TTFont(source, fontNumber=KOREAN, recalcTimestamp=False), korean)
        rename(font, "Noto Sans KR", weight)
        yield written(font, f"NotoSansKR-{weight}.otf")
        source = DEBIAN / f"truetype/noto/NotoSans-{weight}.ttf"
        kept = {*LATIN, *CYRILLIC_AND_GREEK, *MARKS, *SIGNS}
        yield written(subset(TTFont(source, recalcTimestamp=False), kept), f"NotoSans-{weight}.ttf")


def written(font: Any, name: str) -> Path:
    """Keep one font."""
    path = INTO / name
    font.save(path)
    return path


if __name__ == "__main__":
    for made in make():
        digest = hashlib.sha256(made.read_bytes()).hexdigest()
        sys.stdout.write(f"{digest}  {made.name}  {made.stat().st_size}\n")
