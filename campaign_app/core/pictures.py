"""Photographs and drawings that people of ours show: whatever is sent, a JPEG of our own is kept.

Nothing of the file survives but its colours: no place, no camera, no name, no script. A picture is
turned as the camera held it, its colours are those of screens (sRGB), its ground is white.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _l

#: Kind → the most dots it may have: a small file can unfold to gigabytes. A JPEG is unfolded
#: at a fraction of its size.
MOST_PIXELS: Final = {"JPEG": 64_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
LARGEST: Final = (1600, 1600)
MIME: Final = "image/jpeg"
MOST_BYTES: Final = 300_000
#: Tried one after the other until the picture is small enough.
QUALITIES: Final = (86, 80, 72, 64, 55, 45)
WHITE: Final = (255, 255, 255)


class NoPicture(DomainError):
    """Something that is no picture, or too large a one."""

    status = 400
    text = _l("This is no picture that we can read. Please choose a PNG, JPEG or WebP file.")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as we drew it."""

    content: bytes
    width: int
    height: int
    mime: str = MIME


def read(stream: IO[bytes]) -> Drawn:
    """Read a picture and draw it anew, at most 1600 dots wide and high and 300 kB heavy."""
    try:
        with warnings.catch_warnings(), Image.open(stream, formats=tuple(MOST_PIXELS)) as picture:
            # What is wrong with the file's own remarks need not concern anybody: they go.
            warnings.simplefilter("ignore")
            return _drawn(_unfolded(picture))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NoPicture from None


def _unfolded(picture: Image.Image) -> Image.Image:
    """Read the dots, if they are not too many, and make the picture small."""
    if picture.width * picture.height > MOST_PIXELS[str(picture.format)]:
        raise NoPicture
    picture.draft("RGB", (LARGEST[0] * 2, LARGEST[1] * 2))
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail(LARGEST, Image.Resampling.LANCZOS)
    return _on_white(_as_screens_show(upright, profile))


def _as_screens_show(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Translate the colours of a camera; without its profile they would look pale."""
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return picture
    try:
        camera = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        screen = ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(picture, camera, screen, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return shown or picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Put white behind what can be seen through: a JPEG knows nothing clear."""
    if picture.mode == "RGB":
        return picture
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGB", clear.size, WHITE)
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _drawn(picture: Image.Image) -> Drawn:
    """Write the JPEG, as fine as its weight allows."""
    while True:
        for quality in QUALITIES:
            content = _written(picture, quality)
            if len(content) <= MOST_BYTES:
                return Drawn(content, picture.width, picture.height)
        picture = picture.resize((max(picture.width // 2, 1), max(picture.height // 2, 1)))


def _written(picture: Image.Image, quality: int) -> bytes:
    # A picture without a name of its own: nothing that was beside the dots is written.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
