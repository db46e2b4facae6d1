"""Who is on shift, by alias, what must not be forgotten, and who leads next: on the lead's phone."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import clock
from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.i18n import pick
from campaign_app.core.settings import settings
from campaign_app.qr import drawing
from campaign_app.shifts import queries as shifts
from campaign_app.shifts import services as crew
from campaign_app.shifts import words
from campaign_app.stall import leads, services
from campaign_app.stall.forms import HandOverForm, HoursForm
from campaign_app.stall.lead_door import led
from campaign_app.stall.lead_frame import ROW, home, lead_bp, show
from campaign_app.stall.models import LeadLink

#: What a lead says of somebody on shift, and what that does.
OF_A_PERSON: Final[Mapping[str, Callable[..., Any]]] = {
    "confirm": crew.confirm,
    "decline": crew.decline,
    "came": partial(crew.mark, came=True),
    "missed": partial(crew.mark, came=False),
}


@lead_bp.get("/crew")
@signed_link
@led
def people(token: str, link: LeadLink) -> ResponseReturnValue:
    """Show who is on shift: aliases, tasks, languages, never how to reach them."""
    return _people(token, link)


@lead_bp.post("/crew/<uuid:number>/<deed>")
@signed_link
@led
def decide(token: str, link: LeadLink, number: UUID, deed: str) -> ResponseReturnValue:
    """Say yes or no to somebody who asks, and who came."""
    if deed not in OF_A_PERSON or shifts.of_event(link.event_id, number) is None:
        abort(404)
    transact(partial(OF_A_PERSON[deed], number, by=link.alias))
    return home(token, "people", anchor=f"p{number}")


@lead_bp.post("/crew/<uuid:number>/hours")
@signed_link
@led
def confirm_hours(token: str, link: LeadLink, number: UUID) -> ResponseReturnValue:
    """Confirm how long somebody was there."""
    if shifts.of_event(link.event_id, number) is None:
        abort(404)
    form = HoursForm()
    if not form.validate():
        return _people(token, link, 400, wrong=str(number))
    transact(partial(crew.confirm_hours, number, form.minutes, by=link.alias))
    return home(token, "people", anchor=f"p{number}")


def _people(token: str, link: LeadLink, status: int = 200, **facts: Any) -> Response:
    found = shifts.on_shift(link.event_id)
    return show(
        "people", link, token, status, people=found, now=clock.now(), roles=words.OF_ROLE,
        hours=HoursForm.of, **facts,
    )  # fmt: skip


@lead_bp.get("/kit")
@signed_link
@led
def kit(token: str, link: LeadLink) -> ResponseReturnValue:
    """Show what must not be forgotten, here and on the way back."""
    return show("kit", link, token, items=shifts.kit_of(link.event_id))


@lead_bp.post(f"/kit/{ROW}/<deed>")
@signed_link
@led
def tick(token: str, link: LeadLink, row: int, deed: str) -> ResponseReturnValue:
    """Tick a thing off, or not after all."""
    transact(partial(crew.tick, link.event_id, row, deed, by=link.alias))
    return home(token, "kit", anchor=f"k{row}")


@lead_bp.route("/hand-over", methods=["GET", "POST"])
@signed_link
@led
def hand_over(token: str, link: LeadLink) -> ResponseReturnValue:
    """Let somebody else lead from now on; this phone's link ends, theirs is shown once."""
    there = shifts.on_shift(link.event_id)
    others = [one for one in there if one.state == "confirmed" and one.alias != link.alias]
    form = HandOverForm(others=others, language=link.language)
    if request.method != "POST" or not form.validate():
        return show("hand_over", link, token, 400 if form.errors else 200, form=form, others=others)
    new = leads.New(
        alias=form.to_whom, language=str(form.language.data), token=leads.draw_token(),
        pin_hash=leads.hash_pin(form.pin.data or ""),
    )  # fmt: skip
    transact(partial(services.hand_over, link.id, new, form.sign_up))
    return show("handed", link, token, new=new, **_shown_once(new, link))


def _shown_once(new: leads.New, link: LeadLink) -> dict[str, Any]:
    address = f"{settings().public_url}{url_for('lead.page', token=new.token)}"
    title = pick(link.event.titles)
    return {"address": address, "drawn": drawing.svg(address, title)}
