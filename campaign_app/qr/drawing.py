"""Drawing codes: level Q, a quiet zone of four, crisp at any size. Only here is `qrcode` known."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from math import ceil
from typing import Final

from markupsafe import Markup
from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET_ZONE: Final = 4
#: What a printer needs for twelve centimetres at 300 dots per inch.
PRINT_DOTS: Final = 1418
PRINT_DPI: Final = 300
FEWEST_DOTS: Final = 10

Matrix = Sequence[Sequence[bool]]


def address(public_url: str, letters: str) -> str:
    """Write the address that a code's picture holds."""
    return f"{public_url}/q/{letters}"


def spoken(public_url: str, letters: str) -> str:
    """Write the address as people type it: without what browsers add."""
    return address(public_url, letters).partition("://")[2]


@lru_cache(maxsize=256)
def matrix(text: str) -> Matrix:
    """Lay out the modules of a code, the quiet zone included; True is dark."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def svg(text: str, title: str) -> Markup:
    """Draw a code as one path that scales to any size."""
    modules = matrix(text)
    size = len(modules)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {size} {size}" '
        'shape-rendering="crispEdges"><title>{title}</title>'
        '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).format(size=size, title=title, path="".join(_runs(modules)))


def _runs(modules: Matrix) -> Iterator[str]:
    """Write each run of dark modules in a row as one box."""
    for y, row in enumerate(modules):
        start = None
        for x, dark in enumerate((*row, False)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                yield f"M{start} {y}h{x - start}v1h-{x - start}z"
                start = None


def png(text: str) -> bytes:
    """Draw a code in dots, sharp when printed twelve centimetres wide."""
    modules = matrix(text)
    size = len(modules)
    scale = max(FEWEST_DOTS, ceil(PRINT_DOTS / size))
    dots = bytes(0 if dark else 255 for row in modules for dark in row)
    picture = Image.frombytes("L", (size, size), dots)
    picture = picture.resize((size * scale, size * scale), Image.Resampling.NEAREST).convert("1")
    stored = BytesIO()
    picture.save(stored, "PNG", dpi=(PRINT_DPI, PRINT_DPI), optimize=True)
    return stored.getvalue()
