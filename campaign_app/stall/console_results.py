"""Organisers' pages: what came of an event, what went wrong, and which pictures everybody sees."""

from functools import partial
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.petitions import states
from campaign_app.petitions.tables import Row
from campaign_app.petitions.tally_ground import event_when
from campaign_app.petitions.tally_sheet import TOGETHER_NAMES
from campaign_app.stall import incidents, kinds, outcome, photos, services
from campaign_app.stall.after_forms import PhotoForm, WordsForm, photo_form, words_form
from campaign_app.stall.models import EventPhoto

results_bp: Final = Blueprint("results_console", __name__, url_prefix="/console/events")
ROW: Final = "<int(max=2147483647):row>"


@results_bp.route(f"/{ROW}/results", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def results(row: int) -> ResponseReturnValue:
    """Show what came of an event, and write what everybody may read of it."""
    event = _event(row)
    form = _words(event)
    if form.validate_on_submit():
        words, people = form.texts("words"), form.talked_to.data
        transact(partial(services.say_what_came_of_it, row, words, people))
        flash(_("What came of it is saved."), "good")
        return redirect(url_for(".results", row=row), 303)
    return _page(event, 400 if form.errors else 200, form=form)


@results_bp.post(f"/{ROW}/incidents/<int(max=2147483647):number>/remove")
@requires(Permission.ORGANISE)
def drop_incident(row: int, number: int) -> ResponseReturnValue:
    """Delete an incident that was dealt with."""
    _event(row)
    _asked_for()
    transact(partial(incidents.drop, row, number))
    flash(_("The incident is deleted."), "good")
    return redirect(url_for(".results", row=row), 303)


@results_bp.get(f"/photos/{ROW}")
@requires(Permission.ORGANISE)
def photo(row: int) -> ResponseReturnValue:
    """Show a picture that may be nobody else's to see."""
    return photos.answer(_photo(row))


@results_bp.post(f"/photos/{ROW}")
@requires(Permission.ORGANISE)
def say_of_photo(row: int) -> ResponseReturnValue:
    """Say what a picture shows, who agreed, and whether everybody may see it."""
    found = _photo(row)
    form = _photo_form(found)
    if not form.validate_on_submit():
        event = events.event(found.event_id) or abort(404)
        return _page(event, 400, form=_words(event, fresh=True), wrong={row: form})
    transact(partial(photos.say, row, form.said()))
    flash(_("What is said of the photo is saved."), "good")
    return redirect(url_for(".results", row=found.event_id, _anchor=f"photo-{row}"), 303)


@results_bp.post(f"/photos/{ROW}/remove")
@requires(Permission.ORGANISE)
def drop_photo(row: int) -> ResponseReturnValue:
    """Throw a picture away."""
    event_id = _photo(row).event_id
    _asked_for()
    transact(partial(photos.drop, row, event_id))
    flash(_("The photo is gone."), "good")
    return redirect(url_for(".results", row=event_id, _anchor="photos"), 303)


def on_event_page(event: Event) -> Markup:
    """Lead to the results from the event's own page (slot events.CONSOLE)."""
    return web.fragment("stall/console/results_line.html", event=event)


def _event(row: int) -> Event:
    return events.event(row) or abort(404)


def _photo(row: int) -> EventPhoto:
    return photos.photo(row) or abort(404)


def _asked_for() -> None:
    if not ConsoleForm().validate_on_submit():
        abort(400)


def _words(event: Event, *, fresh: bool = False) -> WordsForm:
    result = outcome.result_of(event.id)
    known: dict[str, Any] = {"talked_to": result.talked_to if result else None}
    known |= {f"words_{code}": text for code, text in (result.words if result else {}).items()}
    made = words_form(tuple(settings().languages))
    return made(formdata=None, data=known) if fresh else made(data=known)


def _photo_form(photo: EventPhoto, *, fresh: bool = False) -> PhotoForm:
    known = {"faces": photos.faces_of(photo), "shown": photo.shown}
    known |= {f"alt_{code}": text for code, text in photo.alts.items()}
    made, prefix = photo_form(tuple(settings().languages)), f"p{photo.id}-"
    form = made(formdata=None, data=known) if fresh else made(data=known)
    for field in form:  # several such forms stand on one page
        field.id = field.label.field_id = prefix + field.id
    return form


def _classes(total: Row) -> dict[str, str]:
    """Name the columns: what is confirmed and awaited always, the others as far as they occur."""
    always, there = (states.BY_MAIL, states.UNCONFIRMED), total.together().by_evidence
    return {one: name for one, name in TOGETHER_NAMES.items() if one in always or there[one]}


def _page(
    event: Event, status: int, *, form: WordsForm, wrong: dict[int, PhotoForm] | None = None
) -> ResponseReturnValue:
    kept, found = photos.of(event.id), outcome.of(event)
    forms = {one.id: _photo_form(one, fresh=True) for one in kept} | (wrong or {})
    html = render_template(
        "stall/console/results.html",
        event=event,
        when=event_when(event),
        outcome=found,
        evidence=_classes(found.total),
        form=form,
        incidents=[(one, incidents.words_of(one)) for one in outcome.incidents_of(event.id)],
        kinds=kinds.OF_INCIDENT,
        photos=[(one, forms[one.id]) for one in kept],
        button=ConsoleForm(formdata=None),
        is_over=outcome.is_over(event),
    )
    return web.page(html, status)
