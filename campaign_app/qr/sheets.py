"""What organisers print: the picture of a code, and a sheet for each board."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.i18n import OWN_NAMES, _
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.qr import drawing, queries, services
from campaign_app.qr.models import Code, Placement
from campaign_app.qr.target import TARGET

sheets_bp = Blueprint("qr_sheets", __name__, url_prefix="/console/codes")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"
#: Beyond this many letters titles are set smaller, so that the sheet stays one page.
LONG_TITLE: Final = 70


@dataclass(frozen=True, slots=True)
class Sheet:
    """One board's page."""

    placement: Placement
    #: (language, title), that of the place first.
    titles: Sequence[tuple[str, str]]
    picture: Markup
    address: str
    letters: str

    @property
    def is_long(self) -> bool:
        """Tell whether the titles need smaller type."""
        return max((len(title) for _language, title in self.titles), default=0) > LONG_TITLE


@sheets_bp.get(f"/{ROW}/qr.svg")
@requires(Permission.READ)
def svg(row: int) -> ResponseReturnValue:
    """Give the picture of a code, to scale to any size."""
    code = _live(row)
    drawn = drawing.svg(_address(code), _title(code))
    return _picture(drawn.encode(), "image/svg+xml", f"{code.letters}.svg")


@sheets_bp.get(f"/{ROW}/qr.png")
@requires(Permission.READ)
def png(row: int) -> ResponseReturnValue:
    """Give the picture of a code in dots."""
    code = _live(row)
    return _picture(drawing.png(_address(code)), "image/png", f"{code.letters}.png")


@sheets_bp.get(f"/{ROW}/print")
@requires(Permission.READ)
def print_one(row: int) -> ResponseReturnValue:
    """Show the sheet of one board."""
    code = _live(row)
    placement = queries.newest(code.id) or abort(404)
    return _printed([placement])


@sheets_bp.get("/print")
@requires(Permission.READ)
def print_event() -> ResponseReturnValue:
    """Show the sheets of all boards that stand at an event."""
    number = request.args.get("event", "")
    short = number.isascii() and number.isdigit() and len(number) < 10
    event = events.event(int(number)) if short else None
    placements = queries.standing_at_event(event.id) if event else []
    return _printed(placements or abort(404))


def _live(row: int) -> Code:
    """Find a code that leads somewhere: nobody prints a revoked one."""
    code = queries.code(row) or abort(404)
    if code.revoked_at is not None:
        raise services.CodeRevoked
    return code


def _address(code: Code) -> str:
    return drawing.address(settings().public_url, code.letters)


def _title(code: Code) -> str:
    return _("QR code of %(address)s", address=drawing.spoken(settings().public_url, code.letters))


def _picture(body: bytes, mimetype: str, name: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _printed(placements: Sequence[Placement]) -> Response:
    sheets = [_sheet(placement) for placement in placements]
    return web.page(render_template("qr/console/print.html", sheets=sheets))


def _sheet(placement: Placement) -> Sheet:
    code = placement.code
    return Sheet(
        placement=placement,
        titles=_titles(placement),
        picture=drawing.svg(_address(code), _title(code)),
        address=drawing.spoken(settings().public_url, code.letters),
        letters=in_groups(code.letters),
    )


def _titles(placement: Placement) -> list[tuple[str, str]]:
    """List the titles, that of the placement's language first, then in our usual order."""
    filler = TARGET.get(placement.target)
    titles = filler.titles(placement.target_id) if filler else {}
    usual = [language for language in OWN_NAMES if language in titles]
    usual.sort(key=lambda language: language != placement.language)
    return [(language, titles[language]) for language in usual]
