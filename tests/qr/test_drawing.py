"""Every code that we draw is read by two decoders that know nothing of each other."""

import random
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import cv2
import numpy
import numpy.typing
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser

from campaign_app.core import ids
from campaign_app.core.settings import settings
from campaign_app.qr import drawing
from tests.qr.conftest import Stall

Picture = numpy.typing.NDArray[Any]
HOSTS = [
    "http://127.0.0.1:8000",
    "https://pscore.org",
    "https://sign.pscore.org",
    "https://a-rather-long-name.petitions.example.org",
    "https://xn--2e0bu9hbysvho.xn--3e0b707e",
]


def read(picture: Image.Image) -> set[str]:
    """Decode a picture twice; what only one of them reads is not enough."""
    grey = numpy.array(picture.convert("L"))
    found = zxingcpp.read_barcodes(grey)
    assert [str(one.format) for one in found] == ["QR Code"], found
    assert re.search("Q", str(found[0].ec_level))
    return {found[0].text, next(filter(None, map(by_opencv, nearer(grey))), "")}


def nearer(picture: Picture) -> Iterator[Picture]:
    """Hold a picture at several distances, as people hold a phone."""
    for share in (1.0, 0.75, 0.5):
        yield cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)


def by_opencv(picture: Picture) -> str:
    """Read with either of OpenCV's two ways of finding the corners; each misses some pictures."""
    ways = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    return next(filter(None, (str(way.detectAndDecode(picture)[0]) for way in ways)), "")


def some_letters(count: int) -> list[str]:
    """Draw the letters of some codes, the same ones each time."""
    draw = random.Random(20261114)
    return ["".join(draw.choices(ids.READABLE, k=8)) for _ in range(count)]


@pytest.mark.parametrize("host", HOSTS)
def test_two_decoders_read_each_picture_in_dots(host: str) -> None:
    for letters in some_letters(10):
        address = drawing.address(host, letters)
        picture = Image.open(BytesIO(drawing.png(address)))
        assert read(picture) == {address}


@pytest.mark.parametrize("host", HOSTS)
def test_two_decoders_read_each_picture_of_lines(host: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 600, "height": 600})
    for letters in some_letters(2):
        address = drawing.address(host, letters)
        page.set_content(f"<body style='margin:0'>{drawing.svg(address, 'A code')}</body>")
        assert read(Image.open(BytesIO(page.screenshot()))) == {address}
    page.close()


def test_the_picture_of_lines_shows_the_same_modules_as_the_dots() -> None:
    address = drawing.address(HOSTS[0], "3479acde")
    modules = drawing.matrix(address)
    boxes = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawing.svg(address, "A code"))
    dark = {(int(x) + n, int(y)) for x, y, width, _back in boxes for n in range(int(width))}
    assert dark == {(x, y) for y, row in enumerate(modules) for x, on in enumerate(row) if on}


def test_a_quiet_zone_of_four_modules_is_left_around() -> None:
    modules = drawing.matrix(drawing.address(HOSTS[0], "3479acde"))
    edge = [
        *modules[:4],
        *modules[-4:],
        *[row[:4] for row in modules],
        *[row[-4:] for row in modules],
    ]
    assert not any(any(row) for row in edge)
    assert modules[4][4]


def test_the_dots_are_whole_modules_twelve_centimetres_wide_in_print() -> None:
    address = drawing.address(HOSTS[3], "3479acde")
    picture = Image.open(BytesIO(drawing.png(address)))
    assert picture.width % len(drawing.matrix(address)) == 0
    assert picture.width // len(drawing.matrix(address)) >= 10
    assert picture.width / picture.info["dpi"][0] * 2.54 == pytest.approx(12, abs=0.01)


def test_of_the_masks_one_is_taken_that_shows_no_fourth_corner() -> None:
    misread = "http://localhost/q/parxdnjf"  # its best mask by the standard's own penalty
    assert drawing._corners(drawing._laid_out(misread, 6)) > 9
    assert drawing._corners(drawing.matrix(misread)) == 9  # three rows in each of three corners


def test_a_title_with_marks_is_written_as_text() -> None:
    drawn = drawing.svg("https://a.example/q/x", 'A <b>"code"</b>')
    assert "<b>" not in drawn
    assert "style=" not in drawn
    assert 'role="img"' in drawn


def test_the_console_gives_both_pictures_of_a_code(
    app: Flask, client: FlaskClient, stall: Stall, organiser: None, browser: Browser
) -> None:
    with app.app_context():
        address = f"{settings().public_url}/q/{stall.board.code.letters}"
    dots = client.get(f"/console/codes/{stall.board.code_id}/qr.png")
    lines = client.get(f"/console/codes/{stall.board.code_id}/qr.svg")
    assert (dots.mimetype, lines.mimetype) == ("image/png", "image/svg+xml")
    assert read(Image.open(BytesIO(dots.data))) == {address}
    page = browser.new_page(viewport={"width": 500, "height": 500})
    page.set_content(f"<body style='margin:0'>{lines.text}</body>")
    assert read(Image.open(BytesIO(page.screenshot()))) == {address}
    page.close()
