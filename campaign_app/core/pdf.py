"""Paper: PDFs set with Typst from `templates/print`, in our own fonts, without the network.

    pdf.render("kit", {"title": "…", "sheets": […]}, "ko")

A template gets the data as they are given, set right for their language; a part of the data that
names a `language` of its own is set right for that one. What comes out is PDF/A-2a and PDF/UA-1:
it keeps, it can be read aloud, and a letter without a glyph is an error rather than a box.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, cast

import typst
from PIL import Image

from campaign_app.core import clock, fonts
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates" / "print"
STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]
#: Stands for a letter that our fonts do not have, where a person typed it.
UNKNOWN: Final = "□"
#: Narrow, and lines do not break at it.
NARROW: Final = "\u202f"
ENDS: Final = {"\n", "\t"}
BEFORE: Final = re.compile(r"[ \u00a0\u202f]+([;:!?%])")
OPENING: Final = re.compile(r"«[ \u00a0\u202f]*")
CLOSING: Final = re.compile(r"[ \u00a0\u202f]*»")


class CannotPrint(DomainError):
    """A letter that none of our fonts has: it would be missing from the paper."""

    def __init__(self, letter: str) -> None:
        super().__init__(
            _(
                "Our print fonts do not have the character “%(letter)s” (%(code)s). "
                "Please write this without it.",
                letter=letter,
                code=f"U+{ord(letter):04X}",
            )
        )
        self.letter = letter


class Drawing(str):
    """A picture in SVG among the data: not words, so nothing in it is set right."""

    __slots__ = ()


def render(template: str, data: Mapping[str, Any], language: str) -> bytes:
    """Set a template in a language; `data["title"]` names the document."""
    ready = set_right({**data, "language": language}, language)
    compiler = typst.Compiler(
        input=str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=fonts.closed_list(),
        ignore_system_fonts=True,
    )
    made = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(ready, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        timestamp=_midnight(),
    )
    return cast(bytes, made)  # a PDF is one file, not one per page


def typed(text: str) -> str:
    """Take what a person typed: a letter that no font of ours has becomes a box, not an error."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign if _can_write(sign) else UNKNOWN for sign in composed)


def picture(content: bytes, mime: str) -> Drawing:
    """Wrap a picture made of dots, so that a template draws it like any other drawing."""
    with Image.open(BytesIO(content)) as opened:
        width, height = opened.size
    held = base64.b64encode(content).decode()
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><image width="{width}" height="{height}" '
        f'href="data:{mime};base64,{held}"/></svg>'
    )


def _midnight() -> int:
    """Date a document by its day alone: printed twice a day, it is the same."""
    return int(datetime.combine(clock.today(), time(), UTC).timestamp())


def set_right(value: Any, language: str) -> Any:
    """Set every text among the data right for its language, and refuse what cannot be written."""
    if isinstance(value, Drawing):
        return value
    if isinstance(value, Mapping):
        own = str(value.get("language", language))
        return {key: set_right(inner, own) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [set_right(inner, language) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _words(str(value), language)


def _words(text: str, language: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    for sign in composed:
        if not _can_write(sign):
            raise CannotPrint(sign)
    return _french(composed) if language == "fr" else composed


def _can_write(sign: str) -> bool:
    return sign in fonts.writable() or sign in ENDS


def _french(text: str) -> str:
    """Hold ; : ! ? % and guillemets to their words, as French is set."""
    held = BEFORE.sub(rf"{NARROW}\1", text)
    return CLOSING.sub(f"{NARROW}»", OPENING.sub(f"«{NARROW}", held))
