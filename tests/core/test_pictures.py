"""Whatever picture is sent, one of our own drawing is kept, and nothing of the file but its colours."""

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from campaign_app.core import pictures

SECRET = b"37.5665 N, Kim Mina"


def written(picture: Image.Image, kind: str, **more: Any) -> io.BytesIO:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    out.seek(0)
    return out


def plain(size: tuple[int, int] = (900, 300), colour: Any = (20, 33, 61)) -> Image.Image:
    return Image.new("RGB", size, colour)


def noise(size: tuple[int, int]) -> Image.Image:
    """Make what no JPEG can make small."""
    return Image.frombytes("RGB", size, random.Random(4).randbytes(size[0] * size[1] * 3))


def opened(drawn: pictures.Drawn) -> Image.Image:
    return Image.open(io.BytesIO(drawn.content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_large_picture_becomes_a_jpeg_of_our_size(kind: str) -> None:
    drawn = pictures.read(written(plain((3200, 1000)), kind))
    shown = opened(drawn)
    assert (shown.format, shown.size) == ("JPEG", (1600, 500))
    assert (drawn.width, drawn.height, drawn.mime) == (1600, 500, "image/jpeg")


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(pictures.read(written(plain((90, 30)), "PNG"))).size == (90, 30)


def test_where_and_with_what_it_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # the description
    exif.get_ifd(0x8825)[29] = SECRET.decode()  # the place
    sent = written(plain(), "JPEG", exif=exif, comment=SECRET)
    assert SECRET in sent.getvalue()
    drawn = pictures.read(sent)
    assert SECRET not in drawn.content
    assert not opened(drawn).getexif()
    assert set(opened(drawn).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}  # fmt: skip


def test_remarks_and_whatever_hangs_on_behind_are_gone() -> None:
    remark = PngImagePlugin.PngInfo()
    remark.add_text("Author", SECRET.decode())
    sent = io.BytesIO(written(plain(), "PNG", pnginfo=remark).getvalue() + b"<script>" + SECRET)
    drawn = pictures.read(sent)
    assert SECRET not in drawn.content
    assert b"<script>" not in drawn.content


def test_a_picture_stands_as_the_camera_held_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it right
    lying = plain((400, 200))
    lying.paste((255, 255, 255), (0, 0, 200, 200))
    upright = opened(pictures.read(written(lying, "JPEG", exif=exif)))
    assert upright.size == (200, 400)
    assert upright.getpixel((100, 50)) > (200, 200, 200)  # type: ignore[operator]  # three numbers


def test_a_profile_of_colours_is_read_and_a_broken_one_does_no_harm() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for said in (profile, b"no profile at all"):
        sent = written(plain(colour=(10, 200, 10)), "JPEG", icc_profile=said, quality=95)
        drawn = pictures.read(sent)
        assert said not in drawn.content
        red, green, blue = opened(drawn).getpixel((5, 5))  # type: ignore[misc]
        assert (red < 40, green > 180, blue < 40) == (True, True, True)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_every_kind_of_dots_can_be_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    sent = written(Image.new(mode, (40, 20)), kind)
    assert opened(pictures.read(sent)).mode == "RGB"


def test_what_can_be_seen_through_has_a_white_ground() -> None:
    clear = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    assert opened(pictures.read(written(clear, "PNG"))).getpixel((3, 3)) == (255, 255, 255)


def test_however_much_happens_in_it_a_picture_is_light() -> None:
    drawn = pictures.read(written(noise((1600, 1600)), "PNG"))
    assert len(drawn.content) <= pictures.MOST_BYTES


def bomb() -> bytes:
    """Write a PNG of a few bytes that claims a billion dots."""
    head = struct.pack(">IIBBBBB", 32000, 32000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 40,
        b"%PDF-1.7",
        bomb(),
        written(plain(), "JPEG").getvalue()[:200],
        written(plain(), "PNG").getvalue()[:60],
        written(plain((5000, 5000)), "PNG").getvalue(),
    ],
    ids=["nothing", "svg", "gif", "pdf", "bomb", "half a jpeg", "half a png", "25 million dots"],
)
def test_what_is_no_picture_or_unfolds_too_far_is_refused(sent: bytes) -> None:
    with pytest.raises(pictures.NoPicture):
        pictures.read(io.BytesIO(sent))
