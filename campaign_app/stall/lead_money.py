"""Money at the stall, on the lead's phone: boxes, who counts them, receipts for cash, tents to give by.

No card is ever typed here, and no donor is shown: what somebody tells for a receipt goes in, not out.
"""

import hashlib
from functools import partial
from typing import Any

from flask import Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.cash import banking, boxes, deeds, forms, links, queries, stall_receipts, words
from campaign_app.cash.models import BoxOpening
from campaign_app.cash.states import IN_USE
from campaign_app.core.access import signed_link
from campaign_app.core.db import transact
from campaign_app.core.errors import DomainError
from campaign_app.core.forms import PublicForm
from campaign_app.core.i18n import _
from campaign_app.core.settings import settings
from campaign_app.donations.contacts import Contact
from campaign_app.donations.models import Donation
from campaign_app.qr import drawing
from campaign_app.qr import services as codes
from campaign_app.qr.models import Placement
from campaign_app.receipts import registrations
from campaign_app.stall import giving_live, led
from campaign_app.stall.lead_door import led as led_by
from campaign_app.stall.lead_frame import ROW, home, lead_bp, show
from campaign_app.stall.models import LeadLink


@lead_bp.get("/money")
@signed_link
@led_by
def money(token: str, link: LeadLink) -> ResponseReturnValue:
    """Show the boxes of the stall, the tents, and what was given so far."""
    found = queries.openings(event_id=link.event_id)
    body = boxes.receiver_of(link.event)
    return show(
        "money", link, token, cards=[deeds.card(one) for one in found], words=words,
        deeds=deeds.DEEDS, tents=giving_live.tents(link.event),
        numbers=giving_live.numbers(link.event_id), takes_receipts=IN_USE,
        may_open=bool(queries.free_boxes()),
        leave=registrations.in_force(body) if body else None,
        standings=giving_live.standings(link.event),
    )  # fmt: skip


@lead_bp.get("/money/numbers.json")
@signed_link
@led_by
def money_numbers(token: str, link: LeadLink) -> ResponseReturnValue:
    """Give the numbers again, for a page that stays open."""
    live = {one.name: one.said for one in giving_live.numbers(link.event_id)}
    body = current_app.json.dumps({"numbers": live, "drawn": {}})
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    return answer.make_conditional(request)


@lead_bp.route("/money/open", methods=["GET", "POST"])
@signed_link
@led_by
def open_box(token: str, link: LeadLink) -> ResponseReturnValue:
    """Put a sealed box at the stall."""
    form = forms.made(forms.OpenFields, PublicForm)
    forms.one_of(form.box, [(one.id, one.number) for one in queries.free_boxes()])
    if request.method == "POST" and form.validate():
        work = partial(boxes.open_at, link.event_id, form.box.data, form.seal.data)
        if _tried(form, work) is not None:
            return home(token, "money")
    takes = banking.currencies_of(boxes.receiver_of(link.event) or "")
    return show("money_open", link, token, 400 if _wrong(form) else 200, form=form, takes=takes)


@lead_bp.route(f"/money/boxes/{ROW}/<deed>", methods=["GET", "POST"])
@signed_link
@led_by
def box(token: str, link: LeadLink, row: int, deed: str) -> ResponseReturnValue:
    """Do something with a box of this stall."""
    opening = _mine(link, row)
    if deed not in deeds.DEEDS:
        abort(404)
    if deed not in deeds.offered(opening):
        return home(token, "money", f"b{row}")
    form = deeds.form(deed, opening, PublicForm)
    if request.method == "POST" and form.validate():
        made = _tried(form, partial(deeds.DEEDS[deed].do, row, form))
        if made:
            shown = links.shown(made)
            return show("money_links", link, token, opening=opening, links=shown)
        if made is not None:
            return home(token, "money", f"b{row}")
    return show(
        "money_deed", link, token, 400 if _wrong(form) else 200,
        form=form, opening=opening, deed=deeds.DEEDS[deed], step=deed,
    )  # fmt: skip


@lead_bp.route(f"/money/boxes/{ROW}/receipt", methods=["GET", "POST"])
@signed_link
@led_by
def cash_receipt(token: str, link: LeadLink, row: int) -> ResponseReturnValue:
    """Give a receipt for what somebody put into a box."""
    opening = _mine(link, row)
    form = forms.made(forms.ReceiptFields, PublicForm)
    if request.method == "POST" and form.validate():
        gift = _tried(form, partial(stall_receipts.give_receipt, row, _handed(form)))
        if gift is not None:
            return show("money_receipt", link, token, opening=opening, **_thanks(gift))
    elif request.method == "GET":
        form.language.data = link.event.location.language
    return show(
        "money_for_cash", link, token, 400 if _wrong(form) else 200, form=form, opening=opening
    )


def _handed(form: Any) -> stall_receipts.Handed:
    return stall_receipts.Handed(
        nonce=form.nonce.data,
        amount=form.money,
        language=form.language.data,
        contact=Contact(name=form.name.data or "", mail=form.email.data or ""),
    )


def _thanks(gift: Donation) -> dict[str, Any]:
    path = url_for("donations.thanks", lang=gift.language, name=gift.id.hex)
    address = f"{settings().public_url}{path}"
    picture = drawing.svg(address, _("QR code that leads to the receipt"))
    return {"gift": gift, "address": address, "picture": picture}


@lead_bp.route(f"/money/tents/{ROW}/<deed>", methods=["GET", "POST"])
@signed_link
@led_by
def tent(token: str, link: LeadLink, row: int, deed: str) -> ResponseReturnValue:
    """Put a tent away, or say that it is lost: then nobody can give by it any more."""
    found = _tent(link, row)
    if deed not in ("away", "lost"):
        abort(404)
    if request.method == "POST":
        transact(partial(_of_tent, link, row, deed))
        return home(token, "money", "tents")
    return show("money_tent", link, token, tent=found, deed=deed)


def _of_tent(link: LeadLink, row: int, deed: str) -> None:
    """Look again inside of the transaction: the tent may stand elsewhere by now."""
    if not any(one.code_id == row for one in giving_live.tents(link.event)):
        raise led.NoSuchBoard
    if deed == "away":
        codes.put_away(row)
    else:
        codes.revoke(row, _("Lost at the stall"))


def _tent(link: LeadLink, row: int) -> Placement:
    tents = giving_live.tents(link.event)
    return next((one for one in tents if one.code_id == row), None) or abort(404)


def _mine(link: LeadLink, row: int) -> BoxOpening:
    found = queries.opening(row)
    if found is None or found.event_id != link.event_id:
        abort(404)
    return found


def _tried(form: Any, work: Any) -> Any:
    """Do it, or say on the form why not."""
    try:
        return transact(work)
    except DomainError as refused:
        form.form_errors = [str(refused.shown)]
        return None


def _wrong(form: Any) -> bool:
    return bool(form.errors or form.form_errors)
