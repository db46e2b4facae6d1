"""Settings of the organisation: its page for administrators, and its mark for everybody."""

from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts import mark, organisation
from campaign_app.accounts.organisation_forms import MarkForm, OrganisationForm, filled
from campaign_app.core import web
from campaign_app.core.access import Permission, public, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _
from campaign_app.core.settings import facts, look_again, settings

bp: Final = Blueprint("organisation", __name__)
PAGE: Final = "/console/settings/organisation"


@bp.route(PAGE, methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def edit() -> ResponseReturnValue:
    """Show and change what the organisation says of itself."""
    form = OrganisationForm(data=filled(facts()))
    if form.validate_on_submit():
        said = form.said()
        changed = transact(lambda: organisation.change(said))
        look_again()
        flash(_("Saved.") if changed else _("Nothing was changed."), "good")
        return redirect(url_for(".edit"), 303)
    return _page(form, MarkForm(formdata=None))


@bp.post(f"{PAGE}/mark")
@requires(Permission.ADMINISTER)
def set_mark() -> ResponseReturnValue:
    """Take another picture; it is drawn anew before anything is kept of it."""
    form = MarkForm()
    if form.validate_on_submit():
        try:
            drawn = mark.read(form.mark.data.stream)
        except DomainError as refused:
            form.mark.errors = [str(refused.shown)]
        else:
            return _kept(drawn, _("This is your mark now."))
    return _page(OrganisationForm(formdata=None, data=filled(facts())), form)


@bp.post(f"{PAGE}/mark/remove")
@requires(Permission.ADMINISTER)
def remove_mark() -> ResponseReturnValue:
    """Show the name alone."""
    if not ConsoleForm().validate_on_submit():
        abort(400)
    return _kept(None, _("Pages show your name alone."))


def _kept(drawn: mark.Mark | None, said: str) -> ResponseReturnValue:
    transact(lambda: organisation.set_mark(drawn))
    look_again()
    flash(said, "good")
    return redirect(url_for(".edit"), 303)


def _page(form: OrganisationForm, mark_form: MarkForm) -> Response:
    html = render_template(
        "accounts/console/organisation.html",
        form=form,
        mark_form=mark_form,
        mark_hash=facts().mark_hash,
        is_demo=settings().environment == "demo",
        button=ConsoleForm(formdata=None),
    )
    return web.page(html, 400 if form.errors or mark_form.errors else 200)


@bp.get("/mark/<version>.png", endpoint="mark")
@public
def mark_png(version: str) -> ResponseReturnValue:
    """Show the mark; its address changes with it, so that it may be kept for ever."""
    png: Any = organisation.mark_of(version) if version.isprintable() else None
    if png is None:
        abort(404)
    answer = Response(png, mimetype="image/png")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
