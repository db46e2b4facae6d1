"""Setting a house up: language, organisation, the first person; then it goes on in the console.

Without the code, with a wrong one, and once there is a person, these addresses lead nowhere.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user

from campaign_app.accounts import organisation, setup
from campaign_app.accounts.known_browser import know_browser
from campaign_app.accounts.models import Person
from campaign_app.accounts.organisation_forms import FirstFactsForm, filled
from campaign_app.accounts.queries import current_person
from campaign_app.accounts.setup_forms import FirstPersonForm
from campaign_app.audit.services import acting
from campaign_app.core import web
from campaign_app.core.access import Permission, requires, signed_link
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import OWN_NAMES, _, speak
from campaign_app.core.organisation import Facts
from campaign_app.core.settings import facts, look_again
from campaign_app.outbox.testing_mail import send_test
from campaign_app.outbox.words import explain
from config import SHIPPED_LANGUAGES

bp: Final = Blueprint("setup", __name__)

#: What a new house is asked about itself.
ASKED: Final = (
    "country",
    "address",
    "privacy_contact",
    "sender_name",
    "sender_address",
    "smallest_age",
)


@bp.get("/setup/<code>")
@signed_link
def welcome(code: str) -> ResponseReturnValue:
    """Ask for the language first."""
    _admit(code)
    ways = [
        (language, OWN_NAMES[language], url_for(".who_we_are", language=language, code=code))
        for language in SHIPPED_LANGUAGES
    ]
    return web.page(render_template("accounts/setup/welcome.html", ways=ways))


@bp.route("/<language:language>/setup/<code>", methods=["GET", "POST"])
@signed_link
def who_we_are(language: str, code: str) -> ResponseReturnValue:
    """Ask who asks."""
    _admit(code)
    speak(language)
    form = FirstFactsForm(data=filled(facts()))
    if request.method == "POST" and form.validate():
        _as_setup(lambda: organisation.change(_said(form)))
        look_again()
        return redirect(url_for(".first_person", language=language, code=code), 303)
    return _page("organisation", form)


def _said(form: FirstFactsForm) -> Facts:
    told = {name: form.data[name] for name in ASKED}
    return replace(facts(), names=form.names_said(), **told)


@bp.route("/console/setup/<language:language>/<code>", methods=["GET", "POST"])
@signed_link
def first_person(language: str, code: str) -> ResponseReturnValue:
    """Let the first person in, and sign them in; from then on the code opens nothing."""
    _admit(code)
    speak(language)
    form = FirstPersonForm()
    if form.validate_on_submit() and (secret := form.secret()):
        name, email = str(form.name.data), str(form.email.data)
        person: Person = _as_setup(lambda: setup.let_first_in(name, email, secret))
        return _signed_in(person)
    back = url_for(".who_we_are", language=language, code=code)
    return _page("administrator", form, back=back)


def _signed_in(person: Person) -> Response:
    login_user(cast(Any, person))
    response = web.page("", 303, Location=url_for("dashboard.first_steps"))
    know_browser(response, person.email)
    return response


@bp.post("/console/setup/mail")
@requires(Permission.ADMINISTER)
def try_mail() -> ResponseReturnValue:
    """Send a test mail to whoever asks, and say what the mail server answered."""
    person = current_person()
    if person is None or not ConsoleForm().validate_on_submit():
        abort(400)
    trouble = send_test(person.email)
    if trouble is None:
        transact(setup.note_answered_mail)
        flash(_("The mail server took the test mail. Please look into the mailbox."), "good")
    else:
        code = f" ({trouble.code})" if trouble.code else ""
        flash(f"{explain(trouble.error)}{code}", "bad")
    return redirect(url_for("dashboard.first_steps"), 303)


def _admit(code: str) -> None:
    if not setup.admits(code):
        abort(404)


def _as_setup(work: Callable[[], Any]) -> Any:
    with _setting_up():
        return transact(work)


@contextmanager
def _setting_up() -> Iterator[None]:
    token = acting.set(setup.SETTING_UP)
    try:
        yield
    finally:
        acting.reset(token)


def _page(name: str, form: Any, **more: Any) -> Response:
    html = render_template(f"accounts/setup/{name}.html", form=form, **more)
    return web.page(html, 400 if form.errors or form.form_errors else 200)
