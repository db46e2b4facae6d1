"""The front door; a later page tells more, this one lists what can be signed."""

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import _, current_language, speak
from campaign_app.petitions.offers import delivered, offered

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    """List open petitions in the language the browser asks for."""
    response = _listed()
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response


@bp.get("/<language:lang>/")
@public
def index(lang: str) -> ResponseReturnValue:
    """List open petitions in a language."""
    speak(lang)
    return _listed()


@bp.get("/healthz")
@public
def healthy() -> ResponseReturnValue:
    """Tell a supervisor that this process answers."""
    return Response("ok", mimetype="text/plain")


def _listed() -> Response:
    language = current_language()
    html = render_template(
        "home/index.html", petitions=offered(language), delivered=delivered(language)
    )
    return web.page(html, Cache_Control="no-cache")


def site_links() -> list[tuple[str, str, str]]:
    """List the ways from each page that tells of us: (section, words, address)."""
    language = current_language()
    return [
        ("sign", _("Sign"), url_for("home.index", lang=language, _anchor="sign")),
        ("events", _("Events"), url_for("events.month", lang=language)),
    ]
