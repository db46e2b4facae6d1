"""The lead's page: what one person with a phone needs to run a stall, and what they tell everybody.

The crew is in lead_crew.py, what came of the day in lead_after.py.

No names of signers and no contacts of volunteers come here, whoever asks.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, current_language
from campaign_app.core.settings import settings
from campaign_app.events import changing, notices
from campaign_app.events.changing import Said
from campaign_app.events.models import Event, EventChange
from campaign_app.kiosk import overview
from campaign_app.permits import queries as permits
from campaign_app.permits.troubles import named_otherwise
from campaign_app.shifts import queries as shifts
from campaign_app.stall import counting, giving_live, leads, led, services
from campaign_app.stall.forms import LanguageForm, PinForm, SayForm
from campaign_app.stall.lead_door import ask_for_pin, found, let_in, lock
from campaign_app.stall.lead_door import led as led_by
from campaign_app.stall.lead_frame import ROW, home, lead_bp, show
from campaign_app.stall.models import LeadLink

__all__ = ["lead_bp"]

#: What a lead can say, and what must be chosen first.
DEEDS: Final = ("move", "late", "stop", "postpone", "resume")

#: Deeds for which nothing must be chosen but the reason.
ALONE: Final[Mapping[str, Callable[[int, Said], Event]]] = {
    "stop": changing.stop,
    "postpone": changing.postpone,
    "resume": changing.resume,
}


@lead_bp.get("/")
@signed_link
@led_by
def page(token: str, link: LeadLink) -> ResponseReturnValue:
    """Show the stall as it stands: the numbers, the boards, what can be told."""
    boards = counting.boards(link.event)
    return show(
        "page", link, token, boards=boards, live=counting.numbers(boards),
        tablets=len(overview.tablets_at(link.event_id)),
        change=_latest(link.event), people=len(shifts.on_shift(link.event_id)),
        permits_say=named_otherwise(link.event, permits.of_event(link.event_id)),
        tongue=LanguageForm(formdata=None, language=link.language),
        standings=giving_live.standings(link.event),
    )  # fmt: skip


@lead_bp.post("/open")
@signed_link
def open_(token: str) -> ResponseReturnValue:
    """Take the PIN; five wrong ones lock the link."""
    link, form = found(token), PinForm()
    if not form.validate():
        return ask_for_pin(link, token, form)
    if not transact(partial(leads.count_try, link.id)):
        raise leads.PinLocked
    if not leads.is_right(link, form.pin.data or ""):
        link.tries += 1  # as the database has it; the page says when it is locked
        form.pin.errors = [_("That is not the PIN of this link.")]
        return ask_for_pin(link, token, form)
    transact(partial(leads.forgive, link.id))
    answer = home(token)
    let_in(answer, link, token)
    return answer


@lead_bp.post("/lock")
@signed_link
def lock_again(token: str) -> ResponseReturnValue:
    """Ask for the PIN again, before the phone goes into other hands."""
    found(token)
    answer = home(token)
    lock(answer, token)
    return answer


@lead_bp.post("/language")
@signed_link
@led_by
def language(token: str, link: LeadLink) -> ResponseReturnValue:
    """Speak another language to the lead."""
    form = LanguageForm()
    if form.validate():
        transact(partial(services.speak_to_lead, link.id, str(form.language.data)))
    return home(token)


@lead_bp.get("/numbers.json")
@signed_link
@led_by
def numbers(token: str, link: LeadLink) -> ResponseReturnValue:
    """Give the numbers again, for a page that stays open."""
    live = counting.numbers(counting.boards(link.event))
    body = current_app.json.dumps({"numbers": live, "drawn": {}})
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    return answer.make_conditional(request)


@lead_bp.route("/say/<deed>", methods=["GET", "POST"])
@signed_link
@led_by
def say(token: str, link: LeadLink, deed: str) -> ResponseReturnValue:
    """Choose, read what everybody will read, tell everybody."""
    if deed not in DEEDS:
        abort(404)
    form = SayForm(request.values)
    chosen = _chosen(deed, link.event, form)
    if request.method == "POST" and chosen and form.validate():
        said = Said(reason=form.reason.data or "", alias=link.alias)
        transact(partial(_do, deed, link.event_id, (form, said)))
        return home(token)
    if not chosen:
        return show("choose", link, token, deed=deed, places=led.places_to_go(link.event),
                     minutes=led.LATER)  # fmt: skip
    shown = _foreseen(deed, link.event, form)
    return show("say", link, token, 400 if form.errors else 200, deed=deed, form=form, shown=shown)


@lead_bp.route(f"/boards/{ROW}", methods=["GET", "POST"])
@signed_link
@led_by
def board(token: str, link: LeadLink, row: int) -> ResponseReturnValue:
    """Put one board at another place or event, or away, or up again; its row is that of its code."""
    boards = [one for one in counting.boards(link.event) if one.is_board]
    mine = [one for one in boards if one.placement.code_id == row]
    shown = next((one for one in mine if one.stands), mine[0] if mine else None) or abort(404)
    if request.method == "POST":
        where = request.form.get("where", "")
        transact(partial(led.put_board, link.event_id, row, where))
        return home(token)
    return show("board", link, token, board=shown, spots=led.spots(link.event), away=led.AWAY)


def _chosen(deed: str, event: Event, form: SayForm) -> bool:
    """Tell whether all is chosen but the reason; what was not offered counts as nothing."""
    if deed == "move":
        return form.place.data in {str(place.id) for place in led.places_to_go(event)}
    if deed == "late":
        return form.minutes.data in {str(minutes) for minutes in led.LATER}
    return True


def _do(deed: str, event_id: int, told: tuple[SayForm, Said]) -> Event:
    form, said = told
    if deed == "move":
        return led.move_to(event_id, int(form.place.data or 0), said)
    if deed == "late":
        return led.begin_later(event_id, int(form.minutes.data or 0), said)
    return ALONE[deed](event_id, said)


def _foreseen(deed: str, event: Event, form: SayForm) -> dict[str, str]:
    """Write what everybody will read, in each language, before it is told."""
    place = int(form.place.data or 0) if deed == "move" else None
    minutes = int(form.minutes.data or 0) if deed == "late" else 0
    change = led.foresee(deed, event, place=place, minutes=minutes)
    return {code: notices.notice(event, change, code) for code in settings().languages}


def _latest(event: Event) -> str:
    change: EventChange | None = notices.latest(event)
    return notices.notice(event, change, current_language()) if change else ""
