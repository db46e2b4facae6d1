"""Who may speak to the tablets' API: an install, by its token. It can deliver and report, no more."""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from campaign_app.core.db import session
from campaign_app.kiosk import states
from campaign_app.kiosk.models import Install

PROTOCOL: Final = 1
_BEARER: Final = "Bearer "

View = Callable[..., ResponseReturnValue]


def new_token() -> str:
    """Draw a token; the database keeps its hash."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """Hash a token; it is random, so a quick hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def by_token(view: View) -> View:
    """Give the view its install; a token that is unknown, or whose tablet is closed, gets 401."""

    @wraps(view)
    def guarded(**kwargs: Any) -> ResponseReturnValue:
        said = request.headers.get("Authorization", "")
        install = find(said.removeprefix(_BEARER)) if said.startswith(_BEARER) else None
        if install is None:
            return refused("device_unknown", 401)
        if install.tablet.state == states.CLOSED:
            return refused("device_closed", 401)
        return view(install=install, **kwargs)

    return guarded


def find(token: str) -> Install | None:
    """Find the install of a token, whatever the state of its tablet."""
    return session.scalar(select(Install).where(Install.token_hash == hash_of(token)))


def refused(error: str, status: int) -> Response:
    """Refuse in our JSON, so that a tablet can tell us from a hotel's login page."""
    answer = jsonify({"protocol": PROTOCOL, "error": error})
    answer.status_code = status
    return answer
