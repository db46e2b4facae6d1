"""Organisers' pages of the day at the stall: who leads it."""

from functools import partial
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import Permission, requires
from campaign_app.core.db import transact
from campaign_app.core.i18n import _, pick
from campaign_app.core.settings import settings
from campaign_app.events import queries as events
from campaign_app.events.models import Event
from campaign_app.petitions.tally_ground import event_when
from campaign_app.qr import drawing
from campaign_app.stall import leads
from campaign_app.stall.forms import LeadForm, NewPinForm

console_bp = Blueprint("stall_console", __name__, url_prefix="/console/events")
ROW: Final = "<int(max=2147483647):row>"


@console_bp.route(f"/{ROW}/lead", methods=["GET", "POST"])
@requires(Permission.ORGANISE)
def lead(row: int) -> ResponseReturnValue:
    """Give the event to somebody who leads it, and show their link, once."""
    event = _event(row)
    form = LeadForm(language=event.location.language)
    if form.validate_on_submit():
        new = leads.New(
            alias=form.alias.data or "", language=form.language.data, token=leads.draw_token(),
            pin_hash=leads.hash_pin(form.pin.data or ""),
        )  # fmt: skip
        transact(partial(leads.issue, row, new))
        return _page("lead_link", event, **_shown_once(new.token, event))
    return _page("lead", event, 400 if form.errors else 200, form=form, pin_form=_new_pin())


@console_bp.post(f"/{ROW}/lead/pin")
@requires(Permission.ORGANISE)
def new_pin(row: int) -> ResponseReturnValue:
    """Give the link another PIN, and its tries back."""
    event, form = _event(row), NewPinForm()
    if not form.validate_on_submit():
        given = LeadForm(formdata=None, language=event.location.language)
        return _page("lead", event, 400, form=given, pin_form=form)
    pin_hash = leads.hash_pin(form.data["pin"] or "")
    transact(partial(leads.set_pin, row, pin_hash))
    flash(_("The link has a new PIN."), "good")
    return redirect(url_for(".lead", row=row))


@console_bp.post(f"/{ROW}/lead/revoke")
@requires(Permission.ORGANISE)
def revoke(row: int) -> ResponseReturnValue:
    """Let the link open nothing any more."""
    _event(row)
    transact(partial(leads.revoke, row))
    flash(_("The link opens nothing any more."), "good")
    return redirect(url_for(".lead", row=row))


def _new_pin() -> NewPinForm:
    return NewPinForm(formdata=None)


def _shown_once(token: str, event: Event) -> dict[str, Any]:
    address = f"{settings().public_url}{url_for('lead.page', token=token)}"
    return {"address": address, "drawn": drawing.svg(address, pick(event.titles))}


def _event(row: int) -> Event:
    return events.event(row) or abort(404)


def _page(name: str, event: Event, status: int = 200, **facts: Any) -> ResponseReturnValue:
    link = leads.current(event.id)
    opens, closes = leads.window(event)
    html = render_template(
        f"stall/console/{name}.html",
        event=event,
        when=event_when(event),
        lead=link,
        locked=link is not None and link.tries >= leads.MOST_TRIES,
        opens=opens,
        closes=closes,
        **facts,
    )
    return web.page(html, status)
