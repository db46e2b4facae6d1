"""What donors open: the page to give on, the thanks, and nothing that asks who they are."""

import re
from contextlib import suppress
from typing import Final

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from campaign_app.core.access import public, signed_link
from campaign_app.core.i18n import _, speak
from campaign_app.donations import giving, pages, queries, states
from campaign_app.donations.forms import GiveForm, only_looks
from campaign_app.donations.models import Donation
from campaign_app.donations.patience import NoAnswer, patience
from campaign_app.donations.spots import Spot, of_slug
from campaign_app.payments import merging
from campaign_app.payments.gateway import GatewayRefused
from campaign_app.payments.opening import till
from campaign_app.payments.taking import AlreadyEnded, NoWayToPay

bp: Final = Blueprint("donations", __name__)

#: What an amount may look like in an address: nobody is sent one with more.
AMOUNT: Final = re.compile(r"\d{1,9}(\.\d{1,2})?")


@bp.route("/<language:lang>/give/", methods=["GET", "POST"])
@public
def give(lang: str) -> ResponseReturnValue:
    """Show the page to give on, and take a gift."""
    return answer(Spot(), lang)


@bp.route("/<language:lang>/give/<slug>", methods=["GET", "POST"])
@public
def give_for(lang: str, slug: str) -> ResponseReturnValue:
    """Show the page of a campaign."""
    speak(lang)
    return answer(of_slug(slug) or abort(404), lang)


@bp.get("/<language:lang>/give/thanks/<name>")
@signed_link
def thanks(lang: str, name: str) -> ResponseReturnValue:
    """Tell what became of a gift; whoever has this address is the donor, or was shown it by them."""
    speak(lang)
    return pages.thanks_page(_gift(name), lang)


@bp.post("/<language:lang>/give/thanks/<name>/look")
@signed_link
def look(lang: str, name: str) -> ResponseReturnValue:
    """Ask the gateway about a payment now, rather than wait for it to tell."""
    speak(lang)
    gift = _gift(name)
    payment = queries.payment_of(gift) if gift.way == states.CARD else None
    if payment is not None:
        number = payment.id
        with suppress(NoAnswer, GatewayRefused):  # the page offers to look again
            patience().ask(lambda: merging.look(number, till()))
    return redirect(url_for(".thanks", lang=lang, name=gift.id.hex), 303)


def _gift(name: str) -> Donation:
    return queries.get(name) or abort(404)


def answer(spot: Spot, language: str) -> Response:
    """Answer whoever opens the page of a spot, or sends its form."""
    speak(language)
    menu = pages.menu_for(spot, language)
    if menu is None:
        return pages.nothing_page(spot, language)
    if request.method == "POST":
        return _take(GiveForm(request.form, menu=menu), spot, language)
    wished = request.args.get("amount", "")
    wished = wished if AMOUNT.fullmatch(wished) else ""
    return pages.give_page(GiveForm(None, menu=menu, wished=wished), spot, language)


def _take(form: GiveForm, spot: Spot, language: str) -> Response:
    if only_looks(request.form) or not form.validate():
        return pages.give_page(form, spot, language, 400 if form.errors else 200)
    try:
        gift, payment = giving.begin(form, spot)
    except giving.TooManyAtOnce as refused:
        return pages.trouble_page(form, spot, language, pages.Trouble(429, str(refused.shown)))
    except NoWayToPay as refused:
        form.amount.errors = [str(refused.shown)]
        return pages.give_page(form, spot, language, 400)
    address = url_for("donations.thanks", lang=language, name=gift.hex)
    try:
        to = giving.page_to_pay(payment) if payment else address
    except AlreadyEnded:
        to = address
    except (NoAnswer, GatewayRefused):
        return pages.trouble_page(form, spot, language, pages.Trouble(503, _silent()))
    return _there(to)


def _there(address: str) -> Response:
    """Send a browser on; an address of the gateway is no address of ours, and stands as it is."""
    response = redirect(address, 303)
    return response if isinstance(response, Response) else Response(status=303)


def _silent() -> str:
    return _(
        "The payment service does not answer at the moment. Nothing was paid, and nothing you typed is "
        "lost."
    )
