"""Reading what was printed: its words, its fonts, and the codes on it with two decoders."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

DOTS_PER_INCH = 150


def text_of(made: bytes) -> str:
    """Read all words of a PDF, page after page."""
    document = pypdfium2.PdfDocument(made)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def read_aloud(made: bytes) -> list[str]:
    """Read the words of each page in the order in which they are told, upside down or not."""
    return [page.extract_text() for page in PdfReader(BytesIO(made)).pages]


def families(made: bytes) -> set[str]:
    """List the font families of a PDF, without weights and the marks of a subset."""
    found = set()
    for page in PdfReader(BytesIO(made)).pages:
        found |= {_family(str(font["/BaseFont"])) for font in _fonts(page.get("/Resources"))}
    return found


def _family(name: str) -> str:
    return name.lstrip("/").partition("+")[2].partition("-")[0]


def _fonts(resources: Any) -> Iterator[DictionaryObject]:
    """Walk through the fonts of a page, and of the drawings on it."""
    held = resources.get_object() if resources is not None else {}
    for font in (held.get("/Font") or {}).values():
        yield font.get_object()
    for drawing in (held.get("/XObject") or {}).values():
        yield from _fonts(drawing.get_object().get("/Resources"))


def seen(made: bytes, dots_per_inch: int = DOTS_PER_INCH) -> list[Image.Image]:
    """Print to dots, as a copier would."""
    document = pypdfium2.PdfDocument(made)
    try:
        scale = dots_per_inch / 72
        return [page.render(scale=scale, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def decoded(page: Image.Image) -> tuple[Sequence[str], Sequence[str]]:
    """Read the codes of a page with ZXing, and with OpenCV in either of its two ways."""
    with_zxing = sorted(found.text for found in zxingcpp.read_barcodes(page))
    dots = np.asarray(page)
    ways = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    with_opencv = (way.detectAndDecodeMulti(dots)[1] for way in ways)
    return with_zxing, next(
        (sorted(filter(None, texts)) for texts in with_opencv if any(texts)), []
    )
