"""A demo's button "start empty"; in production this address leads nowhere."""

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import ValidationError

from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, _l
from campaign_app.core.settings import settings
from campaign_app.petitions.console_forms import one_line
from campaign_app.petitions.pages import pages
from campaign_app.petitions.starting_empty import start_empty
from campaign_app.qr import visits

bp: Final = Blueprint("start_empty", __name__, url_prefix="/console/settings/start-empty")


def word() -> str:
    """Give the word to type, in the language of the page."""
    return _("empty")


class StartEmptyForm(ConsoleForm):
    """The word, typed, so that nobody empties a demo by accident."""

    word = StringField(
        _l("Type the word"),
        filters=[one_line],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_word(self, field: Any) -> None:
        """Take this word only."""
        if (field.data or "").casefold() != word().casefold():
            raise ValidationError(_("Type the word “%(word)s” to go on.", word=word()))


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def ask() -> ResponseReturnValue:
    """Say what goes and what stays, and do it for who types the word."""
    if settings().environment != "demo":
        abort(404)
    form = StartEmptyForm()
    if form.validate_on_submit():
        _write_what_waits()
        transact(start_empty)
        flash(_("Empty. Every number begins at nought; now it is your own demo."), "good")
        return redirect(url_for("dashboard.today"), 303)
    html = render_template("petitions/console/start_empty.html", form=form, word=word())
    return web.page(html, 400 if form.errors else 200)


def _write_what_waits() -> None:
    """Let what this process counted in memory go with the rest, not come after it."""
    pages().pace.flush()
    visits.counter.flush()
