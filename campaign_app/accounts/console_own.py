"""One's own account: password, second factor, and where one is signed in."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_security import verify_password
from markupsafe import Markup

from campaign_app.accounts import second_factor, services, telling
from campaign_app.accounts.door_forms import CodeForm, EndBrowserForm, PasswordAgainForm
from campaign_app.accounts.forms import please_wait
from campaign_app.accounts.models import Person
from campaign_app.accounts.passwords import guesses
from campaign_app.accounts.proving import what_is_wrong
from campaign_app.accounts.queries import SECOND, browsers_of, current_person, owes_second_factor
from campaign_app.accounts.sessions import MADE, this_browser
from campaign_app.accounts.telling import Way, factor_removed
from campaign_app.audit.services import record
from campaign_app.core import db, ids, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, current_language
from campaign_app.core.settings import settings
from campaign_app.outbox.services import Letter

own_bp = Blueprint("own", __name__, url_prefix="/console/account")

#: A slot: the room that draws codes fills it with a function of text and title.
CODE_PICTURE: Final = "lantern_code_picture"
#: Where a session keeps the factor that is being set up, encrypted as in the database.
PENDING: Final = "second_factor_pending"


def me() -> Person:
    """Name who is signed in; the gate has let them pass."""
    person = current_person()
    assert person  # noqa: S101 -- the gate stands before each page here
    return person


@own_bp.get("/")
@requires(Permission.READ)
def account() -> Response:
    """Show one's own account, and where one is signed in."""
    html = render_template(
        "accounts/console/account.html",
        browsers=browsers_of(me().id),
        here=this_browser(),
        second=SECOND,
        switch=ConsoleForm(),
    )
    return web.page(html)


@own_bp.post("/browsers/end")
@requires(Permission.READ)
def end_browser() -> ResponseReturnValue:
    """Sign oneself out in one browser."""
    form = EndBrowserForm()
    person, named = me(), form.browser.data or ""
    found = [row.token_hash for row in browsers_of(person.id) if row.handle == named]
    if form.validate_on_submit() and found:
        db.transact(lambda: services.end_browser(person.id, found[0]))
        flash(_("That browser is signed out."), "good")
    return redirect(url_for(".account"), 303)


@own_bp.post("/browsers/end-others")
@requires(Permission.READ)
def end_others() -> ResponseReturnValue:
    """Sign oneself out everywhere but here."""
    number, here = me().id, this_browser()
    db.transact(lambda: services.end_other_browsers(number, here))
    flash(_("All other browsers are signed out."), "good")
    return redirect(url_for(".account"), 303)


@own_bp.get("/second-factor", endpoint="second_factor")
@requires(Permission.READ)
def second_factor_page() -> Response:
    """Show the second factor, or how to set it up."""
    return _page()


def _page(status: int = 200, **forms: Any) -> Response:
    """Show what there is: a factor, one being set up, or the way to one."""
    person = me()
    shown = {"password": PasswordAgainForm(), "code": CodeForm(), "again": CodeForm()} | forms
    html = render_template(
        "accounts/console/second_factor.html",
        setup=None if person.has_second_factor else _setup(person),
        needed=owes_second_factor(person),
        offered=_offered(),
        **shown,
    )
    return web.page(html, status)


def _offered() -> bool:
    """The demo shows everybody its passwords; a factor there would only lock others out."""
    return settings().environment != "demo"


def _setup(person: Person) -> dict[str, Any] | None:
    secret = browser.get(PENDING)
    if not secret:
        return None
    totp = second_factor.factor().totp
    uri = totp.get_totp_uri(person.email, secret)
    draw: Callable[[str, str], Markup] = current_app.extensions[CODE_PICTURE]
    title = _("A code for your authenticator app")
    return {"uri": uri, "key": totp.get_totp_pretty_key(secret), "picture": draw(uri, title)}


@own_bp.post("/second-factor/begin")
@requires(Permission.READ)
def begin() -> ResponseReturnValue:
    """Draw a factor for this session; nothing counts until its first code is right."""
    person = me()
    if person.has_second_factor or not _offered():
        return _back()
    form = PasswordAgainForm()
    if not form.validate_on_submit() or not _is_mine(person, form):
        return _page(400, password=form)
    browser[PENDING] = second_factor.factor().totp.generate_totp_secret()
    return _back()


def _is_mine(person: Person, form: PasswordAgainForm) -> bool:
    account = ("change", person.email)
    if waiting := guesses().wait(*account):
        form.password.errors = [please_wait(waiting)]
        return False
    plain = current_app.extensions["security"].password_util.normalize(form.password.data)
    if verify_password(plain, person.password):
        guesses().forgive(*account)
        return True
    form.password.errors = [_("This is not the password that you have used until now.")]
    return False


@own_bp.post("/second-factor/confirm")
@requires(Permission.READ)
def confirm() -> ResponseReturnValue:
    """Take the first code: from now on the factor counts."""
    secret, person = browser.get(PENDING), me()
    if not secret or person.has_second_factor:
        return _back()
    form = CodeForm()
    typed = ids.as_typed(form.code.data or "")
    fine = form.validate_on_submit() and typed.isascii() and typed.isdigit()
    counter = second_factor.matching(secret, None, typed) if fine else None
    if counter is None:
        form.code.errors = form.code.errors or [_not_this_code()]
        return _page(400, code=form)
    codes = db.transact(lambda: _give(person.id, secret, counter))
    browser.pop(PENDING)
    browser[SECOND] = MADE
    return _codes_page(codes)


def _not_this_code() -> str:
    return _(
        "This code is wrong. Look that the phone’s clock is right, and type the code that it shows now."
    )


def _give(number: int, secret: str, counter: int) -> list[str]:
    second_factor.give(number, secret, counter)
    record("person.second_factor_set", f"person:{number}")
    return second_factor.draw_recovery_codes(number)


@own_bp.post("/second-factor/codes")
@requires(Permission.READ)
def codes() -> ResponseReturnValue:
    """Draw new recovery codes for whoever shows that the factor is theirs."""
    refused = _refused()
    return refused if refused is not None else _codes_page(db.transact(_draw_codes))


def _draw_codes() -> list[str]:
    number = me().id
    record("person.recovery_codes_drawn", f"person:{number}")
    return second_factor.draw_recovery_codes(number)


def _codes_page(drawn: list[str]) -> Response:
    return web.page(render_template("accounts/console/recovery_codes.html", codes=drawn))


@own_bp.post("/second-factor/remove")
@requires(Permission.READ)
def remove() -> ResponseReturnValue:
    """Do without a second factor, or set up another."""
    refused = _refused()
    if refused is not None:
        return refused
    letter = factor_removed(me(), Way.OWN, language=current_language())
    db.transact(lambda: _remove(letter))
    browser.pop(SECOND, None)
    flash(_("The second factor is removed. Your password alone lets you in."), "good")
    return _back()


def _remove(letter: Letter | None) -> None:
    person = me()
    second_factor.take_away(person)
    telling.post(letter)
    record("person.second_factor_removed", f"person:{person.id}")


def _refused() -> ResponseReturnValue | None:
    """Ask for a code before anything of the factor is changed; None if it was right."""
    person, form = me(), CodeForm()
    if not person.has_second_factor:
        return _back()
    if form.validate_on_submit():
        said = what_is_wrong(person, form.code.data or "")
        if not said:
            return None
        form.code.errors = [said]
    return _page(400, again=form)


def _back() -> ResponseReturnValue:
    return redirect(url_for(".second_factor"), 303)
