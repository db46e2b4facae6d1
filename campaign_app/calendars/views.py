"""Feeds and single dates as files. They say the same to everybody, so anybody may keep them."""

import hashlib
from typing import Final

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from campaign_app.calendars import feeds, queries
from campaign_app.calendars.feeds import Asked
from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import current_language, speak

bp = Blueprint("calendars", __name__)

TYPE: Final = "text/calendar; charset=utf-8"


@bp.get("/calendar.ics")
@public
def bare_feed() -> ResponseReturnValue:
    """Give a feed in the language that the calendar asks for."""
    response = _feed()
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response


@bp.get("/<language:lang>/calendar.ics")
@public
def feed(lang: str) -> ResponseReturnValue:
    """Give a feed in a language: of everything, or of `?city=` or `?place=`."""
    speak(lang)
    return _feed()


@bp.get("/<language:lang>/events/<letters>.ics")
@public
def one(lang: str, letters: str) -> ResponseReturnValue:
    """Give one date to take along; it does not follow later changes."""
    speak(lang)
    event = queries.by_letters(letters)
    if event is None:
        abort(404)
    response = _calendar(feeds.one(event))
    response.headers["Content-Disposition"] = f'attachment; filename="{event.letters}.ics"'
    return response


def _feed() -> Response:
    asked = Asked(current_language(), request.args.get("city", ""), request.args.get("place", ""))
    body = feeds.feed(asked)
    if body is None:
        abort(404)
    return _calendar(body)


def _calendar(body: bytes) -> Response:
    """Send a calendar, or only say that it has not changed since it was fetched last."""
    response = web.packed(body, request.headers.get("Accept-Encoding", ""), TYPE)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Content-Language"] = current_language()
    response.make_conditional(request)
    return response
