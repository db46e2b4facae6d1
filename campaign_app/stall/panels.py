"""An information board on paper: what it says, its picture, and the code of the copy at hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from campaign_app.boards import queries as boards
from campaign_app.boards.queries import CodeOn
from campaign_app.core import pdf
from campaign_app.core.i18n import _, spoken
from campaign_app.qr import drawing
from campaign_app.qr.models import Placement
from campaign_app.stall.printing import Sheet, head


def languages_of(board_id: int) -> Sequence[str]:
    """List the languages a board speaks; none of a board that is not there."""
    found = boards.board(board_id)
    return boards.languages_of(found) if found else []


def of_board(board_id: int, language: str) -> Sequence[Sheet]:
    """Write a page for each copy of a board, or one without a code."""
    sheet = boards.sheet(board_id, language)
    copies: Sequence[CodeOn | None] = (sheet.codes or [None]) if sheet else []
    return [_panel(sheet, copy) for copy in copies] if sheet else []


def of_codes(placements: Sequence[Placement]) -> Sequence[Sheet]:
    """Write the boards on which codes stand, in the languages of the codes."""
    return [panel for placement in placements if (panel := _of_code(placement)) is not None]


def _of_code(placement: Placement) -> Sheet | None:
    number = boards.board_of(placement.code_id)
    known = languages_of(number) if number else []
    if number is None or not known:
        return None
    language = placement.language if placement.language in known else known[0]
    sheet = boards.sheet(number, language)
    return _panel(sheet, CodeOn(placement.code, placement)) if sheet else None


def _panel(sheet: boards.Sheet, code: CodeOn | None) -> Sheet:
    image = sheet.image()
    with spoken(sheet.language):
        return {
            **head(sheet.language, None, None),
            "kind": "panel",
            "title": sheet.title,
            "paragraphs": sheet.paragraphs,
            "source": sheet.source,
            "image": pdf.picture(image, sheet.image_mime) if image else None,
            "image_alt": sheet.image_alt,
            "code": _code(code) if code else None,
        }


def _code(code: CodeOn) -> Mapping[str, Any]:
    alt = _("QR code of %(address)s", address=code.spoken)
    return {
        "qr": pdf.Drawing(drawing.svg(code.address, alt)),
        "qr_alt": alt,
        "address": code.spoken,
        "sign": _("Sign with your phone"),
    }
