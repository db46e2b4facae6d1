"""The till of this app, opened once at its start, as its settings say and never otherwise."""

import importlib
from collections.abc import Mapping
from typing import Final

from flask import Flask, current_app

from campaign_app.accounts.queries import without_second_factor
from campaign_app.core.settings import settings
from campaign_app.payments import ways
from campaign_app.payments.gateway import Gateway
from campaign_app.payments.stripe_gateway import StripeGateway
from campaign_app.payments.taking_models import Payment
from campaign_app.payments.till import REAL, Back, Till
from campaign_app.payments.ways import Ways
from config import SettingsError

TILL: Final = "lantern_till"
VAULT: Final = "local-bank.sqlite3"
#: The demo's bank. Loaded by its name, where the mode says so: no other process even holds it.
DEMO_BANK: Final = "campaign_app.payments.local.door"
#: Where Stripe's pages to pay on lie.
CHECKOUT: Final = ("https://checkout.stripe.com",)
#: A room above says where its donors come back to (payment → Back); one does.
PAGES: Final[dict[str, object]] = {}


def init_app(app: Flask) -> None:
    """Open the till."""
    ways.init_app(app)
    with app.app_context():
        found = ways.of_the_app()
        _refuse_weak_doors(found)
    in_earnest = app.config["LANTERN"].is_production
    app.extensions[TILL] = Till(found, _gateways(found, app), back, in_earnest=in_earnest)


def _refuse_weak_doors(found: Ways) -> None:
    """Let no real money move while a guessed password opens the console's money pages."""
    weak = without_second_factor() if found.mode == REAL else 0
    if weak:
        raise SettingsError(
            f"PAYMENTS={REAL} waits until everybody with the role administrator or finance has a second "
            f"factor; {weak} of them {'has' if weak == 1 else 'have'} none. Start with PAYMENTS=off, let "
            "them sign in and set it up (or take that role away from them), then start again."
        )


def till() -> Till:
    """Give this app's till."""
    found: Till = current_app.extensions[TILL]
    return found


def checkout_origins() -> tuple[str, ...]:
    """Name the houses that a form may lead to, for the policy of the page that it stands on."""
    return CHECKOUT if till().ways.mode.startswith("stripe") else ()


def back(payment: Payment) -> Back:
    """Ask the room above where a donor comes back to; where none says, to the front page."""
    said = PAGES.get(payment.subject.partition(":")[0])
    if callable(said):
        told: Back = said(payment)
        return told
    home = f"{settings().public_url}/{payment.language}/"
    return Back(home, home, "Gift")


def _gateways(found: Ways, app: Flask) -> Mapping[str, Gateway]:
    if found.mode == "off":
        return {}
    if found.mode == "local":
        gateways: Mapping[str, Gateway] = importlib.import_module(DEMO_BANK).open_(app, found)
        return gateways
    return {key: StripeGateway(account) for key, account in found.accounts.items()}
