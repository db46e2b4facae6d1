"""The organisation's mark: whatever picture is sent, a small PNG of our own drawing is kept.

Nothing of the file survives but its colours: no comment, no place, no script.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from PIL import Image, UnidentifiedImageError

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS: Final = 4_000_000
#: Twice as high as pages show it, for fine screens.
LARGEST: Final = (320, 64)
COLOURS: Final = 64
MOST_BYTES: Final = 12_000


class NoPicture(DomainError):
    """Something that is no picture, or too large a one."""

    status = 400
    text = _l("This is no picture that we can read. Please choose a PNG or JPEG under 200 kB.")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as it is kept."""

    png: bytes

    @property
    def hash(self) -> str:
        """Name it by its content."""
        return hashlib.sha256(self.png).hexdigest()[:20]


def read(stream: IO[bytes]) -> Mark:
    """Read a picture and draw it small, in few colours."""
    try:
        with Image.open(stream, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPicture
            return Mark(_drawn(picture.convert("RGBA")))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NoPicture from None


def _drawn(picture: Image.Image) -> bytes:
    picture.thumbnail(LARGEST, Image.Resampling.LANCZOS)
    few = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    if out.tell() > MOST_BYTES:
        raise NoPicture
    return out.getvalue()
