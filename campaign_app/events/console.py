"""Organisers' pages: where we stand, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.accounts.queries import current_person
from campaign_app.core import wall_clock, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, country_name, pick
from campaign_app.core.settings import settings
from campaign_app.events import kinds, queries, services
from campaign_app.events.forms import EventForm, LocationForm, event_form, location_form
from campaign_app.events.models import Event, Location

console_bp = Blueprint("events_console", __name__, url_prefix="/console")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW = "<int(max=2147483647):row>"


@console_bp.get("/places/")
@requires(Permission.READ)
def places() -> ResponseReturnValue:
    """List the places."""
    return _page("places", places=queries.locations(), kinds=kinds.OF_LOCATION)


@console_bp.route("/places/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_place() -> ResponseReturnValue:
    """Add a place."""
    form = location_form(settings().languages)()
    if form.validate_on_submit():
        facts = form.facts()
        place = transact(lambda: services.add_location(facts))
        return _saved(pick(place.names), ".places")
    return _page("place", _status(form), form=form, place=None)


@console_bp.route(f"/places/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_place(row: int) -> ResponseReturnValue:
    """Put a place right."""
    place = queries.location(row) or abort(404)
    form = location_form(settings().languages)(data=_said_of_place(place))
    if form.validate_on_submit():
        facts = form.facts()
        place = transact(lambda: services.change_location(row, facts))
        return _saved(pick(place.names), ".places")
    return _page("place", _status(form), form=form, place=place)


@console_bp.get("/events/")
@requires(Permission.READ)
def events() -> ResponseReturnValue:
    """List the events: those that come, or those that are over."""
    over = request.args.get("over") == "1"
    number = request.args.get("page", 1, type=int)
    page = number if 0 < number < 10_000 else 1
    found = queries.past(page=page) if over else queries.upcoming()
    more = over and len(found) == queries.PAGE_SIZE
    return _page("events", events=found, over=over, page=page, more=more, kinds=kinds.OF_EVENT)


@console_bp.route("/events/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_event() -> ResponseReturnValue:
    """Put an event on the calendar."""
    form = event_form(settings().languages)()
    if form.validate_on_submit():
        facts = form.facts()
        event = transact(lambda: services.add_event(facts))
        return _saved(pick(event.titles), ".events")
    return _page("event", _status(form), form=form, event=None, places=queries.locations())


@console_bp.route(f"/events/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_event(row: int) -> ResponseReturnValue:
    """Put an event right."""
    event = queries.event(row) or abort(404)
    form = event_form(settings().languages)(data=_said_of_event(event))
    if form.validate_on_submit():
        facts = form.facts()
        event = transact(lambda: services.change_event(row, facts))
        return _saved(pick(event.titles), ".events")
    return _page("event", _status(form), form=form, event=event, places=queries.locations())


def _saved(name: str, endpoint: str) -> ResponseReturnValue:
    flash(_("“%(name)s” is saved.", name=name), "good")
    return redirect(url_for(endpoint))


def _status(form: EventForm | LocationForm) -> int:
    return 400 if form.errors else 200


def _page(name: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
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


def _said_of_event(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "location_id": event.location_id,
        "campaign_id": event.campaign_id or 0,
        "starts": datetime.fromisoformat(event.starts_local),
        "ends": datetime.fromisoformat(event.ends_local),
        "starts_fold": str(wall_clock.fold_of(event.starts_local, event.zone, event.starts_at)),
        "ends_fold": str(wall_clock.fold_of(event.ends_local, event.zone, event.ends_at)),
        **_by_language("title", event.titles),
    }


def _by_language(stem: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{stem}_{language}": text for language, text in texts.items()}
