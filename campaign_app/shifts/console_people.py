"""All volunteers and how to reach them, and the lists that events are equipped from."""

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import clock, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _
from campaign_app.shifts import (
    certificates,
    forgetting,
    queries,
    services,
    telling,
    volunteers,
    words,
)
from campaign_app.shifts.console import portal_file
from campaign_app.shifts.console_forms import ConsoleCertificateForm, KitTemplateForm, PeriodForm
from campaign_app.shifts.hours import span
from campaign_app.shifts.models import OF_KIT, OF_SHIFTS, Volunteer

people_bp = Blueprint("volunteers_console", __name__, url_prefix="/console/volunteers")

ROW: Final = "<int(max=2147483647):row>"
WHO: Final = "/<uuid:number>"
#: The portal that the file is for counts its days in Korea.
SEOUL: Final = ZoneInfo("Asia/Seoul")
A_MONTH: Final = timedelta(days=31)


@people_bp.get("/")
@requires(Permission.ORGANISE)
def index() -> ResponseReturnValue:
    """List the volunteers, those who come next first."""
    today = clock.today()
    form = PeriodForm(None, data={"first": today - A_MONTH, "last": today})
    return _page("volunteers", rows=queries.overview(), form=form)


@people_bp.post("/hours.csv")
@requires(Permission.ORGANISE)
def hours_csv() -> ResponseReturnValue:
    """Hand out the confirmed hours of a period for the volunteering portal."""
    form = PeriodForm()
    if not form.validate_on_submit() or form.first.data is None or form.last.data is None:
        return _page("volunteers", 400, rows=queries.overview(), form=form)
    first, last = form.first.data, form.last.data
    rows = queries.with_hours(_midnight(first), _midnight(last) + timedelta(days=1))
    return portal_file(list(rows), f"hours_{first}_{last}.csv", "volunteers:hours")


def _midnight(date: Any) -> datetime:
    return datetime.combine(date, time(), SEOUL)


@people_bp.get(WHO)
@requires(Permission.ORGANISE)
def one(number: UUID) -> ResponseReturnValue:
    """Show a volunteer: how to reach them, what they do and have done."""
    return _one(_found(number), ConsoleCertificateForm(None))


def _one(shown: Volunteer, form: ConsoleCertificateForm) -> ResponseReturnValue:
    mine = queries.sign_ups_of(shown.id)
    return _page(
        "volunteer",
        400 if form.errors else 200,
        volunteer=shown,
        contact=volunteers.contact_of(shown),
        link=telling.address(shown),
        sign_ups=list(reversed(mine)),
        minutes=sum(each.minutes or 0 for each in mine),
        form=form,
        states=words.OF_STATE_TO_US,
    )


@people_bp.post(f"{WHO}/link")
@requires(Permission.ORGANISE)
def renew_link(number: UUID) -> ResponseReturnValue:
    """Give a volunteer another link; the one before leads nowhere."""
    _found(number)
    transact(lambda: services.renew_personal_link(number))
    flash(_("The link is a new one. The one before leads nowhere from now on."), "good")
    return redirect(url_for(".one", number=number), 303)


@people_bp.post(f"{WHO}/forget")
@requires(Permission.ORGANISE)
def forget(number: UUID) -> ResponseReturnValue:
    """Forget a volunteer who asks for it."""
    alias = _found(number).alias
    transact(lambda: forgetting.forget(number))
    flash(
        _("How to reach %(alias)s is deleted, and what was planned is cancelled.", alias=alias),
        "good",
    )
    return redirect(url_for(".index"), 303)


@people_bp.post(f"{WHO}/certificate")
@requires(Permission.ORGANISE)
def certificate(number: UUID) -> ResponseReturnValue:
    """Print the certificate of a volunteer's hours; the name on it is kept nowhere."""
    shown, form = _found(number), ConsoleCertificateForm()
    done = queries.done_by(number)
    if not done:
        abort(404)
    if not form.validate_on_submit():
        return _one(shown, form)
    return certificates.answer(form.name.data or "", done, form.language.data)


# Templates


@people_bp.get("/templates/")
@requires(Permission.ORGANISE)
def templates() -> ResponseReturnValue:
    """List the usual shifts and the usual kit."""
    return _page(
        "templates",
        shifts=queries.templates(OF_SHIFTS, all_=True),
        kits=queries.templates(OF_KIT, all_=True),
    )


@people_bp.route("/templates/kit/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_kit() -> ResponseReturnValue:
    """Write a kit list to copy from."""
    form = KitTemplateForm()
    if form.validate_on_submit():
        return _kit_written(form, None)
    return _page("kit_template", 400 if form.errors else 200, form=form, template=None)


@people_bp.route(f"/templates/kit/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_kit(row: int) -> ResponseReturnValue:
    """Put a kit list right."""
    template = queries.template(row)
    if template is None or template.kind != OF_KIT:
        abort(404)
    things = "\n".join(line["name"] for line in template.lines)
    said = {"name": template.name, "lines": things, "campaign_id": template.campaign_id or 0}
    form = KitTemplateForm(data=said)
    if form.validate_on_submit():
        return _kit_written(form, row)
    return _page("kit_template", 400 if form.errors else 200, form=form, template=template)


def _kit_written(form: KitTemplateForm, before: int | None) -> ResponseReturnValue:
    name, campaign = form.name.data or "", form.campaign_id.data or None
    lines = [{"name": thing} for thing in form.things()]

    def work() -> None:
        written = services.write(OF_KIT, name, lines, campaign_id=campaign)
        if before is not None and written.id != before:
            services.drop_template(before)

    transact(work)
    flash(_("“%(name)s” is saved.", name=name), "good")
    return redirect(url_for(".templates"), 303)


@people_bp.post(f"/templates/{ROW}/drop")
@requires(Permission.ORGANISE)
def drop_template(row: int) -> ResponseReturnValue:
    """Throw a template away."""
    if queries.template(row) is None:
        abort(404)
    transact(lambda: services.drop_template(row))
    flash(_("The template is gone. What was copied from it stays."), "good")
    return redirect(url_for(".templates"), 303)


def _found(number: UUID) -> Volunteer:
    return queries.volunteer(number) or abort(404)


def _page(name: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    html = render_template(
        f"shifts/console/{name}.html",
        roles=words.OF_ROLE,
        when=telling.when,
        span=span,
        hours=certificates.hours,
        contact_of=volunteers.contact_of,
        **facts,
    )
    return web.page(html, status)
