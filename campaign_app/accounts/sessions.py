"""Sessions: none at all on public pages, a row in the database for whoever is signed in.

Before sign-in the form's token rides in a signed cookie. At sign-in a new random number takes its
place; the database knows only its hash. Messages for the next page ride in a signed cookie of
their own, so that reading them writes nothing. No page that only shows something writes here,
except that a session in use is extended every five minutes.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask, Request, Response, request
from flask import session as flask_session
from flask.sessions import NullSession, SecureCookieSession, SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select, update

from campaign_app.accounts.models import WebSession
from campaign_app.accounts.queries import (
    SECOND,
    current_person,
    hash_of,
    person_at_the_door,
)
from campaign_app.audit.services import Actor, acting, record
from campaign_app.core import clock, db
from campaign_app.core.settings import settings

IDLE: Final = timedelta(hours=2)
LONGEST: Final = timedelta(hours=12)
#: A session in use is written again when this much has passed.
EXTEND_BY: Final = timedelta(minutes=5)

CONSOLE: Final = "/console"
COOKIE: Final = "lantern"
MESSAGES: Final = "lantern-messages"

#: Where Flask-Login keeps who is signed in, Flask-WTF its token, Flask its messages.
WHO: Final = "_user_id"
TOKEN: Final = "csrf_token"  # noqa: S105 -- the name of a field
FLASHES: Final = "_flashes"
#: The only thing that may come from a cookie: nobody signs in by a signature of ours.
BEFORE_SIGN_IN: Final = frozenset({TOKEN})
#: What a session notes of a code: that it was given at the door, or set up in the session itself.
GIVEN: Final = "given"
MADE: Final = "made"
#: By what browsers and systems are known; who pretends to be another stands before it.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
#: What we do not keep: messages travel apart, `_id` is a hash of address and browser.
NOT_KEPT: Final = frozenset({FLASHES, "_id", "fs_cc"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as the database has it."""

    token_hash: bytes
    data: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class NoSession(NullSession):
    """What a public page has: nothing to read, and an error for who writes."""


class ConsoleSession(SecureCookieSession):
    """The session of one console request, and what it was when the request came."""

    kept: Kept | None = None
    cookie: Mapping[str, Any] = {}
    messages: list[list[str]] = []


class ConsoleSessions(SessionInterface):
    """Opens and keeps sessions under /console, and nowhere else."""

    null_session_class = NoSession
    _none: Final = NoSession()

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Find the session of this request; a public page costs one comparison."""
        if not is_console(request.environ.get("PATH_INFO", "")):
            return self._none
        return _opened(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed, in the row or in the cookie."""
        if not isinstance(session, ConsoleSession):
            return
        _send_messages(app, session, response)
        if WHO in session:
            _keep_row(session, response)
        else:
            _keep_cookie(app, session, response)
        response.vary.add("Cookie")


def is_console(path: str) -> bool:
    """Tell whether an address belongs to the console."""
    return path.startswith(CONSOLE) and path[len(CONSOLE) : len(CONSOLE) + 1] in ("", "/")


def _opened(app: Flask, request: Request) -> ConsoleSession:
    held = request.cookies.get(cookie_name(COOKIE), "")
    kept = None if "." in held else _find(held)  # a signed value has a dot, ours has none
    carried = _unsign(app, COOKIE, held) if "." in held else {}
    cookie = {key: carried[key] for key in BEFORE_SIGN_IN & carried.keys()}
    session = ConsoleSession(kept.data if kept else cookie)
    session.kept, session.cookie = kept, cookie
    waiting = request.cookies.get(cookie_name(MESSAGES), "")
    session.messages = _unsign(app, MESSAGES, waiting).get("m", [])
    if session.messages:
        session[FLASHES] = [(kind, text) for kind, text in session.messages]
    return session


def _find(token: str) -> Kept | None:
    """Read the row of a session that is still good; leave any other to the next sign-in."""
    if not token:
        return None
    row = WebSession
    columns = (row.token_hash, row.data, row.created_at, row.expires_at, row.used_at)
    query = select(*columns).where(row.token_hash == hash_of(token))
    found = db.session.execute(query).one_or_none()
    return Kept(*found) if found and found.expires_at > clock.now() else None


def _keep_row(session: ConsoleSession, response: Response) -> None:
    kept, data = session.kept, _lasting(session)
    if kept is None or _came_closer(kept.data, data):
        _begin(session, response)
        return
    now, expires_at = clock.now(), _expiry(kept.created_at)
    if data != kept.data or now - (kept.used_at or kept.created_at) >= EXTEND_BY:
        changed = {"data": data, "expires_at": expires_at, "used_at": now}
        change = update(WebSession).where(WebSession.token_hash == kept.token_hash)
        db.transact(lambda: db.session.execute(change.values(changed)))


def _came_closer(before: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Tell whether somebody signed in just now, by the password or by the code."""
    if before.get(WHO) != data[WHO]:
        return True
    return data.get(SECOND) == GIVEN != before.get(SECOND)


def _begin(session: ConsoleSession, response: Response) -> None:
    """Sign in: a new number and a new token, so that nothing set before still counts."""
    token = secrets.token_urlsafe(32)
    session[TOKEN] = secrets.token_hex(20)
    data, in_full = _lasting(session), current_person()
    person = in_full or person_at_the_door()
    if person is None:
        raise RuntimeError("a session for nobody")
    who = Actor(person.name, person.id)
    entered = in_full is not None and data.get(SECOND) != MADE

    def begin() -> None:
        _write_row(session.kept, token, data, who)
        if entered:
            _note_entry(who)

    db.transact(begin)
    _set_cookie(response, COOKIE, token)


def _write_row(old: Kept | None, token: str, data: dict[str, Any], who: Actor) -> None:
    now = clock.now()
    _delete(old)
    db.session.execute(delete(WebSession).where(WebSession.expires_at < now))
    db.session.add(
        WebSession(
            token_hash=hash_of(token),
            person_id=who.person_id,
            data=data,
            created_at=now,
            expires_at=_expiry(now),
            used_at=now,
            agent=_agent(),
        )
    )


def _note_entry(who: Actor) -> None:
    before = acting.set(who)
    record("person.signed_in", f"person:{who.person_id}")
    acting.reset(before)


def _keep_cookie(app: Flask, session: ConsoleSession, response: Response) -> None:
    """Signed out, or not yet in: end the row, and carry the form's token in a cookie."""
    if session.kept:
        db.transact(lambda: _delete(session.kept))
        _delete_cookie(response, COOKIE)
        return
    cookie = {key: session[key] for key in BEFORE_SIGN_IN & session.keys()}
    if cookie != session.cookie:
        _set_cookie(response, COOKIE, _signer(app, COOKIE).dumps(cookie))


def _send_messages(app: Flask, session: ConsoleSession, response: Response) -> None:
    """Carry messages to the next page; as plain text, so that the page escapes them."""
    messages = [[str(kind), str(text)] for kind, text in session.get(FLASHES, [])]
    if messages and messages != session.messages:
        _set_cookie(response, MESSAGES, _signer(app, MESSAGES).dumps({"m": messages}))
    elif session.messages and not messages:
        _delete_cookie(response, MESSAGES)


def _delete(kept: Kept | None) -> None:
    if kept:
        db.session.execute(delete(WebSession).where(WebSession.token_hash == kept.token_hash))


def _lasting(session: ConsoleSession) -> dict[str, Any]:
    return {key: value for key, value in session.items() if key not in NOT_KEPT}


def _expiry(created_at: datetime) -> datetime:
    return min(clock.now() + IDLE, created_at + LONGEST)


def _agent() -> str:
    """Name browser and system as people do; more than that would only be a fingerprint."""
    said = request.user_agent.string
    names = [
        next((name for mark, name in marks if mark in said), "") for marks in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in names if name)


def _signer(app: Flask, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(app.secret_key), salt=purpose)


def _unsign(app: Flask, purpose: str, value: str) -> dict[str, Any]:
    """Read a cookie that we signed; anything else is as good as none."""
    try:
        found = _signer(app, purpose).loads(value) if value else {}
    except BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def cookie_name(name: str) -> str:
    """Bind the cookie to this host over HTTPS where there is HTTPS."""
    return f"__Host-{name}" if settings().secure_cookies else name


def cookie_scope() -> dict[str, Any]:
    """Say how far our cookies reach: as short as the browser allows."""
    secure = settings().secure_cookies
    path = "/" if secure else CONSOLE  # what __Host- asks for
    return {"path": path, "secure": secure, "httponly": True, "samesite": "Lax"}


def _set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(cookie_name(name), value, **cookie_scope())


def _delete_cookie(response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(name), **cookie_scope())


def this_browser() -> bytes:
    """Name the row of the session that asks; empty for none."""
    found: Any = flask_session._get_current_object()  # type: ignore[attr-defined]  # a werkzeug proxy
    return found.kept.token_hash if isinstance(found, ConsoleSession) and found.kept else b""
