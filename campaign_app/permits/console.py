"""Organisers' pages: what is due, the permits of an event, and the papers of a permit."""

from io import BytesIO
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.queries import current_person
from campaign_app.core import files, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, ngettext, pick
from campaign_app.core.uploads import takes_file
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.permits import deadlines, forms, queries, rules, services, troubles, words
from campaign_app.permits.models import NOT_NEEDED, Permit
from campaign_app.permits.services import Outcome

console_bp: Final = Blueprint("permits_console", __name__, url_prefix="/console")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW: Final = "<int(max=2147483647):row>"


@console_bp.get("/permits/", endpoint="due")
@requires(Permission.READ)
def due_page() -> ResponseReturnValue:
    """Show what is overdue, due this week, and due later."""
    return _page("due", due=queries.due())


@console_bp.get(f"/events/{ROW}/permits")
@requires(Permission.READ)
def of_event(row: int) -> ResponseReturnValue:
    """Show how the permits of an event stand, and what may have to be asked."""
    event = _event(row)
    return _event_page(event, _add_form(event, fresh=True))


@console_bp.post(f"/events/{ROW}/permits/add")
@requires(Permission.ORGANISE)
def add(row: int) -> ResponseReturnValue:
    """Put something on the list of an event."""
    event = _event(row)
    form = _add_form(event)
    if not form.validate_on_submit():
        return _event_page(event, form)
    chosen, title, until = form.rules.data or [], form.title.data or "", form.until_day()
    return _done(event, transact(lambda: services.add(row, chosen, title, until)))


@console_bp.route(f"/events/{ROW}/permits/none", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def none(row: int) -> ResponseReturnValue:
    """Say that an event needs no permit."""
    event = _event(row)
    form = forms.NotNeededForm(event=event, data={"by": _own_name()})
    if form.validate_on_submit():
        said, until = form.said(), form.until_day()
        return _done(event, transact(lambda: services.decide_nothing(row, said, until)))
    return _page("stand", _status(form), form=form, event=event, permit=None, state=NOT_NEEDED)


@console_bp.get(f"/permits/{ROW}")
@requires(Permission.ORGANISE)
def show(row: int) -> ResponseReturnValue:
    """Show one permit and its papers."""
    permit = _permit(row)
    return _permit_page(permit)


@console_bp.route(f"/permits/{ROW}/stands/<state>", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def stand(row: int, state: str) -> ResponseReturnValue:
    """Say how a permit stands from now on."""
    permit, make = _permit(row), forms.OF_STATE.get(state) or abort(404)
    form = make(event=permit.event, data={"by": _own_name(), "reference": permit.reference})
    if form.validate_on_submit():
        said, until = form.said(), form.until_day()
        return _done(permit.event, transact(lambda: services.stand(row, said, until)))
    return _page("stand", _status(form), form=form, event=permit.event, permit=permit, state=state)


@console_bp.post(f"/permits/{ROW}/told")
@requires(Permission.ORGANISE)
def told(row: int) -> ResponseReturnValue:
    """Note that whoever was asked knows of the change."""
    permit = _permit(row)
    _asked_for()
    return _done(permit.event, transact(lambda: services.told(row)))


@console_bp.post(f"/permits/{ROW}/due")
@requires(Permission.ORGANISE)
def set_due(row: int) -> ResponseReturnValue:
    """Set a deadline of our own."""
    permit = _permit(row)
    form = forms.DueForm(event=permit.event)
    if not form.validate_on_submit():
        return _permit_page(permit, due_form=form)
    due_local, until = form.due_local(), form.until_day()
    return _done(permit.event, transact(lambda: services.set_due(row, due_local, until)))


@console_bp.post(f"/permits/{ROW}/papers")
@takes_file
@requires(Permission.ORGANISE)
def attach(row: int) -> ResponseReturnValue:
    """Keep a paper with a permit."""
    permit = _permit(row)
    form = forms.PaperForm(event=permit.event)
    if not form.validate_on_submit():
        return _permit_page(permit, paper_form=form)
    paper, until = form.said(), form.until_day()
    transact(lambda: services.attach(row, paper, until))
    flash(_("The paper is kept. Only organisers can open it."), "good")
    return redirect(url_for(".show", row=row), 303)


@console_bp.get(f"/permits/papers/{ROW}")
@requires(Permission.ORGANISE)
def paper(row: int) -> ResponseReturnValue:
    """Hand a paper out, to keep rather than to open here."""
    file = (queries.paper(row) or abort(404)).file
    answer = send_file(
        BytesIO(files.content_of(file)),
        mimetype=file.mime,
        as_attachment=True,
        download_name=files.name_of(file) or _("paper"),
        max_age=0,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@console_bp.post(f"/permits/papers/{ROW}/remove")
@requires(Permission.ORGANISE)
def detach(row: int) -> ResponseReturnValue:
    """Take a paper away."""
    kept = (queries.paper(row) or abort(404)).permit_id
    _asked_for()
    transact(lambda: services.detach(row))
    flash(_("The paper is gone."), "good")
    return redirect(url_for(".show", row=kept), 303)


@console_bp.post(f"/permits/{ROW}/remove")
@requires(Permission.ORGANISE)
def remove(row: int) -> ResponseReturnValue:
    """Take off the list what was put there by mistake."""
    permit = _permit(row)
    _asked_for()
    return _done(permit.event, transact(lambda: services.remove(row)))


def on_event(event: Event) -> Markup:
    """Show on an event's page how its permits stand (slot events.CONSOLE)."""
    found = queries.of_event(event.id)
    return web.fragment(
        "permits/console/on_event.html",
        event=event,
        gate=words.OF_GATE[event.permit_gate],
        troubles=troubles.of_event(event, found),
    )


def _event(row: int) -> Event:
    return events.event(row) or abort(404)


def _permit(row: int) -> Permit:
    return queries.permit(row) or abort(404)


def _asked_for() -> None:
    if not ConsoleForm().validate_on_submit():
        abort(400)


def _own_name() -> str:
    person = current_person()
    return person.name if person else ""


def _add_form(event: Event, *, fresh: bool = False) -> forms.AddForm:
    proposed = queries.proposals(event)
    if not fresh:
        return forms.AddForm(event=event, proposed=proposed)
    chosen = {"rules": [rule.key for rule in proposed]}
    return forms.AddForm(event=event, proposed=proposed, formdata=None, data=chosen)


def _done(event: Event, outcome: Outcome) -> ResponseReturnValue:
    """Say what was reached, loudly where a confirmed event is left without what it needs."""
    said = ngettext("Saved for %(num)d date.", "Saved for %(num)d dates.", outcome.dates)
    flash(said, "good")
    for one in outcome.shut:
        text = _(
            "“%(event)s” is confirmed, and its permits no longer suffice. It stays confirmed: call it "
            "off, or say who decided that it goes ahead without.",
            event=pick(one.titles),
        )
        flash(text, "bad")
    return redirect(url_for(".of_event", row=event.id), 303)


def _event_page(event: Event, form: forms.AddForm) -> ResponseReturnValue:
    found = queries.of_event(event.id)
    return _page(
        "event",
        _status(form),
        event=event,
        permits=found,
        papers=queries.papers(found),
        troubles=troubles.of_event(event, found),
        proposals=queries.proposals(event),
        form=form,
        button=ConsoleForm(formdata=None),
    )


def _permit_page(
    permit: Permit,
    paper_form: forms.PaperForm | None = None,
    due_form: forms.DueForm | None = None,
) -> ResponseReturnValue:
    status = 400 if paper_form or due_form else 200
    return _page(
        "permit",
        status,
        permit=permit,
        event=permit.event,
        papers=queries.papers([permit])[permit.id],
        paper_form=paper_form or forms.PaperForm(event=permit.event, formdata=None),
        due_form=due_form or _due_form(permit),
        button=ConsoleForm(formdata=None),
    )


def _due_form(permit: Permit) -> forms.DueForm:
    own = deadlines.own(permit)
    return forms.DueForm(event=permit.event, formdata=None, data={"due": own})


def _status(form: ConsoleForm) -> int:
    return 400 if form.errors else 200


def _page(name: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    person = current_person()
    facts["may_organise"] = person is not None and person.may(Permission.ORGANISE)
    html = render_template(
        f"permits/console/{name}.html",
        words=words,
        deadlines=deadlines,
        rules=rules.all_of_them(),
        differs=troubles.names_something_else,
        name_of=files.name_of,
        **facts,
    )
    return web.page(html, status)
