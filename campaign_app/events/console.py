"""Organisers' pages: where we stand."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, country_name, pick
from campaign_app.core.settings import settings
from campaign_app.events import kinds, queries, services
from campaign_app.events.forms import TextsForm, location_form
from campaign_app.events.models import Location

console_bp = Blueprint("events_console", __name__, url_prefix="/console")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW = "<int(max=2147483647):row>"


@console_bp.get("/places/")
@requires(Permission.READ)
def places() -> ResponseReturnValue:
    """List the places."""
    return page("places", places=queries.locations(), kinds=kinds.OF_LOCATION)


@console_bp.route("/places/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_place() -> ResponseReturnValue:
    """Add a place."""
    form = location_form(settings().languages)()
    if form.validate_on_submit():
        facts = form.facts()
        place = transact(lambda: services.add_location(facts))
        return saved(pick(place.names), url_for(".places"))
    return page("place", status(form), form=form, place=None)


@console_bp.route(f"/places/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_place(row: int) -> ResponseReturnValue:
    """Put a place right."""
    place = queries.location(row) or abort(404)
    form = location_form(settings().languages)(data=_said_of_place(place))
    if form.validate_on_submit():
        facts = form.facts()
        place = transact(lambda: services.change_location(row, facts))
        return saved(pick(place.names), url_for(".places"))
    return page("place", status(form), form=form, place=place)


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


def _said_of_place(place: Location) -> dict[str, Any]:
    known = place.latitude is not None and place.longitude is not None
    return {
        "kind": place.kind,
        "country": place.country,
        "zone": place.zone,
        "language": place.language,
        "coordinates": f"{place.latitude}, {place.longitude}" if known else "",
        **_by_language("name", place.names),
        **_by_language("city", place.cities),
    }


def _by_language(stem: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{stem}_{language}": text for language, text in texts.items()}
