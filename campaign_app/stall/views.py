"""The lead's page: what one person with a phone needs to run a stall.

No names of signers and no contacts of volunteers come here, whoever asks.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.i18n import OWN_NAMES, _, current_language
from campaign_app.core.settings import settings
from campaign_app.events import changing, kinds, notices
from campaign_app.events.changing import Said
from campaign_app.events.models import Event, EventChange
from campaign_app.petitions.tally_ground import event_when
from campaign_app.stall import counting, leads, led, services
from campaign_app.stall.forms import LanguageForm, PinForm, SayForm
from campaign_app.stall.lead_door import ask_for_pin, found, let_in, lock
from campaign_app.stall.lead_door import led as led_by
from campaign_app.stall.models import LeadLink

bp = Blueprint("lead", __name__, url_prefix="/stall/<token>")

#: What a lead can say, and what must be chosen first.
DEEDS: Final = ("move", "late", "stop", "postpone", "resume")

#: Deeds for which nothing must be chosen but the reason.
ALONE: Final[Mapping[str, Callable[[int, Said], Event]]] = {
    "stop": changing.stop,
    "postpone": changing.postpone,
    "resume": changing.resume,
}


@bp.get("/")
@signed_link
@led_by
def page(token: str, link: LeadLink) -> ResponseReturnValue:
    """Show the stall as it stands: the numbers, the boards, what can be told."""
    boards = counting.boards(link.event)
    return _page(
        "page", link, token, boards=boards, total=counting.total(boards),
        live=counting.numbers(boards), change=_latest(link.event),
    )  # fmt: skip


@bp.post("/open")
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
    answer = _home(token)
    let_in(answer, link, token)
    return answer


@bp.post("/lock")
@signed_link
def lock_again(token: str) -> ResponseReturnValue:
    """Ask for the PIN again, before the phone goes into other hands."""
    found(token)
    answer = _home(token)
    lock(answer, token)
    return answer


@bp.post("/language")
@signed_link
@led_by
def language(token: str, link: LeadLink) -> ResponseReturnValue:
    """Speak another language to the lead."""
    form = LanguageForm()
    if form.validate():
        transact(partial(services.speak_to_lead, link.id, str(form.language.data)))
    return _home(token)


@bp.get("/numbers.json")
@signed_link
@led_by
def numbers(token: str, link: LeadLink) -> ResponseReturnValue:
    """Give the numbers again, for a page that stays open."""
    live = counting.numbers(counting.boards(link.event))
    body = current_app.json.dumps({"numbers": live, "drawn": {}})
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    return answer.make_conditional(request)


@bp.route("/say/<deed>", methods=["GET", "POST"])
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
        return _home(token)
    if not chosen:
        return _page("choose", link, token, deed=deed, places=led.places_to_go(link.event),
                     minutes=led.LATER)  # fmt: skip
    shown = _foreseen(deed, link.event, form)
    return _page("say", link, token, 400 if form.errors else 200, deed=deed, form=form, shown=shown)


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
    return notices.notice(event, change, _spoken()) if change else ""


def _spoken() -> str:
    return current_language()


def _home(token: str) -> Response:
    answer: Response = redirect(url_for("lead.page", token=token), 303)  # type: ignore[assignment]
    return answer


def _page(name: str, link: LeadLink, token: str, status: int = 200, **facts: Any) -> Response:
    event = link.event
    html = render_template(
        f"stall/lead/{name}.html",
        link=link,
        event=event,
        when=event_when(event),
        token=token,
        states=kinds.OF_STATE,
        own_names=OWN_NAMES,
        may_change=led.may_change(event),
        tongue=LanguageForm(formdata=None, language=link.language),
        **facts,
    )
    return web.page(html, status)
