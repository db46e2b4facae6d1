"""Who may see the lead's page: the address must be good, and this browser must know the PIN.

These are no public pages: behind the PIN the browser keeps one signed cookie, good for this address
alone and for twelve hours. Without it whoever finds the address in the phone's history sees a PIN
field. A new PIN, a handover or a revoked link ends it at once.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from campaign_app.audit.services import Actor, acting
from campaign_app.core import web
from campaign_app.core.i18n import speak
from campaign_app.core.settings import settings
from campaign_app.stall import leads
from campaign_app.stall.forms import PinForm
from campaign_app.stall.models import LeadLink

COOKIE: Final = "lantern-lead"
OPEN_FOR: Final = timedelta(hours=12)

View = Callable[..., ResponseReturnValue]


def led(view: View) -> View:
    """Give the view its link; a stranger gets the 404 of any unknown address, a lead the PIN first."""

    @wraps(view)
    def guarded(token: str, **kwargs: Any) -> ResponseReturnValue:
        link = found(token)
        if not _knows_the_pin(link):
            return ask_for_pin(link, token, PinForm(formdata=None))
        entered = acting.set(Actor(link.alias))
        try:
            return view(token=token, link=link, **kwargs)
        finally:
            acting.reset(entered)

    return guarded


def found(token: str) -> LeadLink:
    """Find the link of an address and speak its language; anything else is an unknown address."""
    link = leads.find(token)
    if link is None:
        abort(404)
    speak(link.language)
    return link


def ask_for_pin(link: LeadLink, token: str, form: PinForm) -> Response:
    """Show the PIN field, and nothing of the event."""
    locked = link.tries >= leads.MOST_TRIES
    html = render_template("stall/lead/pin.html", form=form, token=token, locked=locked)
    return web.page(html, 400 if form.errors else 200 if request.method == "GET" else 403)


def let_in(response: Response, link: LeadLink, token: str) -> None:
    """Remember in this browser, for this address, that the PIN was right."""
    response.set_cookie(
        COOKIE,
        _signer().dumps([link.id, _pin_mark(link)]),
        max_age=OPEN_FOR,
        path=f"/stall/{token}",
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def lock(response: Response, token: str) -> None:
    """Ask for the PIN again from now on."""
    response.delete_cookie(
        COOKIE,
        path=f"/stall/{token}",
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def _knows_the_pin(link: LeadLink) -> bool:
    try:
        number, mark = _signer().loads(
            request.cookies.get(COOKIE, ""), max_age=int(OPEN_FOR.total_seconds())
        )
    except (BadSignature, ValueError, TypeError):
        return False
    return number == link.id and hmac.compare_digest(str(mark), _pin_mark(link))


def _pin_mark(link: LeadLink) -> str:
    """Change with the PIN, so that a new one ends what the old one opened."""
    return hashlib.sha256(link.pin_hash.encode()).hexdigest()[:20]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=COOKIE)
