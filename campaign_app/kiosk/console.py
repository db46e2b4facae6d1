"""Organisers' pages of tablets: which there are, how they are, for which event they collect."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from campaign_app.accounts.queries import current_person
from campaign_app.core import pins, web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.forms import ConsoleForm
from campaign_app.core.i18n import _, current_language, pick
from campaign_app.core.seal import PublicKey
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.kiosk import asking, enrolling, keys, overview, said, states, tablets
from campaign_app.kiosk.forms import (
    EventForm,
    NewTabletForm,
    PetitionsForm,
    PinForm,
    TabletForm,
)
from campaign_app.kiosk.models import Tablet
from campaign_app.kiosk.overview import Line
from campaign_app.petitions import queries as petitions
from campaign_app.petitions import states as petition_states
from campaign_app.petitions.tally_ground import event_when
from campaign_app.qr import drawing

bp: Final = Blueprint("tablets_console", __name__, url_prefix="/console/kiosk")
ROW: Final = "<int(max=2147483647):row>"
Shown = tuple[enrolling.NewCode, Tablet]


@bp.get("/")
@requires(Permission.ORGANISE)
def every() -> ResponseReturnValue:
    """List the tablets, and what the next events ask on them."""
    coming = [(event, asked_titles(event.id)) for event in events.upcoming()[:12]]
    return _page("tablets", lines=overview.lines(), coming=coming)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def new() -> ResponseReturnValue:
    """Make a tablet, and show the code that enrols it, once."""
    form = NewTabletForm(events=_events(), language=current_language())
    if form.validate_on_submit():
        facts = tablets.New(
            name=form.name.data, language=form.language.data, event_id=form.event_id,
            pin=pins.offline(form.pin.data),
        )  # fmt: skip
        return shown_once(*transact(partial(_made, facts)))
    return _page("new", 400 if form.errors else 200, form=form)


def _made(facts: tablets.New) -> Shown:
    tablet = tablets.create(facts)
    return enrolling.make_code(tablet.id), tablet


@bp.post(f"/{ROW}/code")
@requires(Permission.ORGANISE)
def code(row: int) -> ResponseReturnValue:
    """Make a new code for a tablet, and show it once."""
    line = _line(row)
    return shown_once(transact(partial(enrolling.make_code, row)), line.tablet)


def shown_once(made: enrolling.NewCode, tablet: Tablet) -> Response:
    """Show a code as text and as a picture."""
    return _page("code", code=made, tablet=tablet, **drawn(made))


def drawn(made: enrolling.NewCode) -> dict[str, Any]:
    """Draw a code, and say where it is typed."""
    page = f"{settings().public_url}/kiosk/"
    return {
        "page": page,
        "picture": drawing.svg(f"{page}#code={made.spoken}", _("Code to enrol a tablet")),
        "minutes": said.left(made.expires_at),
    }


@bp.get(f"/{ROW}")
@requires(Permission.ORGANISE)
def tablet(row: int) -> ResponseReturnValue:
    """Show how one tablet is, and what can be done with it."""
    return _tablet_page(_line(row))


def _tablet_page(line: Line, status: int = 200, **forms: ConsoleForm) -> Response:
    own = line.tablet
    named = TabletForm(None, name=own.name, language=own.language)
    sent = EventForm(None, events=_events(own.event), event=own.event_id or 0)
    given = {"name_form": named, "event_form": sent, "pin_form": PinForm(None)} | forms
    facts = {"line": line, "deeds": _deeds(own.state), "minutes_left": _minutes_left(own)}
    return _page("tablet", status, errors_in=list(forms.values()), **facts, **given)


def _minutes_left(tablet: Tablet) -> int:
    code = enrolling.open_code(tablet.id)
    return said.left(code.expires_at) if code is not None else 0


def _deeds(state: str) -> list[tuple[str, str]]:
    """List the states that a tablet can come into, with the words of their buttons."""
    return [(one, str(button)) for one, (_why, button) in said.BEFORE.items() if one != state]


@bp.post(f"/{ROW}/name")
@requires(Permission.ORGANISE)
def rename(row: int) -> ResponseReturnValue:
    """Call a tablet otherwise."""
    line, form = _line(row), TabletForm()
    if not form.validate_on_submit():
        return _tablet_page(line, 400, name_form=form)
    work = partial(tablets.rename, row, form.name.data, form.language.data)
    return _done(row, work, _("The tablet has its new name once it hears of it."))


@bp.post(f"/{ROW}/event")
@requires(Permission.ORGANISE)
def send(row: int) -> ResponseReturnValue:
    """Send a tablet to an event, from afar."""
    line = _line(row)
    form = EventForm(events=_events(line.tablet.event))
    if not form.validate_on_submit():
        return _tablet_page(line, 400, event_form=form)
    text = _("The tablet learns of it the next time it has a network.")
    return _done(row, partial(tablets.assign, row, form.event_id), text)


@bp.post(f"/{ROW}/pin")
@requires(Permission.ORGANISE)
def new_pin(row: int) -> ResponseReturnValue:
    """Give a tablet another PIN."""
    line, form = _line(row), PinForm()
    if not form.validate_on_submit():
        return _tablet_page(line, 400, pin_form=form)
    work = partial(tablets.set_pin, row, pins.offline(form.pin.data))
    return _done(row, work, _("The new PIN works once the tablet has heard of it."))


@bp.route(f"/{ROW}/state/<state>", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def put_into(row: int, state: str) -> ResponseReturnValue:
    """Say what a state means, then bring the tablet into it."""
    line, form = _line(row), ConsoleForm()
    if state not in said.BEFORE:
        abort(404)
    if form.validate_on_submit():
        name = line.tablet.name
        text = _("%(name)s: %(state)s.", name=name, state=str(said.OF_STATE[state][0]).lower())
        return _done(row, partial(tablets.put_into, row, state), text)
    why, button = said.BEFORE[state]
    danger = state in (states.LOST, states.CLOSED)
    return _page("state", line=line, form=form, why=why, button=button, danger=danger)


@bp.route(f"/events/{ROW}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def event(row: int) -> ResponseReturnValue:
    """Choose what the tablets of an event ask; show which these are, and the event's key."""
    found = events.event(row) or abort(404)
    form = _petitions_form(row)
    if form.validate_on_submit():
        transact(partial(tablets.choose_petitions, row, form.petition_ids))
        flash(_("The tablets ask this from the next time they have a network."), "good")
        return redirect(url_for(".event", row=row))
    key = keys.current(row)
    facts = {"fingerprint": PublicKey.from_text(key.public_key).fingerprint if key else ""}
    return _page(
        "event", 400 if form.errors else 200, event=found, form=form, when=event_when(found),
        lines=overview.at_event(row), chosen=bool(asking.chosen(row)), **facts,
    )  # fmt: skip


def _petitions_form(event_id: int) -> PetitionsForm:
    asked = asking.of_event(event_id)
    listed = petitions.every()
    offered = [one for one in listed if one.state == petition_states.OPEN or one.id in asked]
    titled = [(one.id, petitions.title(one, current_language())) for one in offered]
    first, second, third = [*asked, 0, 0, 0][:3]
    return PetitionsForm(petitions=titled, first=first, second=second, third=third)


def asked_titles(event_id: int) -> list[str]:
    """Name what the tablets of an event ask, in order."""
    asked = asking.of_event(event_id)
    titles = petitions.titles(asked, current_language())
    return [titles[one] for one in asked if one in titles]


def on_event_page(event: Event) -> Markup:
    """Lead from an event's page to its tablets (slot CONSOLE)."""
    person = current_person()
    if person is None or not person.may(Permission.ORGANISE):
        return Markup()
    found = overview.tablets_at(event.id)
    return web.fragment("kiosk/console/on_event.html", event=event, tablets=found)


def _events(besides: Event | None = None) -> list[tuple[int, str]]:
    """List the events that run or come; and the one that a tablet collects for already."""
    listed = list(events.upcoming())
    if besides is not None and besides.id not in {one.id for one in listed}:
        listed.insert(0, besides)
    return [(one.id, f"{pick(one.titles)}, {event_when(one)}") for one in listed]


def _line(row: int) -> Line:
    return overview.line(row) or abort(404)


def _done(row: int, work: Callable[[], Any], text: str) -> ResponseReturnValue:
    transact(work)
    flash(text, "good")
    return redirect(url_for(".tablet", row=row))


def _page(name: str, status: int = 200, **facts: Any) -> Response:
    html = render_template(
        f"kiosk/console/{name}.html", state_of=said.state_of, ago=said.ago, **facts
    )
    return web.page(html, status)
