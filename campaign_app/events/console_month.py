"""Organisers' pages: the month by place, and single dates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import clock, wall_clock
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import ngettext, pick
from campaign_app.core.settings import settings
from campaign_app.events import changing, kinds, plans, queries, rhythm, services
from campaign_app.events.console import ROW, console_bp, page, saved, status
from campaign_app.events.forms import event_form
from campaign_app.events.models import Event
from campaign_app.events.recurrence import Rule
from campaign_app.events.showing import Month
from campaign_app.events.words import first_weekday, month_name, when

__all__ = ["WORDS", "console_bp", "said_of"]

#: State of an event → the colour of its tag.
TAGS: Final[Mapping[str, str]] = {
    "draft": "",
    "confirmed": "good",
    "moved": "warn",
    "postponed": "warn",
    "cancelled": "bad",
    "done": "",
}
WORDS: Final[Mapping[str, Any]] = {
    "kinds": kinds.OF_EVENT,
    "states": kinds.OF_STATE,
    "gates": kinds.OF_GATE,
    "tags": TAGS,
}


@console_bp.get("/events/")
@requires(Permission.READ)
def events() -> ResponseReturnValue:
    """Show a month by place, or list what comes, or what is over."""
    if request.args.get("over") == "1":
        return _over()
    if request.args.get("coming") == "1":
        return page("events", events=queries.upcoming(), over=False, page=1, more=False, **WORDS)
    wanted = Month.read(request.args.get("month", "")) or Month.of(clock.today())
    weekday = first_weekday()
    rows = plans.month(wanted, weekday)
    return page(
        "month",
        month=wanted,
        names={m.text: month_name(m.first) for m in (wanted.previous, wanted, wanted.next)},
        rows=rows,
        when=when,
        weeks=[
            [day for day in week if day.month == wanted.number] for week in wanted.weeks(weekday)
        ],
        in_words=lambda series: rhythm.in_words(Rule.read(series.rule)),
        form=ConsoleForm(),
        ready=len(plans.ready(wanted)),
        drafts=sum(dot.event.state == "draft" for row in rows for dot in row.dots),
        **WORDS,
    )


@console_bp.post("/events/confirm-ready")
@requires(Permission.ORGANISE)
def confirm_ready() -> ResponseReturnValue:
    """Announce all drafts of a month whose permits are settled."""
    wanted = Month.read(request.form.get("month", "")) or abort(404)
    done = transact(lambda: [changing.confirm(row) for row in plans.ready(wanted)])
    flash(ngettext("%(num)d date is announced.", "%(num)d dates are announced.", len(done)), "good")
    return redirect(url_for(".events", month=wanted.text))


def _over() -> ResponseReturnValue:
    number = request.args.get("page", 1, type=int)
    shown = number if 0 < number < 10_000 else 1
    found = queries.past(page=shown)
    more = len(found) == queries.PAGE_SIZE
    return page("events", events=found, over=True, page=shown, more=more, **WORDS)


@console_bp.route("/events/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new_event() -> ResponseReturnValue:
    """Put one date on the calendar."""
    form = event_form(settings().languages)()
    if form.validate_on_submit():
        facts = form.facts()
        event = transact(lambda: services.add_event(facts))
        return saved(pick(event.titles), url_for(".event", row=event.id))
    return page("event", status(form), form=form, event=None, places=queries.locations())


@console_bp.route(f"/events/{ROW}/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def edit_event(row: int) -> ResponseReturnValue:
    """Put one date right."""
    event = queries.event(row) or abort(404)
    form = event_form(settings().languages)(data=said_of(event))
    if form.validate_on_submit():
        facts = form.facts()
        event = transact(lambda: services.change_event(row, facts))
        return saved(pick(event.titles), url_for(".event", row=row))
    return page("event", status(form), form=form, event=event, places=queries.locations())


def said_of(event: Event) -> dict[str, Any]:
    """Fill a form with what is known of an event."""
    return {
        "kind": event.kind,
        "location_id": event.location_id,
        "campaign_id": event.campaign_id or 0,
        "starts": datetime.fromisoformat(event.starts_local),
        "ends": datetime.fromisoformat(event.ends_local),
        "starts_fold": str(wall_clock.fold_of(event.starts_local, event.zone, event.starts_at)),
        "ends_fold": str(wall_clock.fold_of(event.ends_local, event.zone, event.ends_at)),
        **{f"title_{language}": text for language, text in event.titles.items()},
    }
