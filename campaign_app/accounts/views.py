"""Pages for those who are not quite in: the link to a password, a forgotten one, a code."""

import hmac
from functools import partial

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_security.utils import validate_redirect_url

from campaign_app.accounts import invitations, queries
from campaign_app.accounts.door_forms import ChoosePasswordForm, CodeForm, ForgottenForm
from campaign_app.accounts.invitations import FORGOTTEN, LinkIsSpent
from campaign_app.accounts.models import Person
from campaign_app.accounts.passwords import hashed
from campaign_app.accounts.proving import what_is_wrong
from campaign_app.accounts.queries import SECOND, person_at_the_door
from campaign_app.accounts.sessions import GIVEN, is_console
from campaign_app.core import db, web
from campaign_app.core.access import public, signed_link
from campaign_app.core.forms import csrf
from campaign_app.core.i18n import current_language, speak
from campaign_app.outbox.services import enqueue_job

#: Outside the console, so that following a link neither reads nor sets a cookie.
link_bp = Blueprint("account_link", __name__)
door_bp = Blueprint("account_door", __name__, url_prefix="/console")


@link_bp.route("/<language:lang>/account/<token>", methods=["GET", "POST"])
@signed_link
def choose(lang: str, token: str) -> ResponseReturnValue:
    """Let somebody choose a password whose mailbox got this link; looking changes nothing."""
    speak(lang)
    link = queries.open_link(token)
    person = queries.person(link.person_id) if link else None
    if person is None:
        return _spent()
    form = ChoosePasswordForm()
    if request.method != "POST" or not form.validate():
        return _choosing(person, form)
    secret = hashed(form.new_password.data or "")
    try:
        done = db.transact(partial(invitations.choose_password, token, secret))
    except LinkIsSpent:
        return _spent()
    return web.page(render_template("accounts/link_done.html", who=done))


def _choosing(person: Person, form: ChoosePasswordForm) -> Response:
    html = render_template("accounts/link.html", who=person, form=form)
    return web.page(html, 400 if form.errors else 200)


def _spent() -> Response:
    return web.page(render_template("accounts/link_spent.html"), 410)


@door_bp.route("/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Send a link to whoever forgot the password; the answer is the same for every address."""
    form = ForgottenForm()
    if request.method == "POST":
        csrf.protect()
    if not form.validate_on_submit():
        html = render_template("accounts/forgotten.html", form=form)
        return web.page(html, 400 if form.errors else 200)
    _ask_for_link(str(form.email.data))
    return web.page(render_template("accounts/forgotten_sent.html", email=form.email.data))


def _ask_for_link(email: str) -> None:
    """Write the same row for everybody: a job that knows a number, or none, and no address."""
    person = queries.person_of(email)
    asked = {"person": person.id if person else 0, "language": current_language()}
    key = str(current_app.secret_key).encode()
    name = hmac.new(key, email.encode(), "sha256").hexdigest()[:32]
    db.transact(partial(enqueue_job, FORGOTTEN, asked, dedupe=f"forgotten:{name}"))


@door_bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """Ask for the code of whoever gave the right password."""
    person = person_at_the_door()
    if person is None:
        return redirect(url_for("security.login"), 303)
    form = CodeForm()
    if request.method == "POST":
        csrf.protect()
        if form.validate_on_submit() and not _wrong(person, form):
            browser[SECOND] = GIVEN
            return redirect(_onwards(), 303)
    html = render_template("accounts/code.html", form=form, onwards=_onwards())
    return web.page(html, 400 if form.errors else 200)


def _wrong(person: Person, form: CodeForm) -> bool:
    said = what_is_wrong(person, form.code.data or "")
    if said:
        form.code.errors = [said]
    return bool(said)


def _onwards() -> str:
    """Go back to the page that asked, if it is one of the console's."""
    wanted = request.values.get("next", "")
    fine = is_console(wanted) and validate_redirect_url(wanted)
    return wanted if fine else "/console/"
