"""The checks of paper find what is wrong with it."""

import pytest

from campaign_app.core import pdf
from campaign_app.qr import drawing
from tools.conformance import paper

TABLE = """\
name                                 type              encoding         emb sub uni object ID
------------------------------------ ----------------- ---------------- --- --- --- ---------
ESJBZD+NotoSansKR-Bold-Identity-H    CID Type 0C       Identity-H       yes yes yes    714  0
QPVGOW+NotoSans-Bold                 CID TrueType      Identity-H       yes yes yes    720  0
"""
FOREIGN = "ABCDEF+DejaVuSans                    CID TrueType      Identity-H       yes yes yes    721  0\n"
LEFT_OUT = "QPVGOW+NotoSans-Bold                 CID TrueType      Identity-H       no  no  yes    720  0\n"
ADDRESS = "https://sign.example.org/q/acdefghj"


@pytest.fixture(scope="module")
def panel() -> bytes:
    code = {
        "qr": pdf.Drawing(drawing.svg(ADDRESS, "x")),
        "qr_alt": "x",
        "address": ADDRESS,
        "sign": "Sign",
    }
    sheet = {
        "kind": "panel", "language": "en", "organisation": "PSCORE", "mark": None, "code": code,
        "title": "Four camps", "paragraphs": ["Still there."], "source": "", "image": None,
    }  # fmt: skip
    return pdf.render("kit", {"title": "x", "sheets": [sheet]}, "en")


def test_a_code_that_says_what_it_should_is_no_finding(panel: bytes) -> None:
    assert paper.misread(panel, [ADDRESS]) == []


@pytest.mark.parametrize("meant", [[], [ADDRESS, ADDRESS], [ADDRESS + "x"]])
def test_a_code_that_is_missing_too_many_or_wrong_is_found_by_both(
    panel: bytes, meant: list[str]
) -> None:
    assert len(paper.misread(panel, meant)) == 2


def test_fonts_of_ours_are_no_finding_and_others_are() -> None:
    assert list(paper.strangers(TABLE)) == []
    assert list(paper.strangers(TABLE + FOREIGN)) == ["a font that is not ours: ABCDEF+DejaVuSans"]
    assert len(list(paper.strangers(TABLE + LEFT_OUT))) == 1
