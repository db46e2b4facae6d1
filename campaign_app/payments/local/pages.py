"""The page on which one pays at the demo's bank, in Stripe's place: every button is a thing that happens.

It says loudly that no money moves. It exists in mode `local` only; no other process even loads it.
"""

from http import HTTPStatus

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core import web
from campaign_app.core.access import public
from campaign_app.core.i18n import speak
from campaign_app.payments import ways
from campaign_app.payments.local import words
from campaign_app.payments.local.bank import Bank
from campaign_app.payments.local.books import Refusal
from campaign_app.payments.local.deeds import (
    CANCEL,
    CLOSED,
    DEEDS,
    STAY,
    SUCCESS,
    Deed,
    Press,
    Story,
    story,
)
from campaign_app.payments.local.house import House, houses
from campaign_app.payments.local.vault import ONCE, TIMES

bp = Blueprint("demo_bank", __name__, url_prefix="/payments/local")
#: So many pages are listed.
LATEST = 30


@bp.get("/<account>/")
@public
def latest(account: str) -> ResponseReturnValue:
    """List the last pages of a bank, so that one finds back to them."""
    with _house(account).vault.open_() as desk:
        sessions = desk.every("checkout.session")[:LATEST]
        stories = [story(desk, one["id"]) for one in sessions]
    return _page("payments/local/latest.html", account=account, stories=stories)


@bp.get("/<account>/checkout/<session>")
@public
def checkout(account: str, session: str) -> ResponseReturnValue:
    """Show the page to pay on, or what became of it."""
    return _checkout(account, _story(account, session))


@bp.post("/<account>/checkout/<session>")
@public
def press_button(account: str, session: str) -> ResponseReturnValue:
    """Let happen what the button says; a button that came too late shows how things stand."""
    found = _story(account, session)
    deed = DEEDS.get(request.form.get("deed", ""))
    how = request.form.get("how", ONCE)
    method = request.form.get("method", found.session["payment_method_types"][0])
    if deed is None or how not in TIMES or method not in found.session["payment_method_types"]:
        abort(HTTPStatus.BAD_REQUEST)
    done = _done(
        _house(account), how, (deed, Press(session, method, request.form.get("thing", "")))
    )
    return _led(account, found, deed.leads if done else STAY)


def _done(house: House, how: str, button: tuple[Deed, Press]) -> bool:
    """Do it whole; False if the bank says that it cannot be done (any more)."""
    deed, pressed = button
    try:
        with house.vault.open_() as desk:
            desk.how = how
            deed.does(Bank(desk), pressed)
    except Refusal:
        return False
    return True


def _led(account: str, found: Story, leads: str) -> ResponseReturnValue:
    """Lead the donor on, as the bank would."""
    if leads == CLOSED:
        return _page("payments/local/closed.html", account=account, story=found)
    if leads == SUCCESS:
        return redirect(found.session["success_url"], HTTPStatus.SEE_OTHER)
    if leads == CANCEL and found.session["cancel_url"]:
        return redirect(found.session["cancel_url"], HTTPStatus.SEE_OTHER)
    here = url_for("demo_bank.checkout", account=account, session=found.session["id"])
    return redirect(here, HTTPStatus.SEE_OTHER)


def _house(account: str) -> House:
    found = houses().get(account)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _story(account: str, session: str) -> Story:
    """Find a page, and speak its donor's language from here on."""
    try:
        with _house(account).vault.open_() as desk:
            found = story(desk, session)
    except Refusal:
        abort(HTTPStatus.NOT_FOUND)
    if found.session["locale"] in current_app.config["LANGUAGES"]:
        speak(found.session["locale"])
    return found


def _checkout(account: str, found: Story) -> ResponseReturnValue:
    owner = ways.of_the_app().entities[_house(account).account.entity]
    return _page("payments/local/checkout.html", account=account, story=found, owner=owner.names)


def _page(template: str, **facts: object) -> ResponseReturnValue:
    return web.page(render_template(template, words=words, **facts))
