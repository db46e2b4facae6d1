"""The tablet's pages: they hold nothing of anybody, and are the same for everybody."""

import hashlib
import json
from functools import lru_cache
from typing import Any, Final

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import _, current_language, direction, speak
from campaign_app.core.settings import settings
from campaign_app.core.static_files import small
from campaign_app.kiosk.shell import PAGE, shell

bp = Blueprint("kiosk", __name__)

#: (file, size, purpose), as the home screen wants them.
ICONS: Final = (
    ("kiosk-192.png", 192, "any"),
    ("kiosk-512.png", 512, "any"),
    ("kiosk-maskable-512.png", 512, "maskable"),
)


@bp.get("/kiosk/")
@public
def page() -> ResponseReturnValue:
    """Give the one page of the tablet; everything else happens in it."""
    return _kept_fresh(shell().page, "text/html; charset=utf-8")


@bp.get("/kiosk/sw.js")
@public
def worker() -> ResponseReturnValue:
    """Give the service worker with the list of what it keeps."""
    return _kept_fresh(shell().worker, "text/javascript; charset=utf-8")


@bp.get("/kiosk/words.json")
@public
def words() -> ResponseReturnValue:
    """Give all texts of the tablet in all languages."""
    return _kept_fresh(shell().words, "application/json")


@bp.get("/kiosk/parcel.json")
@public
def parcel() -> ResponseReturnValue:
    """Give all that the tablet's pages are made of at once, for the service worker."""
    return _kept_fresh(shell().parcel, "application/json")


@bp.get("/kiosk/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Say how the tablet's pages look on a home screen, in `?lang=` or the browser's language."""
    if (lang := request.args.get("lang", "")) in settings().languages:
        speak(lang)
    text = json.dumps(_manifest(), ensure_ascii=False)
    answer = _kept_fresh(text, "application/manifest+json")
    answer.vary.add("Accept-Language")
    return answer


def _manifest() -> dict[str, Any]:
    return {
        "id": PAGE,
        "name": _("Lantern: sign at the stall"),
        "short_name": "Lantern",
        "description": _("Collects signatures at a stall, with or without a network."),
        "lang": current_language(),
        "dir": direction(),
        "start_url": PAGE,
        "scope": PAGE,
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#14213d",
        "icons": [
            {
                "src": url_for("static", filename=f"icons/{name}"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in ICONS
        ],
    }


def _kept_fresh(text: str, kind: str) -> Response:
    """Let a browser keep it, but ask each time whether it changed."""
    encoding = web.best_encoding(request.headers.get("Accept-Encoding", ""))
    name, body = _packed(text, encoding)
    answer = Response(body, content_type=kind)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Encoding"
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    answer.set_etag(name, weak=True)
    answer.make_conditional(request)
    return answer


@lru_cache(maxsize=64)
def _packed(text: str, encoding: str) -> tuple[str, bytes]:
    """Name and compress a text, once; there are few of them."""
    body = text.encode()
    return hashlib.sha256(body).hexdigest()[:32], small(body, encoding)
