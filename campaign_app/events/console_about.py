"""Organisers' pages: what the page of an event says, and the night of a concert."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.queries import current_person
from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, pick
from campaign_app.core.settings import settings
from campaign_app.events import about, concerts, queries
from campaign_app.events.about_forms import about_form, about_of, concert_form, concert_of
from campaign_app.events.models import Event
from campaign_app.events.words import on_the_clock, when

about_bp = Blueprint("events_about", __name__, url_prefix="/console/events")

#: Row numbers that both engines can hold; anything larger is an unknown address.
ROW = "<int(max=2147483647):row>"


@about_bp.route(f"/{ROW}/about", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def of_event(row: int) -> ResponseReturnValue:
    """Write what it is about, how to find it, who can take part."""
    event = queries.event(row) or abort(404)
    form = about_form(settings().languages)(data=about_of(event))
    if form.validate_on_submit():
        said = form.said()
        return _saved(transact(lambda: about.tell(row, said)))
    return _page("about", event, form)


@about_bp.route(f"/{ROW}/concert", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def of_concert(row: int) -> ResponseReturnValue:
    """Write access, doors, curfew, what the money is for, and who plays when."""
    event = queries.event(row) or abort(404)
    if event.kind != "concert":
        abort(404)
    form = concert_form(settings().languages)(event, data=concert_of(event, concerts.line_up(row)))
    if form.validate_on_submit():
        said, sets = form.said(), form.sets()
        return _saved(transact(lambda: about.tell(row, said, sets)))
    return _page("concert", event, form)


def _saved(event: Event) -> ResponseReturnValue:
    flash(_("“%(name)s” is saved.", name=pick(event.titles)), "good")
    return redirect(f"/console/events/{event.id}")


def _page(name: str, event: Event, form: Any) -> ResponseReturnValue:
    html = render_template(f"events/console/{name}.html", event=event, form=form, when=when(event))
    return web.page(html, 400 if form.is_submitted() else 200)


def on_event(event: Event) -> Markup:
    """Lead from an event's page in the console to these (slot CONSOLE)."""
    person = current_person()
    may = person is not None and person.may(Permission.ORGANISE)
    return web.fragment("events/console/on_event.html", event=event, may_organise=may)


def on_page(event: Event) -> Markup:
    """Show who plays when on the public page (slot PAGE)."""
    acts = concerts.line_up(event.id) if event.kind == "concert" else []
    return web.fragment(
        "events/line_up.html",
        stages={act.stage for act in acts},
        acts=[
            (act, on_the_clock(event, act.starts_local), on_the_clock(event, act.ends_local))
            for act in acts
        ],
    )
