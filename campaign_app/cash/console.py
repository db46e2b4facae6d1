"""Organisers' pages of cash: which boxes there are, and what happens to those of one event.

What an organiser does here, the lead does on the phone; amounts show once they are posted.
"""

from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.queries import current_person
from campaign_app.cash import banking, boxes, deeds, forms, links, printing, queries, words
from campaign_app.cash.forms import BoxForm, ButtonForm
from campaign_app.cash.models import BoxOpening
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, current_language
from campaign_app.events import queries as events
from campaign_app.events.models import Event

console_bp: Final = Blueprint("cash_console", __name__, url_prefix="/console/cash")
#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"


@console_bp.route("/", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def index() -> ResponseReturnValue:
    """List the boxes, and write one down."""
    form = BoxForm()
    if form.validate_on_submit():
        work = partial(boxes.add, form.number.data or "", form.label.data or "")
        if tried(form, work) is not None:
            flash(_("The box is written down."), "good")
            return redirect(url_for(".index"), 303)
    return page(
        "boxes",
        400 if form.errors else 200,
        form=form,
        boxes=queries.boxes(),
        where=queries.where_now(),
        button=ButtonForm(formdata=None),
    )


@console_bp.post(f"/{ROW}/<deed>")
@requires(Permission.ORGANISE)
def box(row: int, deed: str) -> ResponseReturnValue:
    """Take a box out of service, or into service again."""
    if deed not in ("rest", "use") or not ButtonForm().validate_on_submit():
        abort(404 if deed not in ("rest", "use") else 400)
    try:
        transact(partial(boxes.rest, row, rests=deed == "rest"))
    except DomainError as refused:
        flash(str(refused.shown), "bad")
    return redirect(url_for(".index"), 303)


@console_bp.get(f"/events/{ROW}")
@requires(Permission.ORGANISE)
def event(row: int) -> ResponseReturnValue:
    """Show the boxes of an event."""
    found = _event(row)
    cards = [deeds.card(one) for one in queries.openings(event_id=row)]
    free = bool(queries.free_boxes())
    return page("event", event=found, cards=cards, deeds=deeds.DEEDS, may_open=free)


@console_bp.route(f"/events/{ROW}/open", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def open_box(row: int) -> ResponseReturnValue:
    """Put a sealed box at a stall."""
    found, form = _event(row), forms.made(forms.OpenFields, ConsoleForm)
    forms.one_of(form.box, [(one.id, one.number) for one in queries.free_boxes()])
    if form.validate_on_submit():
        work = partial(boxes.open_at, row, form.box.data, form.seal.data)
        if tried(form, work) is not None:
            return redirect(url_for(".event", row=row), 303)
    takes = banking.currencies_of(boxes.receiver_of(found) or "")
    return page("open", 400 if form.errors else 200, event=found, form=form, takes=takes)


@console_bp.route(f"/openings/{ROW}/<deed>", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def do(row: int, deed: str) -> ResponseReturnValue:
    """Do something with a box at a stall."""
    opening = _opening(row)
    if deed not in deeds.DEEDS:
        abort(404)
    back = redirect(url_for(".event", row=opening.event_id, _anchor=f"b{row}"), 303)
    if deed not in deeds.offered(opening):
        return back
    form = deeds.form(deed, opening, ConsoleForm)
    if form.validate_on_submit():
        made = tried(form, partial(deeds.DEEDS[deed].do, row, form))
        if made:
            return page("links", event=opening.event, opening=opening, links=links.shown(made))
        if made is not None:
            return back
    status = 400 if form.errors else 200
    facts = {"event": opening.event, "opening": opening, "deed": deeds.DEEDS[deed], "step": deed}
    return page("deed", status, form=form, **facts)


@console_bp.get(f"/openings/{ROW}/log.pdf")
@requires(Permission.ORGANISE)
def log(row: int) -> ResponseReturnValue:
    """Print the log entry of a box at a stall."""
    return log_of(_opening(row))


def log_of(opening: BoxOpening) -> Response:
    """Answer with the log entry on paper."""
    content = printing.log(opening, current_language())
    response = Response(content, mimetype="application/pdf")
    name = f"cash-box-{opening.box.number}-{opening.id}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def on_event_page(event: Event) -> Markup:
    """Show an event's boxes on its page in the console (slot events.CONSOLE)."""
    person = current_person()
    if person is None or not person.may(Permission.ORGANISE):
        return Markup()
    listed = queries.openings(event_id=event.id)
    return web.fragment("cash/console/at_event.html", event=event, openings=listed, words=words)


def tried(form: Any, work: Any) -> Any:
    """Do it, or say on the form why not."""
    try:
        return transact(work)
    except DomainError as refused:
        form.form_errors = [str(refused.shown)]
        return None


def page(name: str, status: int = 200, **facts: Any) -> Response:
    """Answer with a page of this room."""
    html = render_template(
        f"cash/console/{name}.html", words=words, here=request.full_path.rstrip("?"), **facts
    )
    return web.page(html, status)


def _event(row: int) -> Event:
    return events.event(row) or abort(404)


def _opening(row: int) -> BoxOpening:
    return queries.opening(row) or abort(404)
