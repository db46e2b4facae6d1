"""The pages that donors see: to give on, and what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, render_template, request, url_for

from campaign_app.core import web
from campaign_app.core.i18n import OWN_NAMES, pick, speak
from campaign_app.core.settings import settings
from campaign_app.donations import contacts, queries, states
from campaign_app.donations.forms import INTO, GiveForm
from campaign_app.donations.menu import Menu, bank_for, offered
from campaign_app.donations.models import Donation
from campaign_app.donations.spots import Spot, of_placement
from campaign_app.payments import states as paying
from campaign_app.payments.opening import checkout_origins, till
from campaign_app.receipts import services as receipts

#: Where cards are tried out: the page must say that no money moves.
TRIED_OUT: Final = ("local", "stripe_test")
#: The payment arrived, and the receipt is being written: a matter of seconds.
ARRIVED: Final = "arrived"
RETURNED: Final = "returned"


def menu_for(spot: Spot, language: str) -> Menu | None:
    """Say what is offered at a spot, in the currency asked for."""
    said = (request.form.get(INTO), request.form.get("currency"), request.args.get("currency"))
    asked = next(filter(None, said), "")
    return offered(asked, country=spot.country, language=language)


def give_page(form: GiveForm, spot: Spot, language: str, status: int = 200) -> Response:
    """Show the page to give on, with whatever was typed."""
    speak(language)
    menu = form.menu
    html = render_template(
        "donations/give.html",
        form=form,
        menu=menu,
        spot=spot,
        title=_title(spot, language),
        board=spot.stands_at(language),
        action=spot.address(language, currency=menu.currency),
        sent=request.method == "POST",
        into=INTO,
        currencies=[(one, spot.address(language, currency=one)) for one in menu.currencies],
        languages=tongues(lambda code: spot.address(code, currency=menu.currency)),
        test=till().ways.mode in TRIED_OUT,
    )
    # Browsers hold the redirect that ends this form against the policy of the page it stands on.
    policy = web.policy(form_action=checkout_origins())
    return web.page(html, status, Content_Security_Policy=policy)


def _title(spot: Spot, language: str) -> str:
    return pick(spot.campaign.names, language) if spot.campaign else ""


def nothing_page(spot: Spot, language: str) -> Response:
    """Say that nothing can be given here yet."""
    speak(language)
    html = render_template("donations/nothing.html", languages=tongues(spot.address))
    return web.page(html)


def tongues(address: Callable[[str], str]) -> Sequence[tuple[str, str, str]]:
    """List our languages with the address of a page in each."""
    return [(code, OWN_NAMES.get(code, code), address(code)) for code in settings().languages]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no page to pay on now."""

    status: int
    text: str


def trouble_page(form: GiveForm, spot: Spot, language: str, trouble: Trouble) -> Response:
    """Offer to try again, and the bank transfer, with all that was typed."""
    speak(language)
    html = render_template(
        "donations/silent.html",
        action=spot.address(language, currency=form.menu.currency),
        fields=_typed(form),
        amount=form.money.written(language) if form.money else "",
        transfer=form.menu.way(states.TRANSFER) is not None,
        card=states.CARD,
        text=trouble.text,
        at_stall=spot.event_id is not None,
    )
    policy = web.policy(form_action=checkout_origins())
    return web.page(html, trouble.status, Content_Security_Policy=policy)


def _typed(form: GiveForm) -> Sequence[tuple[str, str]]:
    names = ("nonce", "currency", "amount", "own", "name", "mail")
    fields = [(name, getattr(form, name).data or "") for name in names]
    return [*fields, *([("no_name", "1")] if form.no_name.data else [])]


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a gift stands, as its donor is told: only what our own books say."""

    gift: Donation
    phase: str
    #: The page to pay on, while it is open.
    page: str = ""
    number: str = ""
    #: The receipt's address.
    paper: str = ""
    #: Whether a letter goes to a mailbox; which, no page says.
    by_mail: bool = False


def stands(gift: Donation) -> Stands:
    """Look a gift up."""
    payment = queries.payment_of(gift) if gift.way == states.CARD else None
    receipt = receipts.latest(gift.subject)
    if receipt is not None and receipts.is_cancelled(receipt):
        receipt = None
    return Stands(
        gift=gift,
        phase=_phase(gift, paid=queries.is_paid(payment)),
        page=(payment.url or "") if payment and payment.state == paying.OPEN else "",
        number=receipt.name if receipt else "",
        paper=url_for("receipts.paper", lang=gift.language, name=receipt.id.hex) if receipt else "",
        by_mail=bool(contacts.open_(gift.id, gift.contact).mail),
    )


def _phase(gift: Donation, *, paid: bool) -> str:
    if gift.state == states.SETTLED:
        return RETURNED if gift.returned else states.SETTLED
    return ARRIVED if paid else gift.state


def thanks_page(gift: Donation, language: str) -> Response:
    """Tell a donor what our books say of their gift."""
    speak(language)
    found = stands(gift)
    html = render_template(
        "donations/thanks.html",
        gift=gift,
        stands=found,
        amount=gift.money.written(language),
        returned=(gift.money - gift.left).written(language),
        again=_again(gift, language),
        **_transfer(gift, language),
        languages=tongues(lambda one: url_for("donations.thanks", lang=one, name=gift.id.hex)),
        test=till().ways.mode in TRIED_OUT,
    )
    return web.page(html)


def _transfer(gift: Donation, language: str) -> dict[str, Any]:
    """Say where to transfer to; nothing for other ways."""
    bank = bank_for(gift.currency, gift.entity) if gift.way == states.TRANSFER else None
    return {
        "bank": bank,
        "bank_name": pick(bank.bank, language) if bank else "",
        "holder": pick(bank.holder, language) if bank else "",
        "reference": (gift.reference or "").upper(),
    }


def _again(gift: Donation, language: str) -> str:
    """Address the form again, with the amount that was chosen."""
    spot = of_placement(gift.placement, gift.campaign)
    return spot.address(language, currency=gift.currency, amount=gift.money.plain)
