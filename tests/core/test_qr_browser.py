"""static/js/qr.js draws codes that readers read, of every size, in a real browser."""

from collections.abc import Iterator
from io import BytesIO
from typing import Final

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Error, Page

from tests.core.in_browser import modules, run

#: The longest texts that fit into versions of level M (ISO/IEC 18004, table 7), in bytes.
FULL: Final = {1: 14, 2: 26, 6: 106, 7: 122, 9: 180, 10: 213, 14: 362, 22: 779, 27: 1125, 40: 2331}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with modules(browser, "qr") as page:
        yield page


def drawn(page: Page, text: str) -> list[list[bool]]:
    # As text: the browser hands over each value of a list by itself.
    body = "return lantern.qrModules(text).map(row => row.map(Number).join('')).join(' ');"
    rows: str = run(page, body, text=text)
    return [[square == "1" for square in row] for row in rows.split()]


def read(grid: list[list[bool]]) -> zxingcpp.Barcode:
    plain = np.pad(np.where(np.array(grid), 0, 255).astype(np.uint8), 4, constant_values=255)
    # Only codes like ours: among so many squares there is sometimes one of another kind by chance.
    kind = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(np.kron(plain, np.ones((4, 4), dtype=np.uint8)), formats=kind)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("version", "length"), FULL.items(), ids=str)
def test_a_code_that_is_filled_to_the_brim_is_read(page: Page, version: int, length: int) -> None:
    text = ("Lantern 0123456789 " * 200)[:length]
    grid = drawn(page, text)
    assert len(grid) == 17 + 4 * version
    assert read(grid).text == text
    assert read(grid).ec_level == "M"


def test_one_byte_more_takes_the_next_size(page: Page) -> None:
    for version, length in FULL.items():
        if version < 40:
            assert len(drawn(page, "x" * (length + 1))) == 17 + 4 * (version + 1)


def test_every_size_is_read(page: Page) -> None:
    sizes = set()
    for length in [*range(1, 130, 12), *range(130, 2332, 25)]:  # no size spans less
        text = "".join(chr(33 + (at * 7 + length) % 90) for at in range(length))
        grid = drawn(page, text)
        if len(grid) not in sizes:
            assert read(grid).text == text
        sizes.add(len(grid))
    assert sizes == {17 + 4 * version for version in range(1, 41)}


def test_korean_is_read_as_it_was_written(page: Page) -> None:
    assert (
        read(drawn(page, '{"label": "미나, 사무실 – é"}')).text == '{"label": "미나, 사무실 – é"}'
    )


def test_a_scratch_does_not_hide_it(page: Page) -> None:
    text = "x" * 600
    grid = drawn(page, text)
    for row in grid[40:46]:
        row[30:70] = [True] * 40
    assert read(grid).text == text


def test_what_fits_into_no_code_is_refused(page: Page) -> None:
    with pytest.raises(Error, match="TooLong"):
        drawn(page, "x" * 2332)


def test_the_picture_shows_the_same_modules_with_a_margin(page: Page) -> None:
    body = """
      const image = lantern.qrImage(text, "Recovery key");
      document.body.append(image);
      image.setAttribute("width", 400);
      return image.getAttribute("viewBox");
    """
    size = len(drawn(page, "lantern"))
    assert run(page, body, text="lantern") == f"0 0 {size + 8} {size + 8}"
    png = page.locator("svg").screenshot()
    found = zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))
    assert [code.text for code in found] == ["lantern"]
