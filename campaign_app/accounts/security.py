"""Flask-Security as this house uses it: sign-in, sign-out, a new password, second factors.

It speaks through our own catalogue (one gettext domain, one folder) and its pages are ours.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, cast

from flask import Flask, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import Security, SQLAlchemySessionUserDatastore
from sqlalchemy import inspect, update

from campaign_app.accounts import links, second_factor
from campaign_app.accounts.forms import PasswordForm, SignInForm
from campaign_app.accounts.known_browser import know_browser
from campaign_app.accounts.models import Person, Role
from campaign_app.accounts.passwords import GUESSES, SHORTEST, FewAtOnce, Guesses
from campaign_app.accounts.queries import current_person, person_at_the_door, tidy_email
from campaign_app.accounts.services import sign_out_of_all_browsers
from campaign_app.accounts.sessions import ConsoleSessions, is_console
from campaign_app.audit.services import record
from campaign_app.core import db, web
from campaign_app.core.access import Permission, public, requires
from campaign_app.core.forms import csrf
from config import Config


def N_(text: str) -> str:  # noqa: N802 -- the name that extraction of texts knows
    """Mark a text that Flask-Security translates later, through our catalogue."""
    return text


MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "PASSWORD_CHANGE": (N_("Your password is changed. Other browsers are signed out."), "good"),
    "INVALID_PASSWORD": (N_("This is not the password that you have used until now."), "bad"),
    "PASSWORD_IS_THE_SAME": (N_("The new password is the old one. Choose another."), "bad"),
    "PASSWORD_INVALID_LENGTH": (N_("A password has %(length)s characters or more."), "bad"),
    "PASSWORD_NOT_PROVIDED": (N_("Type your password."), "bad"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two new passwords differ. Type them again."), "bad"),
    "EMAIL_NOT_PROVIDED": (N_("Type your e-mail address."), "bad"),
    "USER_DOES_NOT_EXIST": (N_("This e-mail address and password do not belong together."), "bad"),
    "DISABLED_ACCOUNT": (N_("This e-mail address and password do not belong together."), "bad"),
}

SETTINGS: Final[Mapping[str, Any]] = {
    "BLUEPRINT_NAME": "security",
    "URL_PREFIX": "/console",
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "LOGOUT_METHODS": ["POST"],
    "LOGOUT_CSRF": True,
    "CHANGE_URL": "/password",
    "CHANGEABLE": True,
    "SEND_PASSWORD_CHANGE_EMAIL": False,
    "CHANGE_PASSWORD_TEMPLATE": "accounts/change_password.html",
    "POST_LOGIN_VIEW": "/console/",
    "POST_LOGOUT_VIEW": "/console/sign-in",
    "POST_CHANGE_VIEW": "/console/",
    "STATIC_FOLDER": None,
    "FRESHNESS": timedelta(seconds=-1),
    "API_ENABLED_METHODS": ["session"],
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": ["argon2"],  # Argon2id needs no pepper around it
    "PASSWORD_LENGTH_MIN": SHORTEST,
    "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": tidy_email, "case_insensitive": False}}],
    "I18N_DOMAIN": "messages",
}

#: Tests sign in a thousand times.
QUICK: Final = {"argon2__memory_cost": 64, "argon2__rounds": 1, "argon2__parallelism": 1}

#: Libraries whose hooks run on each request, also on the public pages that have no session.
EAGER: Final = ("flask_login", "flask_principal", "flask_security")


class Datastore(SQLAlchemySessionUserDatastore):
    """Writes what Flask-Security changed, in one transaction of ours."""

    def commit(self) -> None:
        """Write changed people. Hashing is done by now, so the lock is held for a moment only."""
        changes = {
            person.id: _changed(person) for person in db.session.dirty if isinstance(person, Person)
        }
        if any(changes.values()):
            db.transact(lambda: _write(changes))


def _changed(person: Person) -> dict[str, object]:
    return {
        attribute.key: attribute.value
        for attribute in inspect(person).attrs
        if attribute.key != "roles" and attribute.history.has_changes()
    }


def _write(changes: Mapping[int, Mapping[str, object]]) -> None:
    for person_id, values in changes.items():
        db.session.execute(update(Person).where(Person.id == person_id).values(**values))
        if "fs_uniquifier" in values:  # a new password, not an old one hashed anew
            sign_out_of_all_browsers(person_id)
            links.end(person_id)
            record("person.password_changed", f"person:{person_id}")


def init_app(app: Flask, config: Config) -> None:
    """Set Flask-Security up, on console pages only."""
    for key, value in SETTINGS.items():
        app.config[f"SECURITY_{key}"] = value
    for key, message in MESSAGES.items():
        app.config[f"SECURITY_MSG_{key}"] = message
    app.config["SECURITY_I18N_DIRNAME"] = [f"{app.root_path}/../translations"]
    if config.environment == "test":
        app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = QUICK
    app.config["SESSION_PROTECTION"] = None  # it would end a session when a phone changes networks
    app.extensions[GUESSES] = Guesses(config.secret_key)
    app.session_interface = ConsoleSessions()
    _install(app, config)
    _quieten(app)


def _install(app: Flask, config: Config) -> None:
    tables: tuple[Any, Any] = Person, Role  # theirs are annotated without Mapped[]
    security: Any = Security(
        app,
        Datastore(db.session, *tables),
        login_form=SignInForm,
        change_password_form=PasswordForm,
        render_template=cast(Any, _render),  # their views give on what it returns
    )
    security.pwd_context = FewAtOnce(**security.pwd_context.to_dict())
    second_factor.init_app(app, config, security)
    security.want_json(lambda request: False)
    security.login_manager.request_loader(lambda request: None)  # no tokens, only the session
    views: dict[str, Any] = app.view_functions
    views["security.login"] = public(_sign_in(views["security.login"]))
    views["security.logout"] = public(_sign_out(views["security.logout"]))
    views["security.change_password"] = requires(Permission.READ)(
        _form_only(views["security.change_password"])
    )


def _quieten(app: Flask) -> None:
    """Take their hooks off each request: the gate asks who is signed in where it matters."""
    _drop(app.before_request_funcs[None])
    _drop(app.after_request_funcs[None])
    _drop(app.template_context_processors[None])


def _drop(hooks: list[Any]) -> None:
    hooks[:] = [hook for hook in hooks if not hook.__module__.startswith(EAGER)]


View = Callable[[], ResponseReturnValue]


def _form_only(view: View) -> View:
    def answered() -> ResponseReturnValue:
        if request.is_json:
            abort(415)
        return view()

    return answered


def _sign_in(view: View) -> View:
    """Let somebody in, and know their browser by next time."""

    def sign_in() -> ResponseReturnValue:
        was_out = _whoever() is None
        response = make_response(_form_only(view)())
        person = _whoever()
        if was_out and person:
            know_browser(response, person.email)
            if not is_console(response.location or ""):
                response.location = SETTINGS["POST_LOGIN_VIEW"]
        return response

    return sign_in


def _whoever() -> Person | None:
    """Name who gave the right password; they may still owe a code."""
    return current_person() or person_at_the_door()


def _sign_out(view: View) -> View:
    """End the session of somebody who asked for it on one of our pages."""

    def sign_out() -> ResponseReturnValue:
        if _whoever() is None:
            return redirect(url_for("security.login"))
        csrf.protect()
        return view()

    return sign_out


def _render(template: str, **context: Any) -> Response:
    return web.page(render_template(template, **context))
