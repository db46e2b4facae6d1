"""Organisers' pages of what tablets delivered: gap reports, what waits, and the sealed file's way in."""

from functools import partial
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.queries import current_person
from campaign_app.core import clock, i18n, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, ngettext
from campaign_app.core.uploads import takes_file
from campaign_app.core.wall_clock import start_of
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.kiosk import (
    closing,
    exported,
    gaps,
    keys,
    opening,
    quarantining,
    reasons,
    runs,
    stood,
)
from campaign_app.kiosk.forms_intake import AGAIN, DISCARD, CloseForm, UploadForm, WaitingForm
from campaign_app.kiosk.models import Intake
from campaign_app.kiosk.quarantining import Group
from campaign_app.kiosk.said import ago
from campaign_app.petitions.tally_ground import event_when

bp: Final = Blueprint("intake_console", __name__, url_prefix="/console/kiosk")
ROW: Final = "<int(max=2147483647):row>"
INSTALL: Final = "<int(max=2147483647):install>"


@bp.get("/reports/")
@requires(Permission.ORGANISE)
def unfinished() -> ResponseReturnValue:
    """List the events of which not all has come, or of which a report is open."""
    return _page("reports", found=gaps.unfinished())


@bp.get(f"/events/{ROW}/report")
@requires(Permission.ORGANISE)
def report(row: int) -> ResponseReturnValue:
    """Show what each tablet collected at an event, and what of it came."""
    return _report(_event(row), CloseForm(None))


def _report(event: Event, form: CloseForm, tablet: int = 0) -> ResponseReturnValue:
    found = gaps.of_event(event.id)
    waiting = [
        (Group(event.id, install, reason), count)
        for install, reason, count in gaps.waiting_by_reason(event.id)
    ]
    key = keys.current(event.id)
    return _page(
        "report", 400 if form.errors else 200, event=event, gaps=found, form=form, tablet=tablet,
        waiting=waiting, names=gaps.names_of([group.install_id for group, _count in waiting]),
        over=event.ends_at <= clock.now(), has_key=key is not None,
        key_is_here=key is None or keys.private(key) is not None,
        until=closing.last_day(event.id), button=ConsoleForm(None), stood=stood.at_event(event.id),
    )  # fmt: skip


@bp.post(f"/events/{ROW}/report/close")
@requires(Permission.ORGANISE)
def close_whole(row: int) -> ResponseReturnValue:
    """Close all reports of which everything came."""
    event = _event(row)
    _asked_for()
    count = transact(partial(closing.close_whole, row))
    if not count:
        return _done(event, _("No report is complete yet."), "warn")
    text = ngettext("%(num)s report is closed.", "%(num)s reports are closed.", count)
    return _done(event, text)


@bp.post(f"/events/{ROW}/report/{INSTALL}/close")
@requires(Permission.ORGANISE)
def close(row: int, install: int) -> ResponseReturnValue:
    """Close the report of one tablet, with numbers missing only for a reason."""
    event, form = _event(row), CloseForm()
    if not form.validate_on_submit():
        return _report(event, form, install)
    try:
        transact(partial(closing.close, install, row, form.why.data or ""))
    except closing.WhyNot as refused:
        form.why.errors = [refused.shown]
        return _report(event, form, install)
    return _done(event, _("The report is closed, and its numbering is forgotten."))


@bp.route(f"/events/{ROW}/waiting/{INSTALL}/<reason>", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def waiting(row: int, install: int, reason: str) -> ResponseReturnValue:
    """Show what waits for one reason, and decide about some or all of it."""
    event, words = _event(row), reasons.OF_REASON.get(reason) or abort(404)
    group = Group(row, install, reason)
    found = quarantining.of_group(group)
    form = WaitingForm(waiting=found, labels=[_label(one, event.zone) for one in found])
    deed = DISCARD if request.form.get("deed") == DISCARD else AGAIN
    form.means(deed, asks_why=words.asks_why)
    if form.validate_on_submit():
        return _decided(event, group, form)
    name = gaps.names_of([install]).get(install, "")
    return _page(
        "waiting", 400 if form.errors else 200, event=event, group=group, words=words, form=form,
        found=found, tablet=name,
    )  # fmt: skip


def _label(one: Intake, zone: str) -> str:
    when = i18n.moment(start_of(one.hour), zone, "short")
    return _("No. %(number)s, came in the hour from %(when)s", number=one.seq, when=when)


def _decided(event: Event, group: Group, form: WaitingForm) -> ResponseReturnValue:
    ticked, why = list(form.items.data or ()), form.why.data or ""
    ids = list(quarantining.ids_of(group)) if form.all.data else ticked
    if form.deed == DISCARD:
        gone = transact(partial(quarantining.discard, group, ids, why))
        text = ngettext("%(num)s is discarded.", "%(num)s are discarded.", gone)
    else:
        transact(partial(quarantining.note_again, group, ids, why))
        opening.open_again(ids)
        left = set(quarantining.ids_of(group)) & set(ids)
        text = _again(len(ids) - len(left), len(left))
    transact(partial(quarantining.forget_decided, event.id))
    return _done(event, text)


def _again(done: int, left: int) -> str:
    said = []
    if done:
        said.append(ngettext("%(num)s was opened again.", "%(num)s were opened again.", done))
    if left:
        text = ngettext(
            "%(num)s waits still, for the same reason.",
            "%(num)s wait still, for the same reason.",
            left,
        )
        said.append(text)
    return " ".join(said)


@bp.route("/upload", methods=["GET", "POST"])
@takes_file
@requires(Permission.ORGANISE)
def upload() -> ResponseReturnValue:
    """Take the sealed file of a tablet that finds no network."""
    form, taken = UploadForm(), None
    if form.validate_on_submit():
        try:
            taken = exported.take(form.file.data.read())
        except exported.NoExport as refused:
            form.file.errors = [refused.shown]
    return _page("upload", 400 if form.errors else 200, form=form, taken=taken)


def on_event(event: Event) -> Markup:
    """Show on an event's page how its gap reports stand (slot events.CONSOLE)."""
    return web.fragment(
        "kiosk/console/reports_on_event.html", event=event, gaps=gaps.of_event(event.id)
    )


def _event(row: int) -> Event:
    return events.event(row) or abort(404)


def _asked_for() -> None:
    if not ConsoleForm().validate_on_submit():
        abort(400)


def _done(event: Event, text: str, kind: str = "good") -> ResponseReturnValue:
    flash(text, kind)
    return redirect(url_for(".report", row=event.id), 303)


def _page(name: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    html = render_template(
        f"kiosk/console/{name}.html",
        person=current_person(),
        told=runs.told,
        ago=ago,
        heard_long_ago=gaps.heard_long_ago,
        of_reason=reasons.OF_REASON,
        when=event_when,
        **facts,
    )
    return web.page(html, status)
