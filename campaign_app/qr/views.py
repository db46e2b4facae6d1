"""`/q/<code>`: what a scanned board leads to."""

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import OWN_NAMES, speak
from campaign_app.core.settings import settings
from campaign_app.qr import pointing, visits
from campaign_app.qr.target import TARGET

bp = Blueprint("qr", __name__)


@bp.route("/q/<code>", methods=["GET", "POST"])
@public
def scanned(code: str) -> ResponseReturnValue:
    """Answer with the page the code stands for, here and now, without a redirect."""
    pointed = pointing.find(code)
    if pointed is None or pointed.revoked:
        return _unknown()
    target = TARGET[pointed.target]
    if request.method == "POST":
        return target.take(pointed)
    if visits.is_visit(request):
        visits.count(pointed)
    return target.show(pointed)


def _unknown() -> Response:
    """Help whoever mistyped a code, or found an old board."""
    offered = settings().languages
    wanted = request.args.get("lang", "")
    if wanted in offered:
        speak(wanted)
    offers = current_app.extensions.get(web.OFFERS)
    html = render_template(
        "qr/unknown_code.html",
        languages=[(code, OWN_NAMES[code], f"?lang={code}") for code in offered],
        offers=offers() if offers else [],
        sent=request.method == "POST",
    )
    return web.page(html, 404)
