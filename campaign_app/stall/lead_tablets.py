"""The stall's tablets, on the lead's phone: enrol one, reset a PIN, revoke a lost one, show the code.

A lead reaches the tablets of the event that they lead, no others, and every deed names their alias.
"""

from functools import partial

from flask import Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import pins
from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.i18n import _
from campaign_app.core.settings import settings
from campaign_app.kiosk import asking, enrolling, overview, said, states, tablets
from campaign_app.kiosk.models import Tablet
from campaign_app.kiosk.overview import Line
from campaign_app.petitions import stall_code
from campaign_app.qr import drawing
from campaign_app.stall.forms import NewTabletForm, TabletPinForm
from campaign_app.stall.lead_door import led
from campaign_app.stall.lead_frame import ROW, home, lead_bp, show
from campaign_app.stall.models import LeadLink


@lead_bp.get("/tablets")
@signed_link
@led
def tablets_here(token: str, link: LeadLink) -> ResponseReturnValue:
    """Show the stall's tablets and, while it runs, the four digits that stand for being there."""
    lines = overview.at_event(link.event_id)
    return show(
        "tablets", link, token, lines=lines, state_of=said.state_of, ago=said.ago,
        asks=bool(asking.of_event(link.event_id)), digits=_digits(link),
        held=sum(line.numbers.held for line in lines),
        missing=sum(line.numbers.missing for line in lines),
    )  # fmt: skip


def _digits(link: LeadLink) -> tuple[str, int] | None:
    return stall_code.now(link.event) if stall_code.runs(link.event) else None


@lead_bp.get("/tablets/code.json")
@signed_link
@led
def stall_digits(token: str, link: LeadLink) -> ResponseReturnValue:
    """Give the digits again, for a page that stays open."""
    now = _digits(link)
    digits, seconds = now if now is not None else ("", 0)
    body = current_app.json.dumps({"digits": digits, "seconds": seconds})
    return Response(body, mimetype="application/json")


@lead_bp.route("/tablets/new", methods=["GET", "POST"])
@signed_link
@led
def new_tablet(token: str, link: LeadLink) -> ResponseReturnValue:
    """Make a tablet for this stall, and show the code that enrols it, once."""
    form = NewTabletForm()
    if request.method == "POST" and form.validate():
        facts = tablets.New(
            name=form.name.data or "", language=link.event.location.language,
            pin=pins.offline(form.pin.data or ""), event_id=link.event_id,
        )  # fmt: skip
        return _shown_once(link, token, *transact(partial(_made, facts, link.alias)))
    return show("tablet_new", link, token, 400 if form.errors else 200, form=form)


def _made(facts: tablets.New, alias: str) -> tuple[enrolling.NewCode, str]:
    made = tablets.create(facts)
    return enrolling.make_code(made.id, alias), made.name


@lead_bp.post(f"/tablets/{ROW}/code")
@signed_link
@led
def tablet_code(token: str, link: LeadLink, row: int) -> ResponseReturnValue:
    """Make a new code for one of the stall's tablets."""
    own = _mine(link, row).tablet
    return _shown_once(link, token, transact(partial(_code, own, link)), own.name)


def _code(tablet: Tablet, link: LeadLink) -> enrolling.NewCode:
    _hold(tablet.id, link)
    return enrolling.make_code(tablet.id, link.alias)


def _shown_once(
    link: LeadLink, token: str, code: enrolling.NewCode, name: str
) -> ResponseReturnValue:
    page = f"{settings().public_url}{url_for('kiosk.page')}"
    picture = drawing.svg(f"{page}#code={code.spoken}", _("Code to enrol a tablet"))
    left = said.left(code.expires_at)
    return show(
        "tablet_code", link, token, code=code, called=name, page=page, picture=picture, minutes=left
    )


@lead_bp.route(f"/tablets/{ROW}/pin", methods=["GET", "POST"])
@signed_link
@led
def tablet_pin(token: str, link: LeadLink, row: int) -> ResponseReturnValue:
    """Give a tablet another PIN, if the volunteers forgot it."""
    line, form = _mine(link, row), TabletPinForm()
    if request.method == "POST" and form.validate():
        pin = pins.offline(form.pin.data or "")
        transact(partial(_set_pin, row, pin, link))
        return home(token, "tablets_here", f"t{row}")
    return show("tablet_pin", link, token, 400 if form.errors else 200, line=line, form=form)


def _set_pin(row: int, pin: pins.OfflinePin, link: LeadLink) -> None:
    _hold(row, link)
    tablets.set_pin(row, pin)


@lead_bp.route(f"/tablets/{ROW}/lost", methods=["GET", "POST"])
@signed_link
@led
def lost_tablet(token: str, link: LeadLink, row: int) -> ResponseReturnValue:
    """Say what revoking means, then do it: whoever lost one does this at once."""
    line = _mine(link, row)
    if request.method == "POST":
        transact(partial(_revoke, row, link))
        return home(token, "tablets_here", f"t{row}")
    why, button = said.BEFORE[states.LOST]
    return show("tablet_lost", link, token, line=line, why=why, button=button)


def _revoke(row: int, link: LeadLink) -> None:
    _hold(row, link)
    tablets.put_into(row, states.LOST)


def _mine(link: LeadLink, row: int) -> Line:
    line = overview.line(row)
    if line is None or line.tablet.event_id != link.event_id:
        abort(404)
    return line


def _hold(row: int, link: LeadLink) -> None:
    """Look again inside of the transaction: an organiser may have sent it elsewhere meanwhile."""
    if tablets.held(row).event_id != link.event_id:
        raise tablets.NoSuchTablet
