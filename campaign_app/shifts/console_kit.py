"""An event's kit, and the templates from which shifts and kit are copied."""

from functools import partial
from typing import Final

from flask import abort, flash, request
from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, ngettext
from campaign_app.shifts import kit, services
from campaign_app.shifts.console import (
    CREW,
    back,
    console_bp,
    crew_page,
    do,
    event_or_404,
    my_name,
    use_form,
)
from campaign_app.shifts.console_forms import KeepForm, LinesForm
from campaign_app.shifts.models import OF_KIT, OF_SHIFTS

#: All pages of an event's crew, those of this file among them.
BLUEPRINT: Final = console_bp

# Templates


@console_bp.post(f"{CREW}/use/<kind>")
@requires(Permission.ORGANISE)
def use(row: int, kind: str) -> ResponseReturnValue:
    """Copy a template to an event, or to all that come of its series."""
    event = event_or_404(row)
    form = use_form(event, kind if kind in {OF_SHIFTS, OF_KIT} else abort(404), request.form)
    if not form.validate_on_submit():
        abort(400)
    chosen = form.template.data or None
    whole = bool(form.whole_series.data)
    count = transact(lambda: services.use(chosen, row, whole_series=whole))
    if count:
        text = ngettext("%(num)d event is ready.", "%(num)d events are ready.", count)
        flash(text, "good")
    else:
        flash(_("There are shifts already; nothing was added."), "warn")
    return back(row)


@console_bp.post(f"{CREW}/keep/<kind>")
@requires(Permission.ORGANISE)
def keep(row: int, kind: str) -> ResponseReturnValue:
    """Keep an event's shifts or kit as a template."""
    event, form = event_or_404(row), KeepForm()
    if kind not in {OF_SHIFTS, OF_KIT}:
        abort(404)
    if not form.validate_on_submit():
        flash(str(form.name.errors[0]), "bad")
        return back(row)
    name = form.name.data or ""
    campaign = event.campaign_id if form.for_campaign.data else None
    work = partial(services.keep, kind, name, row, campaign_id=campaign)
    return do(row, work, _("“%(name)s” is saved.", name=name))


# Kit


@console_bp.post(f"{CREW}/kit")
@requires(Permission.ORGANISE)
def add_kit(row: int) -> ResponseReturnValue:
    """Put things on an event's list."""
    event, form = event_or_404(row), LinesForm()
    if not form.validate_on_submit():
        return crew_page(event, 400, lines_form=form)
    return do(row, partial(kit.add, row, form.things()), _("The list is longer now."), "kit")


@console_bp.post(f"{CREW}/kit/<int(max=2147483647):item>/<deed>")
@requires(Permission.ORGANISE)
def tick(row: int, item: int, deed: str) -> ResponseReturnValue:
    """Say that a thing is packed or back; take it off the list."""
    event_or_404(row)
    if deed == "drop":
        return do(row, partial(kit.drop, row, item), _("It is off the list."), "kit")
    if deed not in kit.DEEDS:
        abort(404)
    return do(row, partial(kit.tick, row, item, deed, by=my_name()), "", "kit")
