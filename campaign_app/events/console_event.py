"""Organisers' pages: one event, all that hangs on it, and what happens to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import clock, wall_clock
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.i18n import OWN_NAMES, _, _l, ngettext, pick
from campaign_app.core.settings import settings
from campaign_app.events import changing, kinds, notices, plans, queries, rhythm, services, slots
from campaign_app.events.changing import Said
from campaign_app.events.console import ROW, page, saved, status
from campaign_app.events.console_month import WORDS, console_bp, said_of
from campaign_app.events.deed_forms import CopyForm, DeedForm, LateForm, MoveForm, deed_form
from campaign_app.events.models import (
    CANCELLED,
    CONFIRMED,
    DONE,
    DRAFT,
    MOVED,
    POSTPONED,
    WAITING,
    Event,
)
from campaign_app.events.recurrence import Rule
from campaign_app.events.words import when

__all__ = ["WORDS", "console_bp"]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that organisers do to an event."""

    label: str
    #: Asked on its page.
    question: str
    #: From which states it leads on.
    states: frozenset[str]
    do: Callable[[int, Any, Said], Event]
    form: type[DeedForm] = DeedForm
    kind: str = ""


def _plain(step: Callable[[int, Said], Event]) -> Callable[[int, Any, Said], Event]:
    return lambda row, form, said: step(row, said)


ANNOUNCED: Final = frozenset({CONFIRMED, MOVED})
DEEDS: Final[Mapping[str, Deed]] = {
    "confirm": Deed(
        _l("Confirm the date"),
        _l("Confirm this event?"),
        frozenset({DRAFT, POSTPONED, MOVED}),
        _plain(changing.confirm),
    ),
    "move": Deed(
        _l("Move"),
        _l("Where and when does it take place instead?"),
        frozenset({DRAFT, CONFIRMED, MOVED, POSTPONED}),
        lambda row, form, said: changing.move(row, form.to(), said),
        MoveForm,
    ),
    "late": Deed(
        _l("Begins later"),
        _l("When does it begin?"),
        ANNOUNCED,
        lambda row, form, said: changing.late(
            row, form.starts.data.strftime(wall_clock.FORMAT), said
        ),
        LateForm,
    ),
    "postpone": Deed(
        _l("Postpone"), _l("Postpone this event?"), ANNOUNCED, _plain(changing.postpone)
    ),
    "cancel": Deed(
        _l("Cancel the event"),
        _l("Cancel this event?"),
        frozenset({CONFIRMED, MOVED, POSTPONED}),
        _plain(changing.cancel),
        kind="danger",
    ),
    "resume": Deed(
        _l("Takes place after all"),
        _l("Does this event take place after all?"),
        frozenset({CANCELLED, POSTPONED, DONE}),
        _plain(changing.resume),
    ),
    "stop": Deed(_l("End it now"), _l("End this event now?"), ANNOUNCED, _plain(changing.stop)),
    "finish": Deed(_l("It is over"), _l("Is this event over?"), ANNOUNCED, _plain(changing.finish)),
}
DEED: Final = f"<any({', '.join(DEEDS)}):deed>"


def deeds_of(event: Event) -> Mapping[str, Deed]:
    """List what can be done with an event now."""
    runs, begun = event.starts_at < clock.now() < event.ends_at, event.starts_at < clock.now()
    fit = {"stop": runs, "finish": begun, "late": clock.now() < event.ends_at}
    return {
        name: deed
        for name, deed in DEEDS.items()
        if event.state in deed.states and fit.get(name, True)
    }


@console_bp.get(f"/events/{ROW}")
@requires(Permission.READ)
def event(row: int) -> ResponseReturnValue:
    """Show an event: its facts, what can be done, what happened, and what hangs on it."""
    found = queries.event(row) or abort(404)
    rule = plans.series(found.series_id) if found.series_id else None
    return page(
        "one",
        event=found,
        at=when(found),
        form=DeedForm(),
        deeds=deeds_of(found),
        gate_shut=found.state == DRAFT and found.permit_gate == WAITING,
        campaign=plans.campaign_of(found),
        series=rule,
        rule=rhythm.in_words(Rule.read(rule.rule)) if rule else "",
        chats=_chats(found) if found.is_public else [],
        history=_history(found),
        hanging=[filler(found) for filler in slots.CONSOLE.values()],
        **WORDS,
    )


def _chats(event: Event) -> list[tuple[str, str, str]]:
    return [
        (code, OWN_NAMES[code], notices.chat_text(event, code)) for code in settings().languages
    ]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an event's history."""

    at: datetime
    sentence: str
    reason: str
    words: Mapping[str, str]
    alias: str


def _history(event: Event) -> list[Happened]:
    return [
        Happened(
            one.at,
            str(WHAT.get(one.kind, one.kind)),
            str(kinds.OF_REASON.get(one.reason, "")),
            one.words,
            one.alias,
        )
        for one in plans.history(event.id)
    ]


#: Kind of a step → what happened.
WHAT: Final[Mapping[str, str]] = {
    "confirmed": _l("Date confirmed"),
    "moved": _l("Moved"),
    "late": _l("Begins later"),
    "postponed": _l("Postponed"),
    "cancelled": _l("Cancelled"),
    "resumed": _l("Takes place after all"),
    "stopped": _l("Ended early"),
    "done": _l("Over"),
    "changed": _l("Follows the clock of its place"),
}


@console_bp.route(f"/events/{ROW}/{DEED}", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def deed(row: int, deed: str) -> ResponseReturnValue:
    """Do something with an event, and say why."""
    found, one = queries.event(row) or abort(404), DEEDS[deed]
    form = deed_form(one.form, settings().languages)(data=said_of(found))
    if form.validate_on_submit():
        return _done(row, one, form)
    if deed not in deeds_of(found):
        flash(str(changing.NotNow.text), "bad")
        return redirect(url_for(".event", row=row))
    return page("deed", status(form), event=found, deed=one, chosen=deed, form=form, **WORDS)


def _done(row: int, one: Deed, form: DeedForm) -> ResponseReturnValue:
    said = form.said()
    try:
        event = transact(lambda: one.do(row, form, said))
    except DomainError as refused:
        flash(str(refused.shown), "bad")
        return redirect(url_for(".event", row=row))
    shown = {"name": pick(event.titles), "state": str(kinds.OF_STATE[event.state])}
    flash(_("“%(name)s” is now: %(state)s.", **shown), "good")
    return redirect(url_for(".event", row=row, _anchor="chat" if event.is_public else None))


@console_bp.route(f"/events/{ROW}/copies", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def copies(row: int) -> ResponseReturnValue:
    """Plan the same at other places."""
    found = queries.event(row) or abort(404)
    form = CopyForm(besides=found.location_id)
    if not form.validate_on_submit():
        return page("copies", status(form), event=found, form=form)
    places = list(form.places.data or ())
    made = transact(lambda: services.copy_event(row, places))
    if len(made) == 1:
        return saved(pick(made[0].titles), url_for(".event", row=made[0].id))
    flash(ngettext("%(num)d event is planned.", "%(num)d events are planned.", len(made)), "good")
    return redirect(url_for(".events", month=found.starts_local[:7]))
