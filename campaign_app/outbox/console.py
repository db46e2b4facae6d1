"""The organisers' page about mail: what waits, what went wrong, and a test."""

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from campaign_app.core import db, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.i18n import _, ngettext
from campaign_app.outbox import queries, services
from campaign_app.outbox.forms import MailTestForm
from campaign_app.outbox.testing_mail import send_test
from campaign_app.outbox.words import explain

console_bp: Final = Blueprint("outbox_console", __name__, url_prefix="/console/mail")


@console_bp.get("/")
@requires(Permission.READ)
def mail() -> ResponseReturnValue:
    """Show what waits and what went wrong."""
    return _page(MailTestForm())


def _page(form: MailTestForm, status: int = 200) -> ResponseReturnValue:
    html = render_template(
        "outbox/console/mail.html",
        form=form,
        numbers=queries.numbers(),
        lanes=queries.held_lanes(),
        problems=queries.problems(),
        jobs=queries.failed_jobs(),
        repeats=queries.troubled_repeats(),
        explain=explain,
    )
    return web.page(html, status)


@console_bp.post("/test")
@requires(Permission.ADMINISTER)
def test() -> ResponseReturnValue:
    """Send a test mail and say in plain words how it went."""
    form = MailTestForm()
    if not form.validate_on_submit():
        return _page(form, 400)
    trouble = send_test(form.address.data or "")
    if trouble is None:
        flash(_("The mail server took the test mail. Please look into the mailbox."), "good")
    else:
        code = f" ({trouble.code})" if trouble.code else ""
        flash(f"{explain(trouble.error)}{code}", "bad")
    return _back()


@console_bp.post("/jobs/<uuid:job>/retry")
@requires(Permission.ADMINISTER)
def retry_job(job: UUID) -> ResponseReturnValue:
    """Try a failed job again."""
    return _change(partial(services.retry_job, job), _("The job will be tried again."))


@console_bp.post("/jobs/<uuid:job>/remove")
@requires(Permission.ADMINISTER)
def remove_job(job: UUID) -> ResponseReturnValue:
    """Give a failed job up."""
    return _change(partial(services.remove_job, job), _("The job is removed."))


def _change(work: Callable[[], None], said: str) -> ResponseReturnValue:
    db.transact(work)
    flash(said, "good")
    return _back()


def _back() -> Response:
    return redirect(url_for("outbox_console.mail"), 303)


def warnings() -> list[str]:
    """Say what organisers should know about mail on every page; usually nothing."""
    said = []
    held = sum(count for _lane, count in queries.held_lanes())
    if held:
        said.append(
            ngettext(
                "%(num)s mail waits for the next hour: its hourly budget is used up.",
                "%(num)s mails wait for the next hour: their hourly budget is used up.",
                held,
            )
        )
    if queries.stuck():
        said.append(_("Mail has been waiting for more than 15 minutes. Nobody gets a mail now."))
    return said
