"""People in the console: who signs in, and what they may do."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts import queries, services
from campaign_app.accounts.forms import ROLE_LABELS, RolesForm
from campaign_app.accounts.models import Person
from campaign_app.core import db, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _

console_bp = Blueprint("people", __name__, url_prefix="/console/people")

ONE = "/<int(max=2147483647):person_id>"


@console_bp.get("/")
@requires(Permission.ADMINISTER)
def index() -> Response:
    """List everybody who signs in or once did."""
    people = queries.people()
    return web.page(
        render_template("accounts/console/people.html", people=people, labels=ROLE_LABELS)
    )


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
    name = _found(person_id).name
    db.transact(lambda: services.deactivate(_found(person_id)))
    flash(_("%(name)s is signed out and cannot sign in any more.", name=name), "good")
    return redirect(url_for(".index"), 303)


@console_bp.post(f"{ONE}/reactivate")
@requires(Permission.ADMINISTER)
def reactivate(person_id: int) -> ResponseReturnValue:
    """Let a person in again."""
    name = _found(person_id).name
    db.transact(lambda: services.reactivate(_found(person_id)))
    flash(_("%(name)s can sign in again.", name=name), "good")
    return redirect(url_for(".index"), 303)


def _found(person_id: int) -> Person:
    return queries.person(person_id) or abort(404)


def _page_of(shown: Person, form: RolesForm) -> str:
    return render_template(
        "accounts/console/person.html",
        shown=shown,
        form=form,
        switch=ConsoleForm(),
    )
