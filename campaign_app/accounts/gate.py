"""The gate of the console: who may pass, in whose name things are done, and what if not."""

from typing import Any, Final

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as flask_session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from campaign_app.accounts.models import Person
from campaign_app.accounts.queries import (
    current_person,
    owes_second_factor,
    person_at_the_door,
)
from campaign_app.accounts.sessions import NoSession
from campaign_app.audit.services import Actor, acting
from campaign_app.core import web
from campaign_app.core.access import GATE, Permission
from campaign_app.core.forms import csrf
from campaign_app.core.i18n import _l

#: What somebody wrote at length is shown again when a form could not be taken.
WORTH_KEEPING: Final = 20
ACTING: Final = "lantern_acting"
#: All that somebody who owes a second factor reaches in production.
SETTING_UP: Final = frozenset({"own.second_factor", "own.begin", "own.confirm"})

#: Where the console leads, and who sees it: (section, label, address, permission).
PLACES: Final = (
    ("today", _l("Today"), "/console/", Permission.READ),
    ("petitions", _l("Petitions"), "/console/petitions/", Permission.READ),
    ("codes", _l("Codes"), "/console/codes/", Permission.READ),
    ("events", _l("Events"), "/console/events/", Permission.READ),
    ("places", _l("Places"), "/console/places/", Permission.READ),
    ("permits", _l("Permits"), "/console/permits/", Permission.READ),
    ("boards", _l("Boards"), "/console/boards/", Permission.READ),
    ("tablets", _l("Tablets"), "/console/kiosk/", Permission.ORGANISE),
    ("volunteers", _l("Volunteers"), "/console/volunteers/", Permission.ORGANISE),
    ("paper", _l("Paper signatures"), "/console/paper/", Permission.ORGANISE),
    ("pages", _l("Pages"), "/console/pages/", Permission.READ),
    ("money", _l("Money"), "/console/money/", Permission.FINANCE),
    ("mail", _l("Mail"), "/console/mail/", Permission.READ),
    ("people", _l("People"), "/console/people/", Permission.ADMINISTER),
    ("audit", _l("Audit"), "/console/audit/", Permission.ADMINISTER),
    ("settings", _l("Settings"), "/console/settings/", Permission.ADMINISTER),
)


def init_app(app: Flask) -> None:
    """Put the gate before every console page."""
    # Public posts have no session to protect (core.web looks at their origin); the gate asks.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session: long texts take hours
    app.config["WTF_CSRF_SSL_STRICT"] = False  # core.web checks the origin, also without Referer
    app.extensions[GATE] = gate
    app.teardown_request(_leave)
    app.context_processor(_for_console_pages)
    app.register_error_handler(CSRFError, _show_lost_form)
    app.jinja_env.globals["navigation"] = navigation


def gate(permission: Permission) -> ResponseReturnValue | None:
    """Let the person signed in pass (None), or say what to answer instead."""
    person = current_person()
    if person is None:
        return _ask_to_sign_in()
    if not person.may(permission):
        abort(404)
    if owes_second_factor(person) and request.endpoint not in SETTING_UP:
        return redirect(url_for("own.second_factor"), 303)
    g.setdefault(ACTING, acting.set(Actor(person.name, person.id)))
    if request.method in web.UNSAFE:
        csrf.protect()
    return None


def _leave(error: BaseException | None) -> None:
    token = g.pop(ACTING, None)
    if token is not None:
        acting.reset(token)


def _ask_to_sign_in() -> ResponseReturnValue:
    """Lead to the door, and back here afterwards; keep what was typed in sight."""
    if request.method in web.UNSAFE:
        kept = _worth_keeping()
        if kept:
            return web.page(render_template("accounts/lost_form.html", out=True, kept=kept), 403)
    rule = request.url_rule
    back = request.full_path.rstrip("?") if rule and "GET" in (rule.methods or ()) else None
    door = "account_door.code" if person_at_the_door() else "security.login"
    return redirect(url_for(door, next=back), 303)


def _show_lost_form(error: CSRFError) -> Response:
    """Say in our words that a form was too old, and give back what was written in it."""
    html = render_template("accounts/lost_form.html", out=False, kept=_worth_keeping())
    return web.page(html, 400)


def _worth_keeping() -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, text in request.form.items(multi=True)
        if len(text) >= WORTH_KEEPING and name != "csrf_token" and "password" not in name
    ]


def _for_console_pages() -> dict[str, Person | None]:
    """Tell console templates who is signed in; public ones ask nobody."""
    return {} if isinstance(_session(), NoSession) else {"person": current_person()}


def _session() -> Any:
    return flask_session._get_current_object()  # type: ignore[attr-defined]  # a werkzeug proxy


def navigation() -> list[tuple[str, str, str]]:
    """List the places of the console that exist and that this person may enter."""
    person = current_person()
    if person and owes_second_factor(person):
        return []
    adapter = current_app.create_url_adapter(request)
    return [
        (section, str(label), url)
        for section, label, url, permission in PLACES
        if person and person.may(permission) and adapter and adapter.test(url, "GET")
    ]
