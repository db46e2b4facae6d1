"""People in the console: who signs in, and what they may do."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts import invitations, queries, services, telling
from campaign_app.accounts.forms import ROLE_LABELS, InviteForm, RolesForm
from campaign_app.accounts.invitations import Guest
from campaign_app.accounts.models import Person
from campaign_app.accounts.services import EmailTaken
from campaign_app.accounts.telling import Way
from campaign_app.core import db, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, current_language

console_bp = Blueprint("people", __name__, url_prefix="/console/people")

ONE = "/<int(max=2147483647):person_id>"


@console_bp.get("/")
@requires(Permission.ADMINISTER)
def index() -> Response:
    """List everybody who signs in or once did."""
    html = render_template(
        "accounts/console/people.html",
        people=queries.people(),
        links=queries.links_still_open(),
        labels=ROLE_LABELS,
    )
    return web.page(html)


@console_bp.route("/invite", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def invite() -> ResponseReturnValue:
    """Let somebody in: a mail leads them to a password of their own."""
    form = InviteForm(data={"language": current_language()})
    if form.validate_on_submit() and (invited := _invited(form)):
        flash(_("An invitation is on its way to %(name)s.", name=invited.name), "good")
        return redirect(url_for(".one", person_id=invited.id), 303)
    html = render_template("accounts/console/invite.html", form=form)
    return web.page(html, 400 if form.errors else 200)


def _invited(form: InviteForm) -> Person | None:
    guest = Guest(
        name=form.name.data or "",
        email=form.email.data or "",
        language=form.language.data,
        roles=form.chosen(),
    )
    letter = guest.letter(by=_my_name())
    try:
        return db.transact(lambda: invitations.invite(guest, letter))
    except EmailTaken as taken:
        form.email.errors = [str(taken.shown)]
        return None


def _my_name() -> str:
    me = queries.current_person()
    return me.name if me else ""


@console_bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def one(person_id: int) -> ResponseReturnValue:
    """Show a person, and change what they may do."""
    shown = _found(person_id)
    form = RolesForm(data={role.name: True for role in shown.roles})
    if form.validate_on_submit():
        roles = form.chosen()
        db.transact(lambda: services.set_roles(_found(person_id), roles))
        flash(
            _("Saved. It counts from the next page that %(name)s opens.", name=shown.name), "good"
        )
        return redirect(url_for(".index"), 303)
    return web.page(_page_of(shown, form), 400 if form.errors else 200)


@console_bp.post(f"{ONE}/deactivate")
@requires(Permission.ADMINISTER)
def deactivate(person_id: int) -> ResponseReturnValue:
    """Let a person in no more."""
    shown = _found(person_id)
    name, came = shown.name, shown.came
    db.transact(lambda: services.deactivate(_found(person_id)))
    if came:
        said = _("%(name)s is signed out and cannot sign in any more.", name=name)
    else:
        said = _("The invitation of %(name)s is taken back. Its link opens nothing.", name=name)
    flash(said, "good")
    return redirect(url_for(".index"), 303)


@console_bp.post(f"{ONE}/reactivate")
@requires(Permission.ADMINISTER)
def reactivate(person_id: int) -> ResponseReturnValue:
    """Let a person in again."""
    name = _found(person_id).name
    db.transact(lambda: services.reactivate(_found(person_id)))
    flash(_("%(name)s can sign in again.", name=name), "good")
    return redirect(url_for(".one", person_id=person_id), 303)


@console_bp.post(f"{ONE}/link")
@requires(Permission.ADMINISTER)
def send_link(person_id: int) -> ResponseReturnValue:
    """Send the invitation again, or a link for a new password; older links end."""
    shown = _found(person_id)
    language = shown.language or current_language()
    letter = invitations.letter_for(shown, language, by=_my_name())
    db.transact(lambda: invitations.send(_found(person_id), letter))
    flash(_("A mail with a link is on its way to %(name)s.", name=shown.name), "good")
    return redirect(url_for(".one", person_id=person_id), 303)


@console_bp.post(f"{ONE}/sign-out")
@requires(Permission.ADMINISTER)
def sign_out(person_id: int) -> ResponseReturnValue:
    """End all sessions of a person."""
    name = _found(person_id).name
    db.transact(lambda: services.end_sessions(_found(person_id)))
    flash(_("%(name)s is signed out everywhere.", name=name), "good")
    return redirect(url_for(".one", person_id=person_id), 303)


@console_bp.post(f"{ONE}/second-factor/remove")
@requires(Permission.ADMINISTER)
def remove_second_factor(person_id: int) -> ResponseReturnValue:
    """Help somebody who lost the phone and the recovery codes."""
    shown, way = _found(person_id), Way.ADMINISTRATOR
    name = shown.name
    letter = telling.factor_removed(shown, way, language=current_language(), by=_my_name())
    db.transact(lambda: services.remove_second_factor(_found(person_id), letter))
    flash(_("The second factor of %(name)s is removed, and a mail says so.", name=name), "good")
    return redirect(url_for(".one", person_id=person_id), 303)


def _found(person_id: int) -> Person:
    return queries.person(person_id) or abort(404)


def _page_of(shown: Person, form: RolesForm) -> str:
    return render_template(
        "accounts/console/person.html",
        shown=shown,
        link=queries.links_still_open().get(shown.id),
        browsers=queries.browsers_of(shown.id),
        form=form,
        switch=ConsoleForm(),
    )
