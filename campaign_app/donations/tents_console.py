"""Organisers' page of codes to give by: print a tent, and from an event's page find them all."""

from typing import Final

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.settings import settings
from campaign_app.donations import menu, queries, tents
from campaign_app.events.models import Event
from campaign_app.qr import queries as qr
from campaign_app.qr.models import Placement
from campaign_app.qr.services import CodeRevoked

tents_bp: Final = Blueprint("tents", __name__, url_prefix="/console/codes")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"


@tents_bp.get(f"/{ROW}/tent.pdf")
@requires(Permission.READ)
def tent(row: int) -> ResponseReturnValue:
    """Print the table tent of a code: in one language, else a page for each of ours."""
    placement = _live(row)
    ours, asked = settings().languages, request.args.get("language", "")
    content = tents.as_pdf(placement, [asked] if asked in ours else list(ours))
    response = Response(content, mimetype="application/pdf")
    name = f"tent-{placement.code.letters}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _live(row: int) -> Placement:
    """Find a code to give by: nobody prints a revoked one."""
    code = qr.code(row) or abort(404)
    placement = qr.newest(code.id)
    if placement is None or placement.target != tents.KIND:
        abort(404)
    if code.revoked_at is not None:
        raise CodeRevoked
    return placement


def on_event_page(event: Event) -> Markup:
    """List the tents of an event, and what was given by card and transfer so far."""
    person = current_person()
    if person is None or not menu.currencies():
        return Markup()
    return web.fragment(
        "donations/console/tents.html",
        event=event,
        tents=[one for one in qr.standing_at_event(event.id) if one.target == tents.KIND],
        given=queries.given_at(event.id),
        may_organise=person.may(Permission.ORGANISE),
    )
