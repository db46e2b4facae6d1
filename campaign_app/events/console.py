"""Organisers' pages: where we stand."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, country_name, pick
from campaign_app.core.settings import settings
from campaign_app.core.uploads import takes_file
from campaign_app.events import kinds, photos, queries, services
from campaign_app.events.forms import TextsForm
from campaign_app.events.models import Location
from campaign_app.events.place_forms import (
    KNOWN,
    TEXTS,
    LocationForm,
    PhotoForm,
    location_form,
    photo_form,
)

console_bp = Blueprint("events_console", __name__, url_prefix="/console")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW = "<int(max=2147483647):row>"
#: What is known of a place → how its form says it.
AS_SAID: Final = {known: said for said, known in KNOWN.items()}


@console_bp.get("/places/")
@requires(Permission.READ)
def places() -> ResponseReturnValue:
    """List the places."""
    return page("places", places=queries.locations(), kinds=kinds.OF_LOCATION)


@console_bp.route("/places/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_place() -> ResponseReturnValue:
    """Add a place."""
    form = location_form(settings().languages)(data=_near_the_last())
    if form.validate_on_submit():
        facts = form.facts()
        place = transact(lambda: services.add_location(facts))
        return _place_saved(place)
    return page("place", status(form), form=form, place=None)


@console_bp.route(f"/places/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_place(row: int) -> ResponseReturnValue:
    """Put a place right."""
    place = _place(row)
    form = location_form(settings().languages)(data=_said_of(place))
    if form.validate_on_submit():
        facts = form.facts()
        return _place_saved(transact(lambda: services.change_location(row, facts)))
    return _place_page(place, form, _photo_form(place, fresh=True))


@console_bp.post(f"/places/{ROW}/photo")
@takes_file
@requires(Permission.ORGANISE)
def set_photo(row: int) -> ResponseReturnValue:
    """Keep a photo, drawn anew, and what it shows."""
    place = _place(row)
    form = _photo_form(place)
    if not form.validate_on_submit():
        return _place_page(place, _place_form(place), form)
    drawn, alts = form.drawn, form.texts("alt")
    transact(lambda: photos.set_photo(row, drawn, alts))
    flash(_("The photo is kept."), "good")
    return redirect(url_for(".edit_place", row=row), 303)


@console_bp.post(f"/places/{ROW}/photo/remove")
@requires(Permission.ORGANISE)
def remove_photo(row: int) -> ResponseReturnValue:
    """Show no photo any more."""
    _place(row)
    if not ConsoleForm().validate_on_submit():
        abort(400)
    transact(lambda: photos.remove_photo(row))
    flash(_("The photo is gone."), "good")
    return redirect(url_for(".edit_place", row=row), 303)


def saved(name: str, address: str) -> ResponseReturnValue:
    """Say that something is saved, and lead on."""
    flash(_("“%(name)s” is saved.", name=name), "good")
    return redirect(address)


def status(form: TextsForm) -> int:
    """Tell whether a form's page is an answer to a mistake."""
    return 400 if form.errors else 200


def page(name: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    """Show a page of this room's console."""
    person = current_person()
    facts["may_organise"] = person is not None and person.may(Permission.ORGANISE)
    facts["country_name"] = country_name
    return web.page(render_template(f"events/console/{name}.html", **facts), status)


def _place(row: int) -> Location:
    return queries.location(row) or abort(404)


def _place_saved(place: Location) -> ResponseReturnValue:
    return saved(pick(place.names), url_for(".places"))


def _place_form(place: Location) -> LocationForm:
    """Write what is known into a form, whatever was sent."""
    return location_form(settings().languages)(formdata=None, data=_said_of(place))


def _photo_form(place: Location, *, fresh: bool = False) -> PhotoForm:
    make, has_photo = photo_form(settings().languages), place.photo_id is not None
    data = _by_language("alt", place.photo_alts)
    if fresh:
        return make(has_photo=has_photo, formdata=None, data=data)
    return make(has_photo=has_photo, data=data)


def _place_page(place: Location, form: LocationForm, photo: PhotoForm) -> ResponseReturnValue:
    button = ConsoleForm(formdata=None)
    wrong = form if form.errors else photo
    return page("place", status(wrong), form=form, place=place, photo_form=photo, button=button)


def _said_of(place: Location) -> dict[str, Any]:
    known = place.latitude is not None and place.longitude is not None
    plain = ("kind", "country", "zone", "language", "exit_number", "capacity", "notes")
    said: dict[str, Any] = {name: getattr(place, name) for name in plain}
    said["coordinates"] = f"{place.latitude}, {place.longitude}" if known else ""
    for name in ("indoor", "power", "shelter", "step_free"):
        said[name] = AS_SAID[getattr(place, name)]
    for stem, name in TEXTS.items():
        said |= _by_language(stem, getattr(place, name))
    return said


def _near_the_last() -> dict[str, str]:
    """Begin where the last place was added: most new ones are in the same country."""
    last = max(queries.locations(), key=lambda place: place.id, default=None)
    if last is None:
        return {}
    return {name: getattr(last, name) for name in ("country", "zone", "language")}


def _by_language(stem: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{stem}_{language}": text for language, text in texts.items()}
