"""The page of a second person from outside: amount, day and reason of a refund, and two buttons.

A link that is wrong, over or used leads nowhere, whatever it was.
"""

from functools import partial
from typing import Final

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.audit.services import Actor, acting_as
from campaign_app.core import web
from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import OWN_NAMES, current_language, speak
from campaign_app.core.settings import settings
from campaign_app.payments import outside

bp: Final = Blueprint("refunds", __name__)
OUTSIDE: Final = Actor("outside")


@bp.get("/refunds/<token>")
@signed_link
def look(token: str) -> ResponseReturnValue:
    """Show somebody outside what they are asked to allow."""
    _speak()
    row = outside.find(token) or abort(404)
    return _page("look", token, facts=outside.facts(row, current_language()), whom=row.outside)


@bp.post("/refunds/<token>")
@signed_link
def decide(token: str) -> ResponseReturnValue:
    """Do what they decided."""
    _speak()
    said = request.form.get("decision", "")
    if said not in {"allow", "refuse"}:
        abort(400 if outside.find(token) else 404)
    try:
        with acting_as(OUTSIDE):
            row = transact(partial(outside.decide, token, allowed=said == "allow"))
    except DomainError:
        row = None  # somebody of ours was faster
    if row is None:
        abort(404)
    return _page("decided", token, allowed=said == "allow")


def _speak() -> None:
    wanted = request.args.get("lang", "")
    if wanted in settings().languages:
        speak(wanted)


def _page(template: str, token: str, **said: object) -> Response:
    html = render_template(
        f"finance/outside_{template}.html",
        languages=[(code, OWN_NAMES[code], f"?lang={code}") for code in settings().languages],
        action=url_for(".decide", token=token, lang=current_language()),
        **said,
    )
    return web.page(html)
