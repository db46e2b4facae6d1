"""A browser in which somebody signed in before keeps its own count of wrong passwords.

Otherwise a stranger could keep a colleague out by failing in their name. The cookie opens nothing.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Final

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from campaign_app.accounts.sessions import cookie_name, cookie_scope

COOKIE: Final = "lantern-known"
KEPT_FOR: Final = timedelta(days=180)


def browser_known_for(email: str) -> str:
    """Name this browser if this person signed in here before; else say nothing."""
    try:
        known = _signer().loads(
            request.cookies.get(cookie_name(COOKIE), ""), max_age=int(KEPT_FOR.total_seconds())
        )
    except BadSignature:
        return ""
    account, browser = known
    return str(browser) if hmac.compare_digest(account, _account(email)) else ""


def know_browser(response: Response, email: str) -> None:
    """Remember that this person signed in here."""
    browser = browser_known_for(email) or secrets.token_urlsafe(12)
    response.set_cookie(
        cookie_name(COOKIE),
        _signer().dumps([_account(email), browser]),
        max_age=KEPT_FOR,
        **cookie_scope(),
    )


def _account(email: str) -> str:
    return hmac.new(str(current_app.secret_key).encode(), email.encode(), "sha256").hexdigest()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=COOKIE)
