"""Organisers' pages from which paper comes: a poster, a board's sheet, the kit of an event."""

from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.queries import current_person
from campaign_app.core import pdf, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.i18n import current_language
from campaign_app.core.settings import settings
from campaign_app.donations import tents
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.qr import queries as qr
from campaign_app.qr.models import Placement
from campaign_app.qr.services import CodeRevoked
from campaign_app.stall import kit, panels, printing, set_up
from campaign_app.stall.printing_forms import KitForm

printing_bp: Final = Blueprint("printing", __name__, url_prefix="/console")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"


@printing_bp.get(f"/codes/{ROW}/poster.pdf")
@requires(Permission.READ)
def poster(row: int) -> ResponseReturnValue:
    """Print the A3 poster of a code."""
    return _of_code(printing.POSTER, row)


@printing_bp.get(f"/codes/{ROW}/sheet.pdf")
@requires(Permission.READ)
def board_sheet(row: int) -> ResponseReturnValue:
    """Print the A4 sheet that stands on a board."""
    return _of_code(printing.BOARD, row)


@printing_bp.get(f"/boards/{ROW}/sheet.pdf")
@requires(Permission.READ)
def panel(row: int) -> ResponseReturnValue:
    """Print an information board: a page for each of its copies, in one language."""
    known = panels.languages_of(row) or abort(404)
    wished = request.args.get("language", "") or current_language()
    language = wished if wished in known else known[0]
    sheets = panels.of_board(row, language)
    made = pdf.render("kit", {"title": sheets[0]["title"], "sheets": sheets}, language)
    return _pdf(made, f"board-{row}-{language}.pdf")


@printing_bp.get("/kiosk/<which>.pdf")
@requires(Permission.ORGANISE)
def tablet_paper(which: str) -> ResponseReturnValue:
    """Print how a tablet is set up, or the page for the first stall, in one of our languages."""
    if which not in set_up.OF:
        abort(404)
    asked = request.args.get("language", "")
    language = asked if asked in settings().languages else current_language()
    sheets = set_up.sheets(language, [which])
    made = pdf.render("kit", {"title": sheets[0]["title"], "sheets": sheets}, language)
    return _pdf(made, f"{which}-{language}.pdf")


@printing_bp.route(f"/events/{ROW}/kit", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def kit_page(row: int) -> ResponseReturnValue:
    """Say what the kit holds, and print it with the number that volunteers ring."""
    event = _event(row)
    form = KitForm(event, current_language())
    if form.validate_on_submit():
        return _kit(event, form.choice())
    page = render_template("stall/console/kit.html", form=form, event=event)
    return web.page(page, 400 if form.errors else 200)


@printing_bp.get(f"/events/{ROW}/kit.pdf")
@requires(Permission.ORGANISE)
def whole_kit(row: int) -> ResponseReturnValue:
    """Print the usual kit at once, with a line to write the number on."""
    event = _event(row)
    return _kit(event, kit.usual(event, current_language()))


def on_event_page(event: Event) -> Markup:
    """Offer the kit on the console page of an event."""
    person = current_person()
    if person is None or not person.may(Permission.ORGANISE):
        return Markup()
    return web.fragment("stall/console/kit_link.html", event=event)


def _event(row: int) -> Event:
    return events.event(row) or abort(404)


def _kit(event: Event, choice: kit.Choice) -> Response:
    return _pdf(kit.as_pdf(event, choice), f"kit-{event.letters}.pdf")


def _of_code(kind: str, row: int) -> ResponseReturnValue:
    placement = _live(row)
    if placement.target == tents.KIND:
        return redirect(url_for("tents.tent", row=row))  # it asks for no signature
    asked = request.args.get("language", "")
    language = asked if asked in settings().languages else ""
    sheet = printing.of_code(kind, placement, placement.event, language)
    made = pdf.render("kit", {"title": sheet["title"], "sheets": [sheet]}, sheet["language"])
    return _pdf(made, f"{kind}-{placement.code.letters}-{sheet['language']}.pdf")


def _live(row: int) -> Placement:
    """Find what a code stands for: nobody prints a revoked one."""
    code = qr.code(row) or abort(404)
    if code.revoked_at is not None:
        raise CodeRevoked
    return qr.newest(code.id) or abort(404)


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
