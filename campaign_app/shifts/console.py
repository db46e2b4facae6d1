"""An event's volunteers and kit, for its organisers."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import SelectField

from campaign_app.accounts.queries import current_person
from campaign_app.audit.services import record
from campaign_app.core import clock, wall_clock, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import _
from campaign_app.core.ids import in_groups
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.shifts import certificates, queries, services, volunteers, words
from campaign_app.shifts.console_forms import (
    AddForm,
    HoursForm,
    KeepForm,
    LinesForm,
    ShiftForm,
    UseForm,
)
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import OF_KIT, OF_SHIFTS, Shift, SignUp
from campaign_app.shifts.telling import when
from campaign_app.shifts.volunteers import Newcomer

console_bp = Blueprint("shifts_console", __name__, url_prefix="/console")

ROW: Final = "<int(max=2147483647):row>"
CREW: Final = f"/events/{ROW}/crew"
#: The shifts that most stalls need; no row of a template stands behind it.
USUAL: Final = 0
NEW_SHIFT: Final = {"role": "board", "least": 1, "most": 2}


def slot(event: Event) -> Markup:
    """Lead from an event's page to its volunteers and kit."""
    return web.fragment(
        "shifts/console/slot.html",
        event=event,
        rows=queries.manned(event.id),
        asking=queries.asking(event.id),
        may_open=_may_organise(),
    )


def _may_organise() -> bool:
    person = current_person()
    return person is not None and person.may(Permission.ORGANISE)


@console_bp.get(CREW)
@requires(Permission.ORGANISE)
def crew(row: int) -> ResponseReturnValue:
    """Show who comes to an event, what it lacks, and its kit."""
    return crew_page(event_or_404(row))


def crew_page(event: Event, status: int = 200, **forms: Any) -> Response:
    """Show an event's volunteers and kit, with the forms as they were sent."""
    rows = queries.manned(event.id)
    letters = volunteers.event_letters(queries.crew(event.id))
    html = render_template(
        "shifts/console/crew.html",
        event=event,
        rows=rows,
        contact_of=volunteers.contact_of,
        letters=letters,
        link=f"{settings().public_url}/v/{in_groups(letters)}" if letters else "",
        kit=queries.kit_of(event.id),
        shift_form=forms.get("shift_form") or ShiftForm(None, data=NEW_SHIFT),
        add_form=forms.get("add_form") or _add_form(event, None),
        use_form=use_form(event, OF_SHIFTS),
        use_kit_form=use_form(event, OF_KIT),
        keep_form=KeepForm(None),
        lines_form=forms.get("lines_form") or LinesForm(None),
        begun=event.starts_at <= clock.now(),
        roles=words.OF_ROLE,
        when=when,
        span=span,
        hours=certificates.hours,
        minutes=queries.minutes_of(event.id),
    )
    return web.page(html, status)


def _add_form(event: Event, sent: Any) -> AddForm:
    form = AddForm(sent)
    form.offer([(row.shift.id, _label(row.shift)) for row in queries.manned(event.id)])
    return form


def _label(shift: Shift) -> str:
    return f"{words.OF_ROLE[shift.role]}, {when(span(shift), shift.event.zone)}"


def use_form(event: Event, kind: str, sent: Any = None) -> UseForm:
    """Offer the templates that an event can use."""
    form = UseForm(sent)
    named = [(one.id, one.name) for one in queries.templates(kind, event.campaign_id)]
    usual = [(USUAL, _("The usual: one lead, two to four at the boards, one to three at tablets"))]
    field: SelectField = form.template
    field.choices = [*named, *(usual if kind == OF_SHIFTS else [])]
    return form


# Shifts


@console_bp.post(f"{CREW}/shifts")
@requires(Permission.ORGANISE)
def add_shift(row: int) -> ResponseReturnValue:
    """Plan a shift."""
    event, form = event_or_404(row), ShiftForm()
    if not form.validate_on_submit():
        return crew_page(event, 400, shift_form=form)
    return do(row, partial(services.add_shift, row, form.plan()), _("The shift is planned."))


@console_bp.route(f"/shifts/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_shift(row: int) -> ResponseReturnValue:
    """Change what a shift needs."""
    shift = queries.shift(row) or abort(404)
    form = ShiftForm(data=_said(shift))
    if form.validate_on_submit():
        work = partial(services.change_shift, row, form.plan())
        return do(shift.event_id, work, _("The shift is changed."))
    facts = {"form": form, "shift": shift, "event": shift.event, "label": _label(shift)}
    html = render_template("shifts/console/shift.html", **facts)
    return web.page(html, 400 if form.errors else 200)


def _said(shift: Shift) -> dict[str, Any]:
    said: dict[str, Any] = {"role": shift.role, "least": shift.least, "most": shift.most}
    if shift.starts_at is not None:
        zone = shift.event.zone
        begin, end = (wall_clock.show(moment, zone) for moment in span(shift))
        said |= {"starts": datetime.fromisoformat(begin), "ends": datetime.fromisoformat(end)}
    return said


@console_bp.post(f"/shifts/{ROW}/drop")
@requires(Permission.ORGANISE)
def drop_shift(row: int) -> ResponseReturnValue:
    """Take a shift away."""
    shift = queries.shift(row) or abort(404)
    return do(shift.event_id, partial(services.drop_shift, row), _("The shift is gone."))


# The link


@console_bp.post(f"{CREW}/link")
@requires(Permission.ORGANISE)
def open_link(row: int) -> ResponseReturnValue:
    """Give an event a new sign-up link."""
    event_or_404(row)
    text = _("This is the new link. One that was given out before leads nowhere.")
    return do(row, partial(services.open_link, row), text)


@console_bp.post(f"{CREW}/link/end")
@requires(Permission.ORGANISE)
def end_link(row: int) -> ResponseReturnValue:
    """Let nobody sign up by a link any more."""
    event_or_404(row)
    text = _("The link leads nowhere from now on. Personal links stay.")
    return do(row, partial(services.end_link, row), text)


# Who comes


@console_bp.post(f"{CREW}/people")
@requires(Permission.ORGANISE)
def add(row: int) -> ResponseReturnValue:
    """Put somebody on a shift who told us that they come."""
    event = event_or_404(row)
    form = _add_form(event, request.form)
    if not form.validate_on_submit():
        return crew_page(event, 400, add_form=form)
    shift, alias = form.shift.data, form.alias.data or ""
    closed = volunteers.close(
        Newcomer(
            alias=alias,
            contact=form.reached,
            language=form.language.data,
            speaks=[form.language.data],
        )
    )
    return do(row, lambda: services.add(shift, closed), _("%(alias)s is on the list.", alias=alias))


@console_bp.post("/sign-ups/<uuid:number>/<deed>")
@requires(Permission.ORGANISE)
def decide(number: UUID, deed: str) -> ResponseReturnValue:
    """Confirm or decline somebody; say whether they came, or that they lead now."""
    one, by = _sign_up(number), my_name()
    event_id, alias = one.shift.event_id, one.volunteer.alias
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "confirm": (lambda: services.confirm(number), _("%(alias)s is confirmed.", alias=alias)),
        "decline": (lambda: services.decline(number), _("%(alias)s is told no.", alias=alias)),
        "missed": (
            lambda: services.mark(number, came=False, by=by),
            _("%(alias)s did not come.", alias=alias),
        ),
        "lead": (
            lambda: services.hand_over(event_id, number),
            _("%(alias)s leads the stall now.", alias=alias),
        ),
    }
    return do(event_id, *(deeds.get(deed) or abort(404)))


@console_bp.post("/sign-ups/<uuid:number>/hours")
@requires(Permission.ORGANISE)
def confirm_hours(number: UUID) -> ResponseReturnValue:
    """Say for how long somebody was there."""
    one, form, by = _sign_up(number), HoursForm(), my_name()
    if not form.validate_on_submit():
        flash(_("Write a number from 0 to 1440."), "bad")
        return back(one.shift.event_id)
    minutes, alias = form.minutes.data, one.volunteer.alias
    work = partial(services.confirm_hours, number, minutes, by=by)
    return do(one.shift.event_id, work, _("The hours of %(alias)s are confirmed.", alias=alias))


@console_bp.post(f"{CREW}/hours.csv")
@requires(Permission.ORGANISE)
def hours_csv(row: int) -> ResponseReturnValue:
    """Hand out the confirmed hours of an event for the volunteering portal."""
    event = event_or_404(row)
    rows = [one for each in queries.manned(row) for one in each.people if one.minutes]
    return portal_file(rows, f"hours_{event.starts_local[:10]}.csv", f"event:{row}")


def portal_file(rows: list[SignUp], name: str, subject: str) -> Response:
    """Answer with confirmed hours as a file, and note that in the trail."""
    body = certificates.portal_file(rows)
    transact(lambda: record("hours.exported", subject, count=len(rows)))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


# What is underneath


def event_or_404(row: int) -> Event:
    """Find an event."""
    return events.event(row) or abort(404)


def _sign_up(number: UUID) -> SignUp:
    return queries.sign_up(number) or abort(404)


def my_name() -> str:
    """Name who acts, for what is said of kit and hours."""
    person = current_person()
    return person.name if person else ""


def do(
    event_id: int, work: Callable[[], object], text: str, part: str | None = None
) -> ResponseReturnValue:
    """Do something and say so, or say why it cannot be done, on the event's page."""
    try:
        transact(work)
    except DomainError as refused:
        if refused.status == HTTPStatus.NOT_FOUND:
            raise
        flash(str(refused.shown), "bad")
    else:
        if text:
            flash(text, "good")
    return back(event_id, part)


def back(event_id: int, part: str | None = None) -> ResponseReturnValue:
    """Lead back to an event's page."""
    return redirect(url_for("shifts_console.crew", row=event_id, _anchor=part), 303)
